"""Fields of connections. The artifacts hold plain values and the names of secrets; values are looked up at a run."""
import os
from collections.abc import Mapping


class MissingReference(Exception):
    """A field of a connection refers to something that is not there."""


def resolve(connection: str, fields: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The values of a connection's fields. A message names the variable, never a value."""
    values = {}
    for name, field in fields.items():
        if 'value' in field:
            values[name] = field['value']
            continue
        kind, _, variable = field['reference'].partition(':')
        if kind != 'env':
            raise MissingReference(f'connection {connection}, field {name}: this runtime knows references `env:NAME`, '
                                   f'not `{kind}:`')
        if variable not in os.environ:
            raise MissingReference(f'connection {connection}, field {name}: the environment variable {variable} is '
                                   f'not set')
        values[name] = os.environ[variable]
    return values
