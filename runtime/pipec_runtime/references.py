"""Fields of connections. The artifacts hold plain values and the names of secrets; values are looked up at a run."""
import os
import pathlib
from collections.abc import Mapping


class MissingReference(Exception):
    """A field of a connection refers to something that is not there."""


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
    if name not in os.environ:
        raise MissingReference(f'{where}: the environment variable {name} is not set')
    return os.environ[name]


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
