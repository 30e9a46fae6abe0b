"""What Databricks gives a task: the session, the scope of secrets, values for the tasks behind it."""
import os
from collections.abc import Iterator, Mapping
from typing import Any

from pipec_runtime.engines.spark import SparkEngine

# Where tests run, there is a session and no platform.
ON_PLATFORM = 'DATABRICKS_RUNTIME_VERSION'


def session() -> Any:
    """The one that is there, with the settings that all statements are written for."""
    from pyspark.sql import SparkSession
    found = SparkSession.builder.getOrCreate()
    found.conf.set('spark.sql.session.timeZone', 'UTC')
    found.conf.set('spark.sql.ansi.enabled', 'true')
    return found


def engine() -> SparkEngine:
    return SparkEngine(session(), platform=ON_PLATFORM in os.environ)


def _utilities() -> Any:
    from pyspark.dbutils import DBUtils
    return DBUtils(session())


def tell(key: str, value: Any) -> None:
    """For the tasks behind this one, as `{{tasks.<this one>.values.<key>}}`."""
    _utilities().jobs.taskValues.set(key=key, value=value)


class Scope(Mapping[str, str]):
    """The secrets of a scope, in the place of a process's variables."""

    def __init__(self, name: str):
        self._name = name

    def __getitem__(self, key: str) -> str:
        try:
            return _utilities().secrets.get(scope=self._name, key=key)
        except Exception as error:
            # Whatever it was: its text may hold more than the key.
            raise KeyError(key) from error

    def __iter__(self) -> Iterator[str]:
        return (secret.key for secret in _utilities().secrets.list(self._name))

    def __len__(self) -> int:
        return len(list(iter(self)))
