"""Dagster definitions from a manifest of pipec. A generated definitions.py calls `load` and holds nothing else.

No annotation of a function that Dagster inspects, and no `from __future__ import annotations` in this package: Dagster
reads annotations as objects and refuses their text.
"""
from .definitions import build, load

__all__ = ['build', 'load']
