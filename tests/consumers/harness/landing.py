"""The source side of specs/first, run for real: PostgreSQL, the emitted SQL and connectors, the files that land.

The sample is tests/consumers/data/first: schema.sql, batch1.sql (there when the connector starts), batch2.sql, batch3.sql.
`Landing` applies all three and keeps the landed files as they were after each; other suites copy them from there, so
that no two of them disturb each other.
"""
import json
import pathlib
import re
import shutil
import time

from . import env

DATA = env.ROOT / 'tests/consumers/data/first'
ROLE, PASSWORD = 'pipec_cdc', 'first secret'
TABLES = ('public.customers', 'public.orders')
BATCHES = (1, 2, 3)


def environment(postgres) -> dict:
    """What a worker's environment must hold for the connection of specs/first."""
    return {'SHOP_DB_HOST': postgres.host, 'SHOP_DB_PORT': str(postgres.port), 'SHOP_DB_USER': ROLE}


def project(folder: pathlib.Path, secrets: pathlib.Path) -> pathlib.Path:
    """specs/first with the file of its password where this machine's worker may read it."""
    shutil.copytree(env.ROOT / 'specs/first', folder)
    config = folder / 'pipec.yaml'
    text = config.read_text()
    assert '"file:/run/secrets/shop.properties#' in text
    config.write_text(text.replace('file:/run/secrets/', f'file:{secrets}/'))
    return folder


def create_database(postgres, owner='shop_owner', dbname='shop'):
    """The shop's database with its tables, owned by a role that is no superuser, and the role of the connector."""
    postgres.sql(f'CREATE ROLE {owner} LOGIN')
    postgres.sql(f'CREATE DATABASE {dbname} OWNER {owner}')
    postgres.psql(DATA / 'schema.sql', dbname, owner)


def create_role(postgres):
    """As the database's administrator would; the password is asked for, unlike everybody else's."""
    postgres.sql(f"CREATE ROLE {ROLE} LOGIN REPLICATION PASSWORD '{PASSWORD}'")
    hba = pathlib.Path(postgres.sql('SHOW hba_file')[0][0])
    hba.write_text(f'host all {ROLE} 127.0.0.1/32 scram-sha-256\n' + hba.read_text())
    postgres.sql('SELECT pg_reload_conf()')


def position(lsn: str) -> int:
    high, low = lsn.split('/')
    return (int(high, 16) << 32) + int(low, 16)


class Landing:
    def __init__(self, folder: pathlib.Path, postgres, connect, pipec):
        self.postgres, self.connect = postgres, connect
        folder.mkdir(parents=True)
        self.folder = folder / 'landing'  # what the sinks write
        self.folder.mkdir()
        (connect.secrets / 'shop.properties').write_text(f'password={PASSWORD}\n')
        self.project = project(folder / 'first', connect.secrets)
        self.dist = pipec.build(self.project, '--var', f'landing=file:{self.folder}', out=folder / 'dist') / 'prod'
        self.source = self.dist / 'kafka_connect/source'
        self.configs = {c['name']: c for c in map(json.loads, (
            path.read_text() for path in sorted((self.dist / 'kafka_connect/connectors').glob('*.json'))))}
        self._kept = folder / 'kept'
        self.events = {}  # batch -> {table: positions of its changes in the source's log}

    def start(self):
        create_database(self.postgres)
        create_role(self.postgres)
        self.sql(DATA / 'batch1.sql')
        for _ in range(2):  # as a deployer who is not sure that it has run
            self.postgres.psql(self.source / 'shop.sql', 'shop', 'shop_owner')
        # A reader of the log beside the connector: it tells what has to land.
        self.postgres.sql("SELECT pg_create_logical_replication_slot('witness', 'test_decoding')", 'shop')
        documents = [json.loads(path.read_text()) for path in sorted((self.dist / 'kafka_connect/topics').glob('*.json'))]
        self.topics = self.connect.broker.create(documents)
        for name, config in self.configs.items():
            self.connect.put(name, config)
        self.connect.wait_running('shop')
        rows = {t: self.postgres.sql(f'SELECT count(*) FROM {t}', 'shop')[0][0] for t in TABLES}
        env.wait_until('the snapshot to land', lambda: all(len(self.lines(t)) == n for t, n in rows.items()), 90)
        self._keep(1)
        for batch in BATCHES[1:]:
            if batch == BATCHES[-1]:  # what happens meanwhile is read afterwards, once
                self.connect.call('POST', '/connectors/shop/restart?includeTasks=true')
            self.events[batch] = self.apply(DATA / f'batch{batch}.sql')
            self._keep(batch)

    def sql(self, file: pathlib.Path):
        """Statement by statement, as an application sends them: transactions are those of the file."""
        self.postgres.psql(file, 'shop', 'shop_owner', single_transaction=False)

    def apply(self, file: pathlib.Path) -> dict[str, list[int]]:
        """Runs a file of SQL at the source and returns when every change of it has landed: positions by table."""
        self.sql(file)
        changes = {table: [] for table in TABLES}
        for lsn, text in self.postgres.sql(
                "SELECT lsn::text, data FROM pg_logical_slot_get_changes('witness', NULL, NULL)", 'shop'):
            change = re.match(r'table (\S+): (INSERT|UPDATE|DELETE)', text)
            if change and change[1] in changes:
                changes[change[1]].append(position(lsn))

        def landed():
            return all(set(changes[table]) <= {e['source']['lsn'] for e in self.lines(table)} for table in TABLES)
        env.wait_until(f'{file.name} to land', landed, 60)
        # A changed key lands as two lines of one position.
        size = -1
        while size != (size := sum(f.stat().st_size for f in self.folder.iterdir())):
            time.sleep(1.2)
        return changes

    def file(self, table: str, batch: int | None = None) -> pathlib.Path:
        return (self.kept(batch) if batch else self.folder) / f'shop.{table}.jsonl'

    def lines(self, table: str, batch: int | None = None) -> list[dict]:
        """The landed events of a table: now, or as they were after a batch."""
        path = self.file(table, batch)
        text = path.read_text() if path.exists() else ''
        return [json.loads(line) for line in text[:text.rfind('\n') + 1].splitlines()]

    def kept(self, batch: int) -> pathlib.Path:
        """The folder of the files as they were after a batch."""
        return self._kept / str(batch)

    def copy(self, batch: int, to: pathlib.Path):
        """Lands the files in another folder, as if the sinks had written there; newer files replace older ones."""
        to.mkdir(parents=True, exist_ok=True)
        for path in self.kept(batch).iterdir():
            shutil.copy(path, to / path.name)

    def _keep(self, batch: int):
        shutil.copytree(self.folder, self.kept(batch))

    def close(self):
        running = self.connect.connectors()
        for name in self.configs:
            if name in running:
                self.connect.delete(name)
        self.postgres.drop_slot('pipec_shop')
        self.postgres.drop_slot('witness')
