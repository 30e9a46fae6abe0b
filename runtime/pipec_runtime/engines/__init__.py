"""What runs statements: one module each. None is imported before it is used."""
from collections.abc import Mapping

from .base import Engine


def make(kind: str, fields: Mapping[str, str]) -> Engine:
    """The engine of a kind that a manifest names, from the values of its connection's fields."""
    if kind == 'postgres':
        from .postgres import PostgresEngine
        return PostgresEngine(fields)
    if kind == 'databricks':
        from .databricks import DatabricksEngine
        return DatabricksEngine(fields)
    raise ValueError(f'no engine is called {kind!r}')
