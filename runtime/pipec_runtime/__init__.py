"""Executes what pipec compiled: reads a manifest and runs its steps on engines. It decides nothing.

The windows, the order, the selections, the zones and the retries are in the manifest, written by the compiler. This
package knows no orchestrator; pipec_dagster beside it is built on it.
"""
from .executor import Blocked, Executor, GateResult, TimedOut
from .manifest import FORMAT_VERSION, Manifest, ManifestError, load
from .references import MissingReference, resolve

__version__ = '0.1.0'
__all__ = ['Blocked', 'Executor', 'FORMAT_VERSION', 'GateResult', 'Manifest', 'ManifestError', 'MissingReference',
           'TimedOut', 'load', 'resolve']
