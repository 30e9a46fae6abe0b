"""What an engine can do, and the repeating of statements that met another writer."""
import dataclasses
import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Rows:
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]  # to be gone through once


class Engine(Protocol):
    """Parameters are by name. A warehouse has no transactions and takes no copies."""
    platform: bool  # runs the statements that only the platform itself can execute

    def execute(self, sql: str, params: Mapping[str, Any]) -> None: ...
    def query(self, sql: str, params: Mapping[str, Any]) -> Rows: ...
    def copy(self, table: str, columns: Sequence[str], rows: Rows, freeze: bool = False) -> None: ...  # a line of CSV each
    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def cancel(self) -> None: ...  # from another thread
    def close(self) -> None: ...


class Warehouse:
    """The parts of an engine that a warehouse has not."""

    def copy(self, table: str, columns: Sequence[str], rows: Rows, freeze: bool = False) -> None:
        raise NotImplementedError('rows are copied into serving databases only')

    def begin(self) -> None:
        raise NotImplementedError('a warehouse has no transactions over several statements')

    commit = rollback = begin


T = TypeVar('T')

# What Delta Lake raises when another writer was first; the statement, read again from the start, is right.
CONFLICTS = ('DELTA_CONCURRENT_', 'ConcurrentAppendException', 'ConcurrentDeleteReadException',
             'ConcurrentDeleteDeleteException', 'ConcurrentTransactionException', 'ConcurrentWriteException')


def repeating(attempt: Callable[[], T], attempts: int, pause: float) -> T:
    """The result of the first attempt that met no other writer; waits longer each time."""
    for number in range(1, attempts + 1):
        try:
            return attempt()
        except Exception as error:
            text = f'{type(error).__name__}: {error}'
            if number == attempts or not any(conflict in text for conflict in CONFLICTS):
                raise
            log.warning('another writer was first, attempt %d of %d: %s', number, attempts, text.splitlines()[0])
            time.sleep(pause * 2 ** (number - 1) * random.uniform(0.5, 1))
    raise AssertionError('attempts is at least 1')
