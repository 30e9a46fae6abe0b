"""Names of a specification, as Airflow takes them. A task's id has its group's before it, 250 characters together."""
from urllib.parse import quote

from pipec_runtime.manifest import Manifest
from pipec_runtime.names import identifier

from .compat import Asset

__all__ = ['dag_id', 'due', 'identifier', 'node_asset', 'schedule_asset', 'source_asset', 'tag']


def dag_id(manifest: Manifest, *parts: str) -> str:
    """One Airflow may have several projects, and several targets of each."""
    return identifier(manifest.project, manifest.target, *parts, longest=200)


def tag(text: str) -> str:
    return text if text.isprintable() and 0 < len(text) <= 100 else identifier(text)


def _asset(manifest: Manifest, kind: str, *parts: str) -> Asset:
    parts = (manifest.project, manifest.target, *parts)
    uri = f'x-pipec-{kind}://' + '/'.join(quote(part, safe='') for part in parts)
    if len(uri) > 1000:
        uri = f'x-pipec-{kind}://' + '/'.join(identifier(part) for part in parts)
    return Asset(uri)


def node_asset(manifest: Manifest, key) -> Asset:
    """A table was written, and its checks have passed."""
    return _asset(manifest, 'table', *key)


def due(manifest: Manifest, schedule: str, export: str) -> Asset:
    """What an export of a schedule reads was written by that schedule."""
    return _asset(manifest, 'due', schedule, export)


def schedule_asset(manifest: Manifest, schedule: str) -> Asset:
    """A run of a schedule has ended well."""
    return _asset(manifest, 'schedule', schedule)


def source_asset(manifest: Manifest, source: str) -> Asset:
    """Somebody else has loaded a source: who does, says so by an event of this asset."""
    return _asset(manifest, 'source', source)
