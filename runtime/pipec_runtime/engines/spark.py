"""Spark in this process, or through Spark Connect."""
import datetime
from collections.abc import Mapping
from typing import Any

from .base import Rows, Warehouse, repeating

GROUP = 'pipec'
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class SparkEngine(Warehouse):
    def __init__(self, session: Any, *, attempts: int = 5, pause: float = 1.0, platform: bool = False):
        """`platform`: the session is Databricks's own."""
        self._session, self._attempts, self._pause, self.platform = session, attempts, pause, platform

    def execute(self, sql: str, params: Mapping[str, Any]) -> None:
        repeating(lambda: self._run(sql, params), self._attempts, self._pause)

    def query(self, sql: str, params: Mapping[str, Any]) -> Rows:
        frame = repeating(lambda: self._run(sql, params), self._attempts, self._pause)
        instants = {i for i, field in enumerate(frame.schema.fields) if field.dataType.typeName() == 'timestamp'}
        rows = self._numbered(frame, instants) if instants else frame
        return Rows(frame.columns, (self._row(row, instants) for row in rows.toLocalIterator()))

    @staticmethod
    def _numbered(frame: Any, instants: set[int]) -> Any:
        """Instants as microseconds: collect() gives times on this process's clock, which shows an hour of autumn twice, and
        has no first day of the year 1."""
        names = [f'c{i}' for i in range(len(frame.columns))]
        return frame.toDF(*names).selectExpr(*(f'unix_micros({name}) as {name}' if i in instants else name
                                               for i, name in enumerate(names)))

    def _run(self, sql: str, params: Mapping[str, Any]) -> Any:
        context = self._context()
        if context is not None:
            context.setJobGroup(GROUP, 'pipec', interruptOnCancel=True)
        return self._session.sql(sql, args=dict(params)) if params else self._session.sql(sql)

    @staticmethod
    def _row(row: Any, instants: set[int]) -> tuple[Any, ...]:
        return tuple(EPOCH + datetime.timedelta(microseconds=value) if i in instants and value is not None else value
                     for i, value in enumerate(row))

    def _context(self) -> Any:
        """None through Spark Connect, whose sessions have no such attribute."""
        return getattr(self._session, 'sparkContext', None)

    def cancel(self) -> None:
        context = self._context()
        if context is not None:
            context.cancelJobGroup(GROUP)
        else:
            self._session.interruptAll()

    def close(self) -> None:
        """The session belongs to whoever made it."""
