"""Signals by a table of the source: a row that is inserted there makes the real connector read tables anew while it goes on."""
import json

import psycopg
import pytest

from harness import captured, env

ROLE, SONGS = 'signals_reader', 2500
SPECIFICATION = """/// Songs.
source radio {
  kind postgres  connection office_db  database radio
  cdc { snapshot no_data  signals in_database  heartbeat 1 seconds }
  table public.songs ( id bigint primary key, title text not null )
}
cdc bronze.songs from radio.public.songs { deletes hard  log bronze.songs_log retain 9 days }
schedule nightly { cron '0 3 * * *'  run all }
"""


class Radio:
    def __init__(self, postgres, connect, pipec, folder):
        self.postgres, self.landing = postgres, folder / 'landing'
        self.landing.mkdir(parents=True)
        project = captured.project(folder / 'project', SPECIFICATION, self.landing)
        config = project / 'pipec.yaml'
        text = config.read_text().replace('kafka_connect: {}', f'kafka_connect: {{ role: {ROLE} }}')
        text = text[:text.index('  kafka:\n')] + text[text.index('  warehouse:'):]  # no brokers: the table alone
        config.write_text(text)
        self.dist = pipec.build(project) / 'prod'
        self.source = self.dist / 'kafka_connect/source'
        self.configs = captured.configs(self.dist)

    def lines(self):
        path = self.landing / 'radio.public.songs.jsonl'
        text = path.read_text() if path.exists() else ''
        return [json.loads(line) for line in text[:text.rfind('\n') + 1].splitlines()]

    def as_role(self, text):
        with psycopg.connect(host=self.postgres.host, port=self.postgres.port, dbname='radio', user=ROLE, autocommit=True) as connection:
            return connection.execute(text)


@pytest.fixture(scope='module')
def radio(postgres, connect, pipec, scratch):
    made = Radio(postgres, connect, pipec, scratch / 'radio')
    postgres.sql(f'CREATE ROLE {ROLE} LOGIN REPLICATION')
    postgres.sql('CREATE ROLE radio_owner LOGIN REPLICATION')
    postgres.sql('CREATE DATABASE radio OWNER radio_owner')
    postgres.sql('ALTER SCHEMA public OWNER TO radio_owner', 'radio')
    postgres.sql('SET ROLE radio_owner; CREATE TABLE songs (id bigint PRIMARY KEY, title text NOT NULL); '
                 f"INSERT INTO songs SELECT n, 'song ' || n FROM generate_series(1, {SONGS}) AS n", 'radio')
    for _ in range(2):
        postgres.psql(made.source / 'radio.sql', 'radio', 'radio_owner')
    given = {'database.hostname': postgres.host, 'database.port': str(postgres.port), 'database.user': ROLE, 'database.password': 'x'}
    quick = {'consumer.override.metadata.max.age.ms': '1000', 'consumer.override.auto.offset.reset': 'earliest'}
    try:
        for name, config in made.configs.items():
            connect.put(name, config | (given if name == 'radio' else quick))
        connect.wait_running('radio')
        yield made
    finally:
        for name in made.configs:
            if name in connect.connectors():
                connect.delete(name)
        postgres.drop_slot('pipec_radio')


def test_what_is_written(radio):
    config = radio.configs['radio']
    assert (config['signal.enabled.channels'], config['signal.data.collection']) == ('source', 'pipec.signals_radio')
    assert 'signals' not in config['table.include.list']
    assert sorted(radio.configs) == ['radio', 'radio.public.songs']  # no sink lands the signals
    assert (radio.dist / 'kafka_connect/topics/radio.pipec.signals_radio.json').exists()


def test_a_signal_reads_the_rows_that_are_there(radio):
    postgres = radio.postgres
    postgres.sql("INSERT INTO songs VALUES (0, 'streamed')", 'radio', 'radio_owner')
    env.wait_until('a change to land', radio.lines, 60)
    assert [(e['op'], e['after']['id']) for e in radio.lines()] == [('c', 0)]  # no snapshot was taken
    postgres.sql("INSERT INTO pipec.signals_radio VALUES ('one', 'execute-snapshot', "
                 """'{"data-collections": ["public.songs"], "type": "incremental"}')""", 'radio', 'radio_owner')
    postgres.sql("UPDATE songs SET title = 'changed meanwhile' WHERE id = 2000", 'radio', 'radio_owner')
    env.wait_until('the rows to be read', lambda: {e['after']['id'] for e in radio.lines()} == set(range(SONGS + 1)), 90)
    read = [e for e in radio.lines() if e['op'] == 'r']
    assert len({e['after']['id'] for e in read}) >= SONGS - 1
    # Such a row has the last commit before it in place of a position of its own: the warehouse orders it by that.
    assert {(e['source']['snapshot'], e['source']['lsn']) for e in read} == {('incremental', None)}
    assert all(int(json.loads(e['source']['sequence'])[0]) > 0 for e in read)
    last = {e['after']['id']: e['after']['title'] for e in radio.lines()}
    assert last[2000] == 'changed meanwhile' and last[1] == 'song 1'
    assert sorted(path.name for path in radio.landing.iterdir()) == ['radio.public.songs.jsonl']


def test_the_connector_may_insert_a_signal_and_no_more(radio):
    radio.as_role("INSERT INTO pipec.signals_radio VALUES ('two', 'log', '{\"message\": \"x\"}')")
    for denied in ('SELECT * FROM pipec.signals_radio', 'DELETE FROM pipec.signals_radio', 'UPDATE pipec.signals_radio SET id = id',
                   'TRUNCATE pipec.signals_radio', 'DROP TABLE pipec.signals_radio'):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            radio.as_role(denied)


def test_undo_takes_the_table_away(radio, connect):
    for name in radio.configs:
        connect.delete(name)
    for _ in range(2):
        env.wait_until('the slot to be free', lambda: not radio.postgres.sql(
            "SELECT FROM pg_replication_slots WHERE slot_name = 'pipec_radio' AND active"), 30)
        radio.postgres.psql(radio.source / 'radio.undo.sql', 'radio', 'radio_owner')
    assert radio.postgres.sql("SELECT to_regnamespace('pipec')", 'radio') == [(None,)]
