"""MySQL without a server, as test_sqlserver.py does it."""
import datetime
import decimal
import random

import pytest
import sqlfluff

from harness import captured, connect_keys
from harness.captured import mysql_event as event
from harness.warehouse import Warehouse
from test_kafka_connect import pinned
from test_sqlserver import Site as Captured

# The type as an author writes it, the oracle's name of it, and the values.
TYPES = [
    ('tinyint', 'TINYINT', [-128]), ('tinyint(3) unsigned', 'TINYINT UNSIGNED', [255]), ('smallint', 'SMALLINT', [-32768]),
    ('smallint(5) unsigned zerofill', 'SMALLINT UNSIGNED', [65535]), ('mediumint', 'MEDIUMINT', [-8388608]),
    ('mediumint unsigned', 'MEDIUMINT UNSIGNED', [16777215]), ('int', 'INT', [-2147483648]),
    ('int(10) zerofill', 'INT UNSIGNED', [4294967295]), ('bigint', 'BIGINT', [-2**63]),
    ('bigint unsigned', 'BIGINT UNSIGNED', [decimal.Decimal(2**64 - 1), decimal.Decimal(0)]),
    ('decimal(38, 10)', 'DECIMAL', [decimal.Decimal('-9999999999999999999999999999.9999999999')]),
    ('decimal(18, 4) unsigned', 'DECIMAL UNSIGNED', [decimal.Decimal('1.5000')]), ('float(7, 4)', 'FLOAT', [1.100000023841858]),
    ('float(53)', 'DOUBLE', [1.7976931348623157e308]), ('date', 'DATE', [datetime.date(1000, 1, 1), datetime.date(9999, 12, 31)]),
    ('datetime(6)', 'DATETIME', ['1000-01-01 00:00:00.000000', '9999-12-31 23:59:59.999999']),
    ('timestamp(6)', 'TIMESTAMP', ['2038-01-19 03:14:07.999999']),
    ('time(6)', 'TIME', [-3020399000000, 86399999999]), ('year', 'YEAR', [1901, 2155]), ('json', 'JSON', ['{"a": [1.50, null]}']),
    ("enum('a', 'b')", 'ENUM', ['a']), ("set('a', 'b')", 'SET', ['a,b']), ('char(4)', 'CHAR', ['ü𝄞']),
    ('varchar(20)', 'VARCHAR', ['']), ('longtext', 'LONGTEXT', ['two\nlines']), ('bit', 'BIT', [True]),
    ('bit(10)', 'BIT', ['0102']), ('binary(3)', 'BINARY', ['00FF7F']), ('varbinary(10)', 'VARBINARY', ['']), ('blob', 'BLOB', ['FFFE'])]
TIMES = ('datetime(6)', 'timestamp(6)')
BYTES = ('bit(10)', 'binary(3)', 'varbinary(10)', 'blob')
SPECIFICATION = """/// The office's database.
@allow(PIPE0602, 'what is lost is what this test looks at')
source office {
  kind mysql  connection office_db  database office  timestamps in 'UTC'
  cdc { retention 3 days  signals in_database }
  /// A column of each type.
  table all_types (
    id bigint primary key,
    %s
  )
  /// People who work here.
  table staff ( staff_id int primary key, name text not null )
}
cdc bronze.all_types from office.office.all_types { deletes hard }
cdc bronze.staff from office.office.staff { history bronze.staff_history deletes soft }
schedule nightly { cron '0 3 * * *'  run all }
""" % ',\n    '.join(f'c{i} {kind}' for i, (kind, _, _) in enumerate(TYPES))


class Site(Captured):
    specification, patience = SPECIFICATION, {}


@pytest.fixture(scope='module')
def site(pipec, scratch):
    return Site(pipec, scratch / 'mysql')


@pytest.fixture(scope='module')
def oracle():
    return captured.converted('mysql')


def test_the_worker_validates_it(site, connect):
    errors = connect.validate(site.asked)
    assert errors.keys() == {'database.hostname'} and 'connection' in errors['database.hostname'][0]


@pytest.mark.parametrize('key', ['snapshot.mode', 'snapshot.locking.mode', 'decimal.handling.mode', 'time.precision.mode',
                                 'bigint.unsigned.handling.mode', 'database.ssl.mode',
                                 'database.server.id', 'inconsistent.schema.handling.mode', 'exactly.once.support'])
def test_a_wrong_value_is_seen_by_the_worker(site, connect, key):
    assert key in connect.validate(site.asked | {key: 'so-so'})


@pytest.mark.parametrize('mode', ['initial', 'no_data', 'when_needed'])
def test_each_snapshot_that_can_be_asked_for(site, connect, mode):
    assert connect.validate(site.asked | {'snapshot.mode': mode}).keys() == {'database.hostname'}


def test_every_key_is_pinned(site):
    source = [pinned('debezium_mysql'), pinned('connect_source')]
    for key in site.configs['office']:
        assert connect_keys.known(key, *source), key


