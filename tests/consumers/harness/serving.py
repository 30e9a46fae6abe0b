"""The serving side of specs/first: a database of its own, deployed and loaded through the runtime."""
import sys

from . import env

sys.path.insert(0, str(env.ROOT / 'runtime'))

import pipec_runtime as runtime  # noqa: E402
from pipec_runtime.engines.postgres import PostgresEngine  # noqa: E402

READER = 'back_office_reader'  # made by people, as the specification expects
EXPORT = 'customer_value'


class Serving:
    """`loader` copies, `page` reads; who migrates is the server's administrator."""

    def __init__(self, postgres, dist, dbname='serving', orchestrator='dagster'):
        self.postgres, self.dbname = postgres, dbname
        self.manifest = runtime.load(dist / orchestrator / 'manifest.json')
        self.script = dist / 'postgres/back_office/migrate.sql'
        postgres.sql(f'DROP DATABASE IF EXISTS {dbname}')
        postgres.sql(f'CREATE DATABASE {dbname}')

    def dsn(self, user):
        return f'host={self.postgres.host} port={self.postgres.port} dbname={self.dbname} user={user}'

    def sql(self, text, user='postgres', args=None):
        return self.postgres.sql(text, self.dbname, user, args)

    def make_people(self):
        """Logins are no business of pipec's: somebody made them."""
        for role, options in ((READER, 'NOLOGIN'), ('page', 'LOGIN'), ('loader', 'LOGIN')):
            if not self.sql('SELECT 1 FROM pg_roles WHERE rolname = %s', args=[role]):
                self.sql(f'CREATE ROLE {role} {options}')

    def deploy(self):
        """Step by step, as the runtime does it."""
        engine = PostgresEngine({'dsn': self.dsn('postgres')})
        for steps in (self.manifest.platforms['postgres'], self.manifest.nodes[EXPORT].steps):
            runtime.Executor(self.manifest, {'serving_db': engine}, 'deploy').run(steps, 'migrate')
        engine.close()
        self.sql(f'GRANT {READER} TO page')
        self.sql('GRANT shop_data_writer TO loader')

    def load(self, warehouse, engine=None):
        """One run of the export; gives the gates."""
        gates, own = [], PostgresEngine({'dsn': self.dsn('loader')})
        executor = runtime.Executor(self.manifest, {'serving_db': engine(own) if engine else own, 'warehouse': warehouse},
                                    'load', on_gate=gates.append)
        try:
            executor.run(self.manifest.nodes[EXPORT].steps)
        finally:
            own.close()
        return {gate.check: gate.failures for gate in gates}

    def rows(self):
        return self.sql('SELECT * FROM shop_data.customer_value ORDER BY customer_id', 'page')

    def written(self):
        """Which transaction wrote each row: equal again if no run has touched it."""
        return dict(self.sql('SELECT customer_id, xmin::text FROM shop_data_data.customer_value'))

    def version(self):
        return self.sql('SELECT last_version FROM pipec_meta.watermark')[0][0]
