"""Values of Python as the JSON from which the warehouse reads a declared type, and values of a warehouse as plain Python."""
import base64
import datetime
import decimal
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

INTEGERS = {'tinyint': 8, 'smallint': 16, 'int': 32, 'bigint': 64}
Writer = Callable[[Any], Any]


class WrongValue(Exception):
    """What is wrong with a value, as the end of a sentence that begins with a column's name."""


def plain(value: Any) -> Any:
    """Of a warehouse's driver: its rows within rows are dicts, its arrays lists."""
    if hasattr(value, 'asDict'):
        return {name: plain(part) for name, part in value.asDict().items()}
    if isinstance(value, dict):
        return {plain(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple) or type(value).__name__ == 'ndarray':
        return [plain(part) for part in value]
    return value


def writer(type_: str) -> Writer:
    """How a value of a type, as Spark spells it, is written; a value that is none of that type raises WrongValue."""
    head, _, rest = type_.partition('<')
    if rest:
        return _nested(head, rest.removesuffix('>'))
    name = type_.partition('(')[0]
    if name in INTEGERS:
        return _integer(type_, INTEGERS[name])
    if name not in WRITERS:
        raise ValueError(f'no program gives values of the type {type_}')
    kinds, write = WRITERS[name]
    return _simple(type_, kinds, write)


def _native(value: Any) -> Any:
    """A number of numpy as Python's own."""
    return value.item() if type(value).__module__ == 'numpy' and hasattr(value, 'item') else value


def _simple(type_: str, kinds: tuple[type, ...], write: Writer) -> Writer:
    def simple(value: Any) -> Any:
        value = _native(value)
        # A bool is an int and a datetime is a date, to Python alone.
        if not isinstance(value, kinds) or type(value) in EXCEPT.get(kinds, ()):
            raise WrongValue(f'is {type_}, and a {type(value).__name__} is given: give {_names(kinds)}')
        return write(value)
    return simple


def _names(kinds: tuple[type, ...]) -> str:
    return ' or '.join(kind.__name__ for kind in kinds)


def _integer(type_: str, bits: int) -> Writer:
    def within(value: int) -> int:
        if not -(1 << bits - 1) <= value < 1 << bits - 1:
            raise WrongValue(f'is {type_}, and {value} is out of its range')
        return value
    return _simple(type_, (int,), within)


def _float(value: float) -> float | str:
    value = float(value)
    return value if math.isfinite(value) else {'nan': 'NaN', 'inf': 'Infinity', '-inf': '-Infinity'}[str(value)]


def _instant(value: datetime.datetime) -> str:
    if value.tzinfo is None:
        raise WrongValue('is timestamp, an instant, and the time that is given has no zone: give one with tzinfo')
    return value.astimezone(datetime.timezone.utc).isoformat()


def _naive(value: datetime.datetime) -> str:
    if value.tzinfo is not None:
        raise WrongValue('is timestamp_ntz, and the time that is given has a zone: take its tzinfo away')
    return value.isoformat()


def _decimal(value: decimal.Decimal | int) -> str:
    text = format(decimal.Decimal(value), 'f')
    if not re.fullmatch(r'-?\d+(\.\d+)?', text):
        raise WrongValue(f'is decimal, and {text} is given')
    return text


WRITERS: Mapping[str, tuple[tuple[type, ...], Writer]] = {
    'string': ((str,), str),
    'boolean': ((bool,), bool),
    'float': ((float, int), _float),
    'double': ((float, int), _float),
    'decimal': ((decimal.Decimal, int), _decimal),
    'date': ((datetime.date,), datetime.date.isoformat),
    'timestamp': ((datetime.datetime,), _instant),
    'timestamp_ntz': ((datetime.datetime,), _naive),
    'binary': ((bytes,), lambda value: base64.b64encode(value).decode()),
}
EXCEPT: Mapping[tuple[type, ...], tuple[type, ...]] = {
    (int,): (bool,), (float, int): (bool,), (decimal.Decimal, int): (bool,), (datetime.date,): (datetime.datetime,)}


def _nested(kind: str, rest: str) -> Writer:
    if kind == 'array':
        return _array(_or_none(writer(rest)))
    parts = _split(rest)
    if kind == 'map':
        return _map(_or_none(writer(parts[1])))
    return _struct({_unquoted(name): _or_none(writer(part)) for name, part in map(_field, parts)})


def _or_none(write: Writer) -> Writer:
    return lambda value: None if value is None else write(value)


def _array(write: Writer) -> Writer:
    def array(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple) and type(value).__name__ != 'ndarray':
            raise WrongValue(f'is an array, and a {type(value).__name__} is given: give a list')
        return [write(part) for part in value]
    return array


def _map(write: Writer) -> Writer:
    def of_strings(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise WrongValue('is a map from string: give a dict with str for keys')
        return {key: write(part) for key, part in value.items()}
    return of_strings


def _struct(fields: Mapping[str, Writer]) -> Writer:
    def struct(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or value.keys() != fields.keys():
            raise WrongValue(f'is a struct: give a dict with {", ".join(fields)}')
        return {name: write(value[name]) for name, write in fields.items()}
    return struct


def _split(text: str) -> list[str]:
    """At the commas outside of brackets and quotes."""
    parts, depth, quoted = [''], 0, False
    for character in text:
        quoted ^= character == '`'
        depth += 0 if quoted else (character in '<(') - (character in '>)')
        if character == ',' and not depth and not quoted:
            parts.append('')
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _field(text: str) -> tuple[str, str]:
    match = re.match(r'(`(?:[^`]|``)*`|[^:]*):\s*', text)
    if not match:
        raise ValueError(f'{text} is no field of a struct')
    return match[1], text[match.end():]


def _unquoted(name: str) -> str:
    return name[1:-1].replace('``', '`') if name.startswith('`') else name
