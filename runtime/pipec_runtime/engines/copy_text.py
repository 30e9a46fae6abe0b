"""Rows as the text that COPY reads: a column of a batch at a time, which is several times faster than a row at a time."""
import datetime
import decimal
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

BATCH = 10_000
NULL = '\\N'
SPECIAL = re.compile(r'[\\\n\r\t]')
ESCAPES = str.maketrans({'\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t'})
QUOTED = str.maketrans({'\\': '\\\\', '"': '\\"'})  # an element of an array
# What these types write of themselves is what PostgreSQL reads; nothing in it has to be escaped.
PLAIN = {int, float, decimal.Decimal, datetime.date, datetime.datetime}


def _boolean(value: bool) -> str:
    return 't' if value else 'f'


def _string(value: str) -> str:
    return value.translate(ESCAPES) if SPECIAL.search(value) else value


def _as_it_is(value: str) -> str:
    return value


def batches(rows: Iterable[Sequence[Any]], dump: Callable[[Any], str]) -> Iterator[str]:
    """`dump` is for values of other types: the text that the driver makes of one."""
    def text(value: Any) -> str:
        if type(value) is str:
            return value
        if type(value) in PLAIN:
            return str(value)
        if type(value) is bool:
            return _boolean(value)
        return array(value) if type(value) is list else dump(value)

    def array(values: Sequence[Any]) -> str:
        return '{' + ','.join(['NULL' if value is None else '"' + text(value).translate(QUOTED) + '"'
                               for value in values]) + '}'

    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        columns = [_column(column, lambda value: _string(text(value))) for column in zip(*batch, strict=True)]
        yield '\n'.join(map('\t'.join, zip(*columns))) + '\n'


def _column(values: Sequence[Any], any_text: Callable[[Any], str]) -> list[str]:
    types = set(map(type, values))
    nullable = type(None) in types
    types.discard(type(None))
    write: Callable[[Any], str] = any_text
    if types <= PLAIN:
        write = str
    elif types == {str}:
        # One look at all of them is much less than one at each.
        write = _string if SPECIAL.search('\0'.join(filter(None, values))) else _as_it_is
    elif types == {bool}:
        write = _boolean
    if write is _as_it_is and not nullable:
        return list(values)
    if nullable:
        return [NULL if value is None else write(value) for value in values]
    return list(map(write, values))
