"""All parts on one machine, and who watches over them: what has died is started again, as an init system or a cluster would, and nothing
else is ever done to any part."""
import contextlib
import json
import os
import pathlib
import sys
import threading
import time

import psycopg
from harness import env
from harness.connect import Broker, Connect, ConnectError
from harness.postgres import Postgres

import load

ROLE, PASSWORD = 'pipec_cdc', 'end to end'
HERE = pathlib.Path(__file__).resolve().parent


class System:
    def __init__(self, folder: pathlib.Path, pipec):
        self.folder, self.landing, self.work = folder, folder / 'landing', folder / 'work'
        self.landing.mkdir(parents=True)
        self.work.mkdir()
        self.dist = pipec.build(HERE / 'project', '--var', f'landing=file:{self.landing}', out=folder / 'dist') / 'prod'
        self.stack = contextlib.ExitStack()
        self.restarts = {'broker': 0, 'connect': 0, 'worker': 0, 'tasks': 0}
        self._closing, self._lock = threading.Event(), threading.RLock()

    # ---- start
    def start(self):
        self.source = self._kept(Postgres(self.folder / 'source'))
        self.serving = self._kept(Postgres(self.folder / 'serving'))
        self._databases()
        self.broker = self._kept(Broker(self.folder / 'broker'))
        self.connect = self._kept(Connect(self.folder / 'connect', self.broker, {
            'SHOP_DB_HOST': self.source.host, 'SHOP_DB_PORT': str(self.source.port), 'SHOP_DB_USER': ROLE, 'SHOP_DB_PASSWORD': PASSWORD}))
        self.broker.create([json.loads(path.read_text()) for path in sorted((self.dist / 'kafka_connect/topics').glob('*.json'))])
        self.configs = {config['name']: config for config in (
            json.loads(path.read_text()) for path in sorted((self.dist / 'kafka_connect/connectors').glob('*.json')))}
        for name, config in self.configs.items():
            self.connect.put(name, config)
        self.connect.wait_running('shop')
        for table in load.TABLES:  # the views of the landing folder want a file each
            (self.landing / f'shop.public.{table}.jsonl').touch()
        self._start_worker()
        env.wait_until('the worker to be ready', (self.work / 'ready').exists, 300)
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        self.stack.callback(watch.join)
        self.stack.callback(self._closing.set)

    def _kept(self, part):
        self.stack.callback(part.close)
        return part

    def _databases(self):
        self.source.sql('CREATE ROLE shop_owner LOGIN')
        self.source.sql('CREATE DATABASE shop OWNER shop_owner')
        self.source.sql(f"CREATE ROLE {ROLE} LOGIN REPLICATION PASSWORD '{PASSWORD}'")
        self.source.sql(load.SCHEMA, 'shop', 'shop_owner')
        self.source.psql(self.dist / 'kafka_connect/source/shop.sql', 'shop', 'shop_owner')
        self.serving.sql('CREATE ROLE page LOGIN')
        self.serving.sql('CREATE ROLE loader LOGIN')
        self.serving.sql('CREATE DATABASE serving')
        self.serving.psql(self.dist / 'postgres/app/migrate.sql', 'serving')
        self.serving.sql('GRANT app_writer TO loader', 'serving')

    def _start_worker(self):
        for said_by_the_last in ('ready', 'doing'):
            (self.work / said_by_the_last).unlink(missing_ok=True)
        dsn = f'host={self.serving.host} port={self.serving.port} dbname=serving user=loader'
        self.worker = env.Process('worker', [sys.executable, HERE / 'worker.py', self.work, self.dist], self.folder / 'worker.log',
                                  env={**os.environ, 'SERVING_DSN': dsn})

    # ---- watch
    def _watch(self):
        while not self._closing.wait(1):
            with self._lock, contextlib.suppress(OSError, ConnectError, RuntimeError):
                if self.broker.process.child.poll() is not None:
                    self.restarts['broker'] += 1
                    self.broker.start()
                if self.connect.process.child.poll() is not None:
                    self.restarts['connect'] += 1
                    self.connect.start()
                if self.worker.child.poll() is not None:
                    self.restarts['worker'] += 1
                    self._start_worker()
                self._restart_tasks()

    def _restart_tasks(self):
        """As `autoRestart` of an operator does."""
        for name in self.configs:
            status = self.connect.status(name)
            for part in [status['connector'], *status['tasks']]:
                if part['state'] == 'FAILED':
                    self.restarts['tasks'] += 1
                    self.connect.call('POST', f'/connectors/{name}/restart?includeTasks=true&onlyFailed=true')
                    break

    # ---- look
    def runs(self):
        file = self.work / 'runs.jsonl'
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def doing(self):
        file = self.work / 'doing'
        return file.read_text() if file.exists() else ''

    def landed(self):
        return sum(path.stat().st_size for path in self.landing.iterdir())

    def source_connection(self):
        return self.source.connect('shop', 'shop_owner')

    def stop_worker(self):
        """For good, when its run has ended: one that is cut off is a run that failed."""
        with self._lock:
            self._closing.set()
        (self.work / 'stop').touch()
        env.wait_until('the last run to end', lambda: self.worker.child.poll() is not None, 1200, 1)

    def close(self):
        self._closing.set()
        with contextlib.suppress(AttributeError):
            self.worker.close()
        self.stack.close()


class Readers(threading.Thread):
    """A page that reads while rows are copied: it must never see a table that was not empty be empty, or a key twice; and it counts how
    long it waits."""

    def __init__(self, serving: Postgres):
        super().__init__(daemon=True)
        self._serving, self._ended = serving, threading.Event()
        self.reads, self.longest, self.wrong, self.most = 0, 0.0, [], {}

    def run(self):
        with self._serving.connect('serving', 'page') as connection:
            while not self._ended.wait(0.05):
                for table, key in load.TABLES.items():
                    begun = time.monotonic()
                    count, keys = connection.execute(f'SELECT count(*), count(DISTINCT ({", ".join(key)})) FROM app.{table}').fetchone()
                    self.longest = max(self.longest, time.monotonic() - begun)
                    self.reads += 1
                    if count != keys or (self.most.get(table, 0) and not count):
                        self.wrong.append((table, count, keys))
                    self.most[table] = max(self.most.get(table, 0), count)

    def stop(self):
        self._ended.set()
        self.join()


def cut(postgres: Postgres, where: str) -> int:
    """Ends sessions of a server; how many."""
    with contextlib.suppress(psycopg.OperationalError):
        return len(postgres.sql(f'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {where}'))
    return 0
