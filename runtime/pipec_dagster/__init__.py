"""Dagster definitions from a manifest of pipec. A generated definitions.py calls `load` or `load_location` and holds nothing else.

No annotation of a function that Dagster inspects, and no `from __future__ import annotations` in this package: Dagster
reads annotations as objects and refuses their text.
"""
from .definitions import build, load, load_location

__all__ = ['build', 'load', 'load_location']
