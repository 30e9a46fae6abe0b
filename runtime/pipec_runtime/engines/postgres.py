"""PostgreSQL by psycopg 3. A statement with parameters has them as %(name)s, and doubles every other percent sign."""
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import psycopg
from psycopg import sql as composed

from .base import Rows

BATCH = 10_000  # lines that are sent at once


class PostgresEngine:
    """One connection, opened at its first use. Each statement commits by itself unless a transaction was begun."""
    platform = True

    def __init__(self, fields: Mapping[str, str]):
        """`dsn`, or the fields of libpq: host, port, dbname, user, password, sslmode."""
        fields = dict(fields)
        self._dsn, self._fields = fields.pop('dsn', ''), fields
        self._connection: psycopg.Connection[Any] | None = None

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._dsn, autocommit=True, **self._fields)  # type: ignore[arg-type]
        return self._connection

    def execute(self, sql: str, params: Mapping[str, Any]) -> None:
        self._run(sql, params)

    def query(self, sql: str, params: Mapping[str, Any]) -> Rows:
        cursor = self._run(sql, params)
        return Rows([column.name for column in cursor.description or ()], cursor)

    def _run(self, sql: str, params: Mapping[str, Any]) -> psycopg.Cursor[Any]:
        # Without parameters psycopg leaves percent signs alone, and the compiler has not doubled them.
        return self._open().execute(sql, dict(params) if params else None)

    def copy(self, table: str, columns: Sequence[str], rows: Rows, freeze: bool = False) -> None:
        # The table's name is quoted by the compiler, the lines are made by the warehouse. Text: the column's own type reads
        # it, so a decimal of any scale and JSON in a string arrive in numeric and jsonb.
        names = composed.SQL(', ').join(map(composed.Identifier, columns))
        options = composed.SQL('FORMAT csv, FREEZE' if freeze else 'FORMAT csv')
        statement = composed.SQL('COPY {} ({}) FROM STDIN WITH ({})').format(composed.SQL(table), names, options)  # type: ignore[arg-type]
        lines = iter(rows.rows)
        with self._open().cursor() as cursor, cursor.copy(statement) as copy:
            while batch := list(islice(lines, BATCH)):
                copy.write('\n'.join([line for line, in batch]) + '\n')

    def begin(self) -> None:
        self._open().execute('BEGIN')

    def commit(self) -> None:
        self._open().execute('COMMIT')

    def rollback(self) -> None:
        if self._connection is not None and not self._connection.closed:
            self._connection.execute('ROLLBACK')

    def cancel(self) -> None:
        if self._connection is not None:
            self._connection.cancel_safe(timeout=5)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
