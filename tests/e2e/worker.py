"""The process of the orchestrator: Spark with Delta in place of Databricks, the generated definitions of Dagster, runs at the times of
the generated schedule. It may be killed at any moment; started again, it goes on with what lies in the folder.

    worker.py FOLDER DIST       appends a line to FOLDER/runs.jsonl for each run, keeps in FOLDER/doing what it does, and ends
                                between two runs when there is a FOLDER/stop
"""
import collections
import contextlib
import datetime
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'consumers'))

from harness import spark as spark_harness  # noqa: E402
from harness.warehouse import Warehouse  # noqa: E402

import dagster as dg  # noqa: E402
import pipec_dagster  # noqa: E402
from dagster._utils.schedules import schedule_execution_time_iterator  # noqa: E402
from pipec_runtime.engines.base import Rows  # noqa: E402
from pipec_runtime.engines.spark import SparkEngine  # noqa: E402

JOB = 'line'


def session(folder: pathlib.Path):
    """Tables outlive the process: their names lie in a metastore beside their files."""
    return spark_harness.session(
        folder / 'spark', spark_sql_catalogImplementation='hive', spark_driver_memory='6g',
        spark_hadoop_javax_jdo_option_ConnectionURL=f'jdbc:derby:;databaseName={folder}/metastore;create=true')


class Told(SparkEngine):
    """Says what it does, so that somebody can choose the worst moment to kill it, and how long each statement took."""

    def __init__(self, spark, file: pathlib.Path, seconds: collections.Counter):
        super().__init__(spark)
        self._file, self._seconds = file, seconds

    @contextlib.contextmanager
    def _timed(self, sql):
        begun = time.monotonic()
        yield
        node, _, statement = sql.removeprefix('-- ').partition('\n')
        self._seconds[f'{node}: {" ".join(statement.split()[:5])}'] += time.monotonic() - begun

    def execute(self, sql, params):
        self._file.write_text(' '.join(sql.split('\n', 1)[-1].split()[:3]))
        with self._timed(sql):
            super().execute(sql, params)
        self._file.write_text('')

    def query(self, sql, params):
        """Its rows are made when they are asked for."""
        found = super().query(sql, params)

        def rows():
            with self._timed(sql):
                yield from found.rows
        return Rows(found.columns, rows())


def wait(schedule, stop: pathlib.Path):
    """For the schedule's next time. False: there is none any more."""
    at = next(schedule_execution_time_iterator(time.time(), schedule.cron_schedule, schedule.execution_timezone)).timestamp()
    while time.time() < at and not stop.exists():
        time.sleep(0.2)
    return not stop.exists()


def main(folder: pathlib.Path, dist: pathlib.Path):
    spark = session(folder)
    Warehouse(spark, dist).deploy()
    seconds = collections.Counter()
    definitions = pipec_dagster.load(dist / 'dagster/definitions.py', {'warehouse': lambda: Told(spark, folder / 'doing', seconds)})
    repository = definitions.get_repository_def()
    schedule, job = repository.get_schedule_def(f'{JOB}__schedule'), repository.get_job(JOB)
    (folder / 'ready').write_text('')
    while wait(schedule, folder / 'stop'):
        begun = datetime.datetime.now(datetime.timezone.utc)
        with dg.instance_for_test() as instance:
            result = job.execute_in_process(instance=instance, raise_on_error=False)
            failed = sorted(event.step_key for event in result.all_events if event.is_step_failure)
        took = (datetime.datetime.now(datetime.timezone.utc) - begun).total_seconds()
        with open(folder / 'runs.jsonl', 'a', encoding='utf-8') as runs:
            runs.write(json.dumps({'begun': begun.isoformat(), 'took': took, 'success': result.success, 'failed': failed,
                                   'seconds': dict(seconds.most_common(20))}) + '\n')
        seconds.clear()


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
