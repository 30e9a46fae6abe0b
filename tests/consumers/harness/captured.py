"""Databases that cannot run here: their connectors are the real ones, their events are put together by hand from values that
the connectors' own converters made (TypeOracle.java)."""
import json
import pathlib
import subprocess

from . import env

CONFIG = """name: captured
language: 1
connections:
  office_db:
    host: 127.0.0.1
    port: 1
    user: {{ kafka_connect: "env:OFFICE_USER" }}
    password: {{ kafka_connect: "env:OFFICE_PASSWORD" }}
  kafka:
    brokers: "{brokers}"
    user: {{ kafka_connect: "env:KAFKA_USER" }}
    password: {{ kafka_connect: "env:KAFKA_PASSWORD" }}
    protocol: SASL_SSL
    mechanism: SCRAM-SHA-512
  warehouse: {{ http_path: {{ dagster: "env:HTTP_PATH" }} }}
targets:
  prod:
    warehouse: {{ engine: databricks, catalog: spark_catalog, landing: "file:{landing}" }}
    backends: {{ kafka_connect: {{}}, databricks: {{}}, dagster: {{}} }}
"""


def project(folder: pathlib.Path, specification: str, landing: pathlib.Path, brokers='127.0.0.1:1') -> pathlib.Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'pipec.yaml').write_text(CONFIG.format(landing=landing, brokers=brokers))
    (folder / 'office.pipe').write_text(specification.lstrip())
    return folder


def configs(dist: pathlib.Path) -> dict[str, dict]:
    read = (json.loads(path.read_text()) for path in sorted((dist / 'kafka_connect/connectors').glob('*.json')))
    return {config['name']: config for config in read}


def converted(database: str) -> list[tuple[str, str, object]]:
    """The type, the Connect schema and the landed value of every case of TypeOracle.java."""
    folder = env.consumers()
    path = f'{folder}/plugins/debezium-connector-{database}/*:{folder}/kafka/*'
    text = subprocess.run(env.java('200m', '-cp', path, str(env.ROOT / 'tests/consumers/TypeOracle.java'), database),
                          check=True, capture_output=True, text=True).stdout
    return [(kind, schema, json.loads(value)['c']) for kind, schema, value in
            (line.split('\t', 2) for line in text.splitlines())]


def native_rules(database: str) -> dict[str, list[dict]]:
    data = json.loads((env.ROOT / 'compiler/platform/data/types.json').read_text())
    rules = {}
    for rule in data['native']:
        if rule['source'] == database:
            for name in rule['names']:
                rules.setdefault(name, []).append(rule)
    return rules


def land(folder: pathlib.Path, topic: str, events: list, part: str = '') -> None:
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    (folder / f'{topic}{part}.jsonl').write_text('\n'.join(lines) + '\n')


def sqlserver_event(op, row, before=None, commit=1, change=None, number=1, table='AllTypes', **source):
    """As SqlServerSourceInfoStructMaker writes it; positions are 10 bytes in hexadecimal digits."""
    def lsn(value):
        return None if value is None else f'{value:020x}'[:8] + ':' + f'{value:020x}'[8:16] + ':' + f'{value:020x}'[16:]
    return {'before': row if op == 'd' else before, 'after': None if op == 'd' else row,
            'source': {'version': '3.6.1.Final', 'connector': 'sqlserver', 'name': 'office', 'ts_ms': 1767323045678,
                       'snapshot': None, 'db': 'Office', 'sequence': None, 'ts_us': 1767323045678000 + commit,
                       'ts_ns': 1767323045678000000, 'schema': 'dbo', 'table': table, 'change_lsn': lsn(change),
                       'commit_lsn': lsn(commit), 'event_serial_no': None if change is None else number} | source,
            'transaction': None, 'op': op, 'ts_ms': 1767323045999}


def mysql_event(op, row, before=None, file='mysql-bin.000009', pos=4, line=0, table='all_types', **source):
    return {'before': row if op == 'd' else before, 'after': None if op == 'd' else row,
            'source': {'version': '3.6.1.Final', 'connector': 'mysql', 'name': 'office', 'ts_ms': 1767323045678,
                       'snapshot': None, 'db': 'office', 'sequence': None, 'ts_us': 1767323045678000 + (pos or 0),
                       'ts_ns': 1767323045678000000, 'table': table, 'server_id': 1, 'gtid': None, 'file': file, 'pos': pos,
                       'row': line, 'thread': 7, 'query': None} | source,
            'transaction': None, 'op': op, 'ts_ms': 1767323045999}
