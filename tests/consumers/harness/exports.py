"""tests/consumers/data/serving on a database of its own, loaded from a warehouse that is a list of rows."""
import dataclasses
import datetime
import decimal
import sys

from . import env

sys.path.insert(0, str(env.ROOT / 'runtime'))

import pipec_runtime as runtime  # noqa: E402
from pipec_runtime.engines.base import Rows  # noqa: E402
from pipec_runtime.engines.postgres import PostgresEngine  # noqa: E402

PROJECT = env.ROOT / 'tests/consumers/data/serving'
COLUMNS = ('id', 'batch', 'label', 'price', 'sold_at', 'a"b\'c $$ {{x}}', 'tags')
CONFIG = '''name: served
language: 1
connections:
  serving_db: { dsn: { dagster: "env:SERVING_DSN" } }
  warehouse: { http_path: { dagster: "env:HTTP_PATH" } }
targets:
  prod:
    warehouse: { engine: databricks, catalog: spark_catalog, landing: "file:/landing" }
    backends: { databricks: {}, postgres: {}, dagster: {} }
'''
NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)


def served(folder, specification):
    """A project of that specification."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'pipec.yaml').write_text(CONFIG)
    (folder / 'all.pipe').write_text(specification.lstrip())
    return folder


def item(id, batch, **other):
    """A row of gold.items; ten days of them."""
    made = {'id': id, 'batch': batch, 'label': f'label {id}', 'price': decimal.Decimal(id) / 4,
            'sold_at': NOON + datetime.timedelta(days=id % 10), COLUMNS[5]: 'it\'s "x"', 'tags': ['a', 'b,"c"']}
    return made | other


def csv_line(values):
    """As the generated SQL makes it of a row."""
    return (','.join(map(csv_field, values)),)


def csv_field(value):
    if value is None:
        return ''
    if isinstance(value, list):
        value = '{' + ','.join('"' + each.replace('\\', '\\\\').replace('"', '\\"') + '"' for each in value) + '}'
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)


class Items:
    """gold.items as a warehouse: each version is all of its rows, and every row of it changed."""
    platform = True

    def __init__(self):
        self.version, self.rows, self.asked, self.columns = -1, [], [], COLUMNS

    def put(self, rows):
        self.version, self.rows = self.version + 1, rows

    def query(self, sql, params):
        sql = sql.split('\n', 1)[1]
        self.asked.append(sql)
        if sql.startswith('describe history'):
            return Rows(['version'], [(self.version,)])
        if "'widened'" in sql:
            return Rows(['version'], [(-1,)])
        if 'select distinct date_trunc' in sql:
            days = sorted({row['sold_at'].replace(hour=0, minute=0) for row in self.rows})
            return Rows(['line'], [csv_line([day]) for day in days])
        columns = ('id', 'batch', 'sold_at') if 'gold.seen' in sql else self.columns
        operation = ('u',) if '_change_type' in sql else ()
        rows = [row for row in self.rows if 'day' not in params or row['sold_at'].date() == params['day'].date()]
        return Rows(['line'], [csv_line([*(row[column] for column in columns), *operation]) for row in rows])


class Exports:
    """`loader` loads, `app_page` reads, and whoever migrates is the server's administrator."""

    def __init__(self, postgres, dist, dbname='exports'):
        self.postgres, self.dbname = postgres, dbname
        self.use(dist)
        postgres.sql(f'DROP DATABASE IF EXISTS {dbname} WITH (FORCE)')
        postgres.sql(f'CREATE DATABASE {dbname}')
        for role, options in (('app_reader', 'NOLOGIN'), ('app_page', 'LOGIN'), ('app_loader', 'LOGIN')):
            if not self.sql('SELECT 1 FROM pg_roles WHERE rolname = %s', args=[role]):
                self.sql(f'CREATE ROLE {role} {options}')

    def use(self, dist):
        self.dist, self.manifest = dist, runtime.load(dist / 'dagster/manifest.json')

    def sql(self, text, user='postgres', args=None):
        return self.postgres.sql(text, self.dbname, user, args)

    def engine(self, user='app_loader'):
        return PostgresEngine({'dsn': f'host={self.postgres.host} port={self.postgres.port} dbname={self.dbname} user={user}'})

    def deploy(self):
        self.postgres.psql(self.dist / 'postgres/app/migrate.sql', self.dbname)
        self.sql('GRANT app_reader TO app_page')
        self.sql('GRANT app_writer TO app_loader')

    def load(self, export, warehouse, serving=None, change=None):
        """One run; gives the gates. `change`: other values of fields of each step."""
        gates, own = [], serving or self.engine()
        steps = [dataclasses.replace(step, **(change or {})) for step in self.manifest.nodes[export].steps]
        executor = runtime.Executor(self.manifest, {'serving_db': own, 'warehouse': warehouse}, 'load', on_gate=gates.append)
        try:
            executor.run(steps)
        finally:
            if not serving:
                own.close()
        return {gate.check: gate.failures for gate in gates}

    def rows(self, export):
        return self.sql(f'SELECT * FROM app.{export} ORDER BY id', 'app_page')
