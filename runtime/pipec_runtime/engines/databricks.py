"""Databricks SQL by databricks-sql-connector, on a SQL warehouse."""
from collections.abc import Iterator, Mapping
from typing import Any

from .base import Rows, Warehouse, repeating

BATCH = 10_000


class DatabricksEngine(Warehouse):
    platform = True

    def __init__(self, fields: Mapping[str, str], *, attempts: int = 5, pause: float = 1.0):
        """`http_path`; `host` and `token`, or the Databricks SDK's own ways of finding them where they are absent."""
        self._fields, self._attempts, self._pause = fields, attempts, pause
        self._connection: Any = None
        self._cursor: Any = None

    def _open(self) -> Any:
        if self._connection is None:
            from databricks import sql
            options = {'session_configuration': {'timezone': 'UTC', 'ansi_mode': 'true'}}
            if 'token' in self._fields:
                options['access_token'] = self._fields['token']
                host = self._fields['host']
            else:
                from databricks.sdk.core import Config
                config = Config(host=self._fields.get('host'))
                options['credentials_provider'] = lambda: config.authenticate
                host = config.host
            self._connection = sql.connect(server_hostname=host.removeprefix('https://').rstrip('/'),
                                           http_path=self._fields['http_path'], **options)
        return self._connection

    def execute(self, sql: str, params: Mapping[str, Any]) -> None:
        repeating(lambda: self._run(sql, params).close(), self._attempts, self._pause)

    def query(self, sql: str, params: Mapping[str, Any]) -> Rows:
        cursor = repeating(lambda: self._run(sql, params), self._attempts, self._pause)
        return Rows([column[0] for column in cursor.description], self._fetch(cursor))

    def _run(self, sql: str, params: Mapping[str, Any]) -> Any:
        self._cursor = self._open().cursor()
        self._cursor.execute(sql, parameters=dict(params) if params else None)
        return self._cursor

    @staticmethod
    def _fetch(cursor: Any) -> Iterator[tuple[Any, ...]]:
        with cursor:
            while batch := cursor.fetchmany(BATCH):
                yield from (tuple(row) for row in batch)

    def cancel(self) -> None:
        if self._cursor is not None:
            self._cursor.cancel()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