@pytest.mark.parametrize('name', ['office.sql', 'office.undo.sql'])
def test_the_scripts_name_what_they_must(site, name):
    """sqlfluff's grammar of MySQL reads the grants on tables; the others are compared with what is meant."""
    text = (site.dist / 'kafka_connect/source' / name).read_text()
    statements = [part.strip() for part in text.split(';') if part.strip()]
    if name == 'office.sql':
        grants = [s for s in statements if s.startswith('grant')]
        assert grants == ["grant select on `office`.`all_types` to 'pipec_cdc'@'%'", "grant select on `office`.`staff` to 'pipec_cdc'@'%'",
                          "grant select, insert on `office`.`pipec_signals_office` to 'pipec_cdc'@'%'",
                          "grant reload, show databases, replication slave, replication client on *.* to 'pipec_cdc'@'%'"]
        for grant in grants[:3]:
            sqlfluff.parse(grant + ';', dialect='mysql')
        assert 'greatest(@@global.binlog_expire_logs_seconds, 259200)' in text
    else:
        assert [s for s in statements if 'revoke' in s][-1].endswith(
            "revoke if exists reload, show databases, replication slave, replication client on *.* from 'pipec_cdc'@'%' ignore unknown user")


def values_of(oracle):
    """Column, value, what is expected: the oracle's rows in order, two types of which have one name."""
    left = list(oracle)
    for i, (kind, name, expected) in enumerate(TYPES):
        for value in expected:
            at = next(k for k, row in enumerate(left) if row[0] == name)
            yield f'c{i}', kind, left.pop(at), value
    assert not left


def test_types_are_those_of_the_converters(oracle):
    rules = captured.native_rules('mysql')
    for _, kind, (name, schema, _), _ in values_of(oracle):
        some = {rule['connect'] for rule in rules[name.lower()]}
        assert schema in some, kind


@pytest.fixture(scope='module')
def warehouse(spark, site, oracle):
    rows = [{'id': i, column: row[2]} for i, (column, _, row, _) in enumerate(values_of(oracle))]
    captured.land(site.landing, 'office.office.all_types', [event('r', row, pos=4) for row in rows])
    captured.land(site.landing, 'office.office.staff', [])
    warehouse = Warehouse(spark, site.dist)
    warehouse.drop()
    warehouse.deploy()
    assert warehouse.run() == set()
    return warehouse


def test_each_value_arrives(warehouse, oracle):
    for i, (column, kind, _, expected) in enumerate(values_of(oracle)):
        shown = f"date_format({column}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')" if kind in TIMES else f'hex({column})' if kind in BYTES else column
        row, = warehouse.spark.sql(f'SELECT {shown} FROM bronze.all_types WHERE id = {i}').collect()
        assert row[0] == expected, kind


def test_no_position_no_event(warehouse, site):
    """Stands before the tests of order, which put tables of their own in the place of this warehouse's."""
    lines = [event('c', {'id': 900}, file='mysql-bin'), event('c', {'id': 901}, pos=None), event('c', {'id': 902}, pos=5),
             event('m', None, pos=6)]
    captured.land(site.landing, 'office.office.all_types', lines, '.more')
    assert warehouse.run('bronze.all_types_log', 'bronze.all_types') == {('rejected_lines', 3)}
    problems = sorted(p for p, in warehouse.rows('SELECT problem FROM pipec.bronze__all_types_log__rejected'))
    assert problems == [*["no position in the source's log"] * 2, 'not an operation on rows']
    assert warehouse.rows('SELECT id FROM bronze.all_types WHERE id >= 900') == [(902,)]


def told(op, key, name, pos, line=0, file='mysql-bin.000009'):
    return event(op, {'staff_id': key, 'name': name}, file=file, pos=pos, line=line, table='staff')


HISTORY = [told('r', 1, 'snapshot', 500), told('u', 1, 'first', 900), told('u', 1, 'second', 1000),
           told('u', 2, 'line nine', 1200, 9), told('u', 2, 'line ten', 1200, 10),
           told('u', 3, 'before', 4000, file='mysql-bin.999999'), told('u', 3, 'after', 4, file='mysql-bin.1000000'),
           told('c', 4, 'came', 1300), told('d', 4, '', 1300, 1), told('d', 5, '', 1400), told('c', 5, 'back', 1500)]


@pytest.mark.parametrize('seed', range(2))
def test_the_last_event_of_a_row_wins(spark, pipec, scratch, seed):
    site = Site(pipec, scratch / f'mysql-order-{seed}')
    events = list(HISTORY)
    if seed:
        random.Random(seed).shuffle(events)
    warehouse = Warehouse(spark, site.dist)
    warehouse.drop()
    captured.land(site.landing, 'office.office.all_types', [])
    captured.land(site.landing, 'office.office.staff', events[:5])
    warehouse.deploy()
    assert warehouse.run() == set()
    captured.land(site.landing, 'office.office.staff', events[5:] + [event('c', {'staff_id': 6, 'name': 'x'}, table='staff_old')], '.more')
    assert warehouse.run() == set()
    assert warehouse.rows('SELECT staff_id, name, _deleted FROM bronze.staff') == [
        (1, 'second', False), (2, 'line ten', False), (3, 'after', False), (4, 'came', True), (5, 'back', False)]
    # TRUNCATE, and a row from before it that lands behind it.
    captured.land(site.landing, 'office.office.staff', [event('t', None, file='mysql-bin.000009', pos=1450, table='staff')], '.truncated')
    assert warehouse.run() == set()
    captured.land(site.landing, 'office.office.staff', [told('c', 7, 'late', 1440), told('c', 8, 'new', 1460)], '.late')
    assert warehouse.run() == set()
    assert warehouse.rows('SELECT staff_id, name, _deleted FROM bronze.staff') == [
        (1, 'second', True), (2, 'line ten', True), (3, 'after', False), (4, 'came', True), (5, 'back', False), (7, 'late', True),
        (8, 'new', False)]
