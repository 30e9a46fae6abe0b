"""Calls a function of a project's Python file: rows of tables go in, rows come out, each compared with the columns that were
declared, and leave as JSON that the warehouse reads."""
import inspect
import json
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .engines.base import Rows
from .manifest import Called
from .values import WrongValue, plain, writer

BATCH_CHARACTERS = 4_000_000  # of the text of one statement; a warehouse takes some more


class ProgramError(Exception):
    """The program cannot be called as declared, or a row that it gave is not what was declared."""


def batches(called: Called, source: bytes, inputs: Sequence[Rows], secrets: Mapping[str, str],
            tick: Callable[[], None]) -> Iterator[str]:
    """JSON arrays of the rows that the program gives. `tick` is called for each row that goes in or out."""
    where = f'{called.path}: {called.function}()'
    function = _function(called, source)
    tables = [_rows(rows, tick) for rows in inputs]
    try:
        inspect.signature(function).bind(*tables, **secrets)
    except TypeError as error:
        raise ProgramError(f'{where} is called with {len(tables)} tables and the secrets '
                           f'({", ".join(secrets)}): {error}') from error
    given = function(*tables, **secrets)
    if not isinstance(given, Iterable):
        raise ProgramError(f'{where} gave {type(given).__name__}, which is no rows: yield a dict a row, or return a list')
    writers = {column.name: (writer(column.type), column.nullable) for column in called.columns}
    batch, size = [], 0
    for number, row in enumerate(given, 1):
        tick()
        text = _row(f'{where}, row {number}', row, writers)
        if size + len(text) > BATCH_CHARACTERS and batch:
            yield f'[{",".join(batch)}]'
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield f'[{",".join(batch)}]'


def _function(called: Called, source: bytes) -> Callable[..., Any]:
    module = types.ModuleType('pipec_program')
    module.__file__ = called.path
    exec(compile(source, called.path, 'exec'), module.__dict__)  # noqa: S102 - it is the project's own
    function = getattr(module, called.function, None)
    if not callable(function):
        raise ProgramError(f'{called.path} has no function {called.function}')
    return function


def _rows(rows: Rows, tick: Callable[[], None]) -> Iterator[dict[str, Any]]:
    for row in rows.rows:
        tick()
        yield {name: plain(value) for name, value in zip(rows.columns, row, strict=True)}


def _row(where: str, row: Any, writers: Mapping[str, tuple[Callable[[Any], Any], bool]]) -> str:
    if not isinstance(row, Mapping):
        raise ProgramError(f'{where} is a {type(row).__name__}: give a dict, {{column: value}}')
    if row.keys() != writers.keys():
        wrong = [f'nothing for {name}' for name in writers if name not in row]
        wrong += [f'no column is called {name}' for name in row if name not in writers]
        raise ProgramError(f'{where}: {", ".join(wrong)}')
    values = {}
    for name, (write, nullable) in writers.items():
        if row[name] is None and not nullable:
            raise ProgramError(f'{where}: {name} is never NULL, and is None here')
        try:
            values[name] = None if row[name] is None else write(row[name])
        except WrongValue as error:
            raise ProgramError(f'{where}: {name} {error}') from error
    return json.dumps(values, ensure_ascii=False, allow_nan=False)
