"""Names of a specification, as Dagster takes them. Two names never become one."""
import keyword
import re
from collections.abc import Sequence

from dagster import AssetKey
from pipec_runtime import names
from pipec_runtime.names import PLAIN

WORD = re.compile(r'[A-Za-z0-9_]{1,100}')
EMAIL = re.compile(r'[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}')
TAG = re.compile(r'[A-Za-z0-9_.-]{1,63}')
# Dagster's own list, and Python's.
RESERVED = {'context', 'conf', 'config', 'meta', 'arg_dict', 'dict', 'input_arg_dict', 'output_arg_dict', 'int', 'str',
            'float', 'bool', 'input', 'output', 'type', *keyword.kwlist}


def identifier(*parts: str, longest: int = 100) -> str:
    """A name of an op, a job, a group, a resource."""
    return names.identifier(*parts, longest=longest, reserved=RESERVED)


def key(parts: Sequence[str]) -> AssetKey:
    """Dagster takes a key of any text and then makes an output's name of it, which takes none."""
    return AssetKey([part if WORD.fullmatch(part) and not (len(parts) == 1 and part in RESERVED) else identifier(part)
                     for part in parts])


def check_name(name: str) -> str:
    """Dagster makes an output of it, and puts the asset's name before."""
    return name if PLAIN.fullmatch(name.replace('__', '_')) and len(name) <= 100 else identifier(name)


def tag(name: str) -> str:
    return name if TAG.fullmatch(name) and not name.startswith('dagster') else identifier(name, longest=63)


def owner(text: str) -> str:
    """Dagster knows addresses and teams."""
    return text if EMAIL.fullmatch(text) else f'team:{identifier(text)}'
