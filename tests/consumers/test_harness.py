"""The consumers themselves, with nothing of pipec: when one of these fails, look at the machine first."""
import datetime
import json

import pytest

from harness import env
from harness import spark as spark_harness

SOURCE = """
CREATE SCHEMA shop;
CREATE TABLE shop.customers (id bigint PRIMARY KEY);
CREATE TABLE shop.orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES shop.customers (id),
  amount numeric(18,4),
  status text DEFAULT 'new',
  paid_at timestamptz,
  changed_at timestamp(6) NOT NULL,
  detail jsonb,
  token uuid,
  labels text[]);
INSERT INTO shop.customers VALUES (1);
INSERT INTO shop.orders VALUES (1, 1, 12.3400, 'paid', '2026-01-02 03:04:05.678901+02', '2026-01-02 03:04:05.678901',
  '{"b": 1, "a": [1.50]}', '3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a', '{a,"b,c",NULL}');
CREATE ROLE cdc LOGIN REPLICATION;
GRANT USAGE ON SCHEMA shop TO cdc;
GRANT SELECT ON shop.orders TO cdc;
CREATE PUBLICATION harness FOR TABLE shop.orders;
"""


def source_config(postgres) -> dict:
    """What cdc.md calls a careful engineer's settings, for files of JSON."""
    return {
        'connector.class': 'io.debezium.connector.postgresql.PostgresConnector', 'tasks.max': '1',
        'database.hostname': postgres.host, 'database.port': str(postgres.port), 'database.user': 'cdc',
        'database.password': 'unused', 'database.dbname': 'harness', 'topic.prefix': 'harness',
        'plugin.name': 'pgoutput', 'slot.name': 'harness', 'publication.name': 'harness',
        'publication.autocreate.mode': 'disabled', 'table.include.list': 'shop\\.orders', 'snapshot.mode': 'initial',
        'decimal.handling.mode': 'string', 'time.precision.mode': 'microseconds', 'interval.handling.mode': 'string',
        'binary.handling.mode': 'base64', 'hstore.handling.mode': 'json', 'tombstones.on.delete': 'false',
        'provide.transaction.metadata': 'true', 'poll.interval.ms': '100', 'heartbeat.interval.ms': '10000',
        'event.processing.failure.handling.mode': 'fail', 'event.converting.failure.handling.mode': 'fail',
        'key.converter': 'org.apache.kafka.connect.json.JsonConverter', 'key.converter.schemas.enable': 'false',
        'value.converter': 'org.apache.kafka.connect.json.JsonConverter', 'value.converter.schemas.enable': 'false',
        # Without this a NULL lands as the column's default.
        'value.converter.replace.null.with.default': 'false',
    }


def sink_config(path) -> dict:
    """Strings through and through: each line of the file is the record's value as it lies in Kafka."""
    string = 'org.apache.kafka.connect.storage.StringConverter'
    return {'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector', 'tasks.max': '1',
            'topics': 'harness.shop.orders', 'file': str(path), 'key.converter': string, 'value.converter': string}


def test_postgres_answers(postgres):
    assert postgres.sql('show wal_level') == [('logical',)]
    assert postgres.sql('select current_setting($$server_version_num$$)::int / 10000') == [(15,)]


def test_connect_has_the_plugins(connect):
    plugins = connect.plugins()
    for name in ('postgresql.PostgresConnector', 'sqlserver.SqlServerConnector', 'mysql.MySqlConnector'):
        assert plugins[f'io.debezium.connector.{name}'] == '3.6.1.Final'
    assert plugins['org.apache.kafka.connect.file.FileStreamSinkConnector'] == '4.3.1'


def test_connect_names_a_wrong_value(connect, postgres):
    config = source_config(postgres) | {'snapshot.mode': 'sometimes', 'database.port': '1'}
    assert set(connect.validate(config)) == {'snapshot.mode'}
    # All keys right, so it tries to connect: the one error that a check of emitted files may see.
    assert set(connect.validate(source_config(postgres) | {'database.port': '1'})) == {'database.hostname'}


@pytest.fixture(scope='module')
def landed(connect, postgres, scratch):
    """Lines of the landed file after a snapshot, an insert, an update, a delete and a row of nulls."""
    postgres.sql('CREATE DATABASE harness')
    postgres.sql(SOURCE, 'harness')
    path = scratch / 'landed.jsonl'
    connect.put('harness-source', source_config(postgres))
    connect.put('harness-sink', sink_config(path))
    connect.wait_running('harness-source')

    def lines(count):
        def enough():
            text = path.read_text() if path.exists() else ''
            return text.count('\n') >= count and text.splitlines()
        return env.wait_until(f'{count} landed lines', enough)

    lines(1)
    for statement in (
            "INSERT INTO shop.orders VALUES (2, 1, -0.0001, 'new', '2026-06-01 00:00:00+00', '2026-06-01 00:00:00',"
            " 'null', '00000000-0000-0000-0000-000000000000', '{}')",
            "UPDATE shop.orders SET amount = 99999999999999.9999, paid_at = NULL WHERE id = 1",
            'DELETE FROM shop.orders WHERE id = 2',
            "INSERT INTO shop.orders VALUES (3, 1, NULL, NULL, NULL, '0001-01-01', NULL, NULL, NULL)"):
        postgres.sql(statement, 'harness')
    yield lines(5)
    connect.delete('harness-source')
    connect.delete('harness-sink')
    postgres.drop_slot('harness')


