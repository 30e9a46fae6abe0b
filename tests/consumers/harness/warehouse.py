"""The warehouse side of specs/first on Spark with Delta: deploys, runs, looks. Only the landing views are doubles."""
import datetime
import re
import sys

from . import env

sys.path.insert(0, str(env.ROOT / 'runtime'))

import pipec_runtime as runtime  # noqa: E402
from pipec_runtime import deploy  # noqa: E402
from pipec_runtime.engines.spark import SparkEngine  # noqa: E402

SCHEMAS = ('bronze', 'gold', 'live', 'metrics', 'pipec', 'raw', 'ref', 'scouted', 'silver')
READ_FILES = re.compile(r"read_files\(\s*'([^']*)'((?:,\s*\w+ => '(?:[^'\\]|\\.)*')*)\s*\)")
KEPT = re.compile(r"create (?:materialized view|streaming table) if not exists (\S+) .*?\nas\n(.*)", re.S)
STREAM = re.compile(r'\bstream (\S+)( with \(skipChangeCommits = true\))?')
OPTION = re.compile(r"(\w+) => '((?:[^'\\]|\\.)*)'")


class Crash(Exception):
    """The process has died here."""


class Counted:
    """An engine that dies before a statement, counted over those that write."""

    def __init__(self, engine, at=None):
        self._engine, self._at, self.executed = engine, at, 0
        self.platform = engine.platform

    def execute(self, sql, params):
        if self.executed == self._at:
            raise Crash()
        self.executed += 1
        self._engine.execute(sql, params)

    def __getattr__(self, name):
        return getattr(self._engine, name)


class Changed:
    """An engine whose statements are not quite what the compiler wrote."""

    def __init__(self, engine, fault):
        self._engine, self._fault, self.times = engine, fault, 0

    def execute(self, sql, params):
        self._engine.execute(self._wrong(sql), params)

    def query(self, sql, params):
        return self._engine.query(self._wrong(sql), params)

    def _wrong(self, sql):
        wrong = sql.replace(*self._fault)
        self.times += wrong != sql
        return wrong

    def __getattr__(self, name):
        return getattr(self._engine, name)


class Warehouse:
    def __init__(self, spark, dist, engine=None, orchestrator='dagster', storage=None):
        """`storage`: folders that stand for the storage of a cloud, by their URI."""
        self.spark, self.engine = spark, engine or SparkEngine(spark)
        self.manifest = runtime.load(dist / orchestrator / 'manifest.json')
        self.dist = dist
        self.gates, self._runs, self._files, self._storage = [], 0, [], storage or {}

    # ---- steps
    def steps(self):
        """Of the warehouse, by owner: platforms first, then nodes, inputs before readers, then checks."""
        owners = [(f'platform:{name}', steps) for name, steps in self.manifest.platforms.items()]
        owners += [(name, self.manifest.nodes[name].steps) for name in self.manifest.order]
        owners += [(f'check:{name}', check.steps) for name, check in self.manifest.checks.items()]
        for owner, steps in owners:
            ours = [step for step in steps if step.engine == 'warehouse' and step.path.startswith('databricks/')]
            if ours:
                yield owner.removeprefix('platform:') if owner.startswith('platform:platform:') else owner, ours

    def deploy(self, *only):
        """What migrates, of all or of some, with doubles of what only the platform has. Landing views: where Databricks has read_files, Spark
        has text.`path`. Materialized views and streaming tables: views, which hold at any time what a refresh would give."""
        deployment = deploy.Deployment(self.dist, {'warehouse': self.engine})
        for owner, steps in self.steps():
            if only and owner not in only:
                continue
            for step in deployment.steps:
                if step['id'] == f'warehouse/{owner}':
                    deployment.do(step)
            for step in steps:
                if step.phase == 'migrate' and step.id in ('materialized_view', 'streaming_table'):
                    name, query = KEPT.search(self.manifest.sql(step)).groups()
                    self.spark.sql(f'create or replace view {name} as ' + STREAM.sub(r'\1', query))
                if step.phase == 'migrate' and step.id == 'view' and step.platform_only:
                    self.spark.sql(self.manifest.sql(step))
                if step.id in ('lines', 'listing') and step.platform_only:
                    text, count = READ_FILES.subn(self._double, self.manifest.sql(step))
                    assert count == 1, text
                    self.spark.sql(text)

    def _double(self, call):
        """What Spark itself has in place of read_files: the files as a table of their own, which keeps nothing aside."""
        path, options = call[1], dict(OPTION.findall(call[2]))
        for uri, folder in self._storage.items():
            path = path.replace(uri, folder)
        kind, schema = options.pop('format'), options.pop('schema', None)
        if not schema:
            return f'{kind}.`{path}`'
        options.pop('rescuedDataColumn')
        table = f'pipec.files_{len(self._files)}'
        self._files.append(table)
        given = ', '.join(f"{name} '{value}'" for name, value in options.items())
        self.spark.sql(f'DROP TABLE IF EXISTS {table}')
        self.spark.sql(f"CREATE TABLE {table} ({schema}) USING {kind} OPTIONS (path '{path}', {given})")
        return f'(SELECT *, _metadata, CAST(NULL AS string) AS _rescued FROM {table})'

    def run(self, *only, engine=None):
        """One run of all nodes and checks, or of some; gives the gates that did not pass."""
        self.gates = []
        for table in self._files:
            self.spark.sql(f'REFRESH TABLE {table}')  # it remembers which files there were
        for owner, steps in self.steps():
            if not only or owner in only:
                self._execute(steps, 'run', engine)
        return {(gate.check, gate.failures) for gate in self.gates if not gate.passed}

    def _execute(self, steps, phase, engine=None):
        self._runs += 1
        engines = {self.manifest.warehouse.connection: engine or self.engine}
        executor = runtime.Executor(self.manifest, engines, f'run {self._runs}', on_gate=self.gates.append)
        executor.run(steps, phase)

    # ---- rows
    def rows(self, query):
        return sorted((tuple(map(plain, row)) for row in self.spark.sql(query).collect()), key=repr)

    def versions(self):
        """The newest version of every Delta table."""
        found = {}
        there = {row.namespace for row in self.spark.sql('SHOW SCHEMAS').collect()}
        for schema in sorted(there.intersection(SCHEMAS)):
            views = {row.viewName for row in self.spark.sql(f'SHOW VIEWS IN {schema}').collect()}
            for row in self.spark.sql(f'SHOW TABLES IN {schema}').collect():
                if row.tableName not in views and not row.tableName.startswith('files_'):
                    name = f'{schema}.{row.tableName}'
                    found[name] = self.spark.sql(f'DESCRIBE HISTORY {name} LIMIT 1').collect()[0].version
        return found

    def drop(self):
        for schema in SCHEMAS:
            self.spark.sql(f'DROP SCHEMA IF EXISTS {schema} CASCADE')


def plain(value):
    """A value as it is written by hand: decimals as text, times without a zone in UTC."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(' ')
    if isinstance(value, float):
        return round(value, 12)
    return str(value) if type(value).__name__ == 'Decimal' else value
