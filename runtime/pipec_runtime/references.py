"""Fields of connections. The artifacts hold plain values and the names of secrets; values are looked up at a run."""
import os
import pathlib
from collections.abc import Mapping


_variables: Mapping[str, str] = os.environ
_called = 'the environment variable'


class MissingReference(Exception):
    """A field of a connection refers to something that is not there."""


def look_in(variables: Mapping[str, str], called: str) -> None:
    """From now on `env:NAME` is found there, where a process has no variables of its own. `called`: what a message calls
    one of them."""
    global _variables, _called
    _variables, _called = variables, called


def resolve(connection: str, fields: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The values of a connection's fields. A message names the variable, or the file, never a value."""
    values = {}
    for name, field in fields.items():
        values[name] = field['value'] if 'value' in field else lookup(f'connection {connection}, field {name}',
                                                                      field['reference'])
    return values


def lookup(where: str, reference: str) -> str:
    """What a reference stands for; `where` is for the message."""
    kind, _, rest = reference.partition(':')
    if kind == 'env':
        return _variable(where, rest)
    if kind == 'file':
        return _entry(where, *rest.partition('#')[::2])
    raise MissingReference(f'{where}: this runtime knows references `env:NAME` and `file:PATH#KEY`, not `{kind}:`')


def _variable(where: str, name: str) -> str:
    try:
        return _variables[name]
    except KeyError as error:
        raise MissingReference(f'{where}: {_called} {name} is not set') from error


def _entry(where: str, path: str, key: str) -> str:
    """Of a properties file: lines `key=value`."""
    try:
        lines = pathlib.Path(path).read_text('utf-8').splitlines()
    except OSError as error:
        raise MissingReference(f'{where}: {path}: {error.strerror}') from error
    for line in lines:
        name, separator, value = line.partition('=')
        if separator and name.strip() == key and not line.lstrip().startswith('#'):
            return value.strip()
    raise MissingReference(f'{where}: {path} has no entry {key}')