def test_changes_land_as_lines(landed):
    events = [json.loads(line) for line in landed]
    assert [e['op'] for e in events] == ['r', 'c', 'u', 'd', 'c']
    assert events[0]['after'] == {
        'id': 1, 'customer_id': 1, 'amount': '12.3400', 'status': 'paid', 'paid_at': '2026-01-02T01:04:05.678901Z',
        'changed_at': 1767323045678901, 'detail': '{"a": [1.50], "b": 1}',
        'token': '3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a', 'labels': ['a', 'b,c', None]}
    assert events[1]['after']['amount'] == '-0.0001'
    assert events[2]['after']['amount'] == '99999999999999.9999'
    # Only the key of a deleted row is real under the default replica identity.
    assert events[3]['before']['id'] == 2 and events[3]['after'] is None
    # NULL stays NULL although the column has a default.
    assert events[4]['after']['status'] is None and events[4]['after']['amount'] is None


def test_spark_reads_the_landed_file(spark, landed, scratch):
    spark.sql(f"""CREATE OR REPLACE TEMP VIEW landed USING json OPTIONS (
        path '{scratch}/landed.jsonl', mode 'PERMISSIVE',
        schema 'op string, after struct<id: bigint, amount: string, changed_at: bigint, labels: array<string>>')""")
    rows = spark.sql("""SELECT cast(after.amount AS decimal(18, 4)) AS amount, after.labels,
        cast(timestamp_micros(after.changed_at) AS timestamp_ntz) AS changed_at FROM landed WHERE op = 'r'""").collect()
    assert [(str(r.amount), r.labels, r.changed_at.isoformat()) for r in rows] == [
        ('12.3400', ['a', 'b,c', None], '2026-01-02T03:04:05.678901')]


MERGE = """MERGE INTO {t} AS t USING (SELECT * FROM VALUES (1, 'x', 5L), (2, 'y', 6L) AS s(k, v, seq)) AS s
  ON t.k = s.k WHEN MATCHED AND s.seq > t.seq THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"""


@pytest.mark.parametrize('vectors, versions', [('true', 1), ('false', 2)])
def test_replayed_merge(spark, vectors, versions):
    """A matched row that the guard keeps is copied, in a new version, unless deletion vectors are on."""
    table = f'harness.merge_{vectors}'
    spark.sql('CREATE SCHEMA IF NOT EXISTS harness')
    spark.sql(f"""CREATE TABLE {table} (k INT NOT NULL, v STRING, seq BIGINT) USING DELTA
        TBLPROPERTIES (delta.enableDeletionVectors = {vectors})""")
    spark.sql(MERGE.format(t=table))
    spark.sql(MERGE.format(t=table))
    assert spark_harness.version(spark, table) == versions


def test_parameters(spark):
    """Named parameters work in queries and DML, which is where pipec writes them."""
    spark.sql('CREATE SCHEMA IF NOT EXISTS harness')
    spark.sql("""CREATE TABLE harness.p (k INT, at TIMESTAMP) USING DELTA
        TBLPROPERTIES (delta.enableChangeDataFeed = true)""")
    spark.sql('INSERT INTO harness.p VALUES (:k, :at)', args={'k': 1, 'at': datetime.datetime(2026, 1, 1)})
    window = {'lo': datetime.datetime(2026, 1, 1), 'hi': datetime.datetime(2026, 1, 2)}
    replace = """INSERT INTO harness.p REPLACE WHERE at >= :lo AND at < :hi
        SELECT 2 AS k, TIMESTAMP '2026-01-01 12:00:00' AS at"""
    spark.sql(replace, args=window)
    changes = spark.sql("SELECT k, _change_type FROM table_changes('harness.p', :since, :upto) ORDER BY ALL",
                        args={'since': 2, 'upto': spark_harness.version(spark, 'harness.p')}).collect()
    assert [tuple(c) for c in changes] == [(1, 'delete'), (2, 'insert')]
    with pytest.raises(Exception, match='DELTA_REPLACE_WHERE_MISMATCH'):
        spark.sql(replace, args=window | {'hi': datetime.datetime(2026, 1, 1, 6)})
    with pytest.raises(Exception, match='DELTA_CDC_START_VERSION_AFTER_LATEST'):
        spark.sql("SELECT * FROM table_changes('harness.p', :since)", args={'since': 3})


def test_dagster_shares_the_environment():
    import dagster
    assert dagster.__version__ == '1.13.27'
