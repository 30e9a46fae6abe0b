"""SQL Server without a server: the real connector says what is wrong with its settings, its own converters say how values
land, Spark runs the statements of the warehouse over events put together from those."""
import datetime
import decimal
import json
import random

import pytest
import sqlfluff
from sqlfluff.api.simple import APIParsingError

from harness import captured, connect_keys
from harness.captured import sqlserver_event as event
from harness.warehouse import Warehouse
from test_kafka_connect import pinned

# A column of each type of the oracle, in its order; the type is written as an author would.
DECIMAL38 = decimal.Decimal('-9999999999999999999999999999.9999999999')
UTC = datetime.timezone.utc
EXPECTED = {
    'bit': [True, False], 'tinyint': [255, 0], 'smallint': [-32768], 'int': [-2147483648], 'bigint': [-2**63, 2**63 - 1],
    'decimal(38, 10)': [DECIMAL38, decimal.Decimal('0.0000000001')], 'numeric(38, 0)': [decimal.Decimal('9' * 38)],
    'decimal(4, 4)': [decimal.Decimal('0.0001')],
    'money': [decimal.Decimal('-922337203685477.5808'), decimal.Decimal('922337203685477.5807'),
              decimal.Decimal('922337203685477.5807')],
    'smallmoney': [decimal.Decimal('-214748.3648')], 'real': [3.4028234663852886e38, 1.100000023841858],
    'float': [1.7976931348623157e308, 1.1], 'date': [datetime.date(1, 1, 1), datetime.date(9999, 12, 31)],
    'time(7)': [86399999999, 0], 'time(3)': [86399999000],
    'datetime': ['1753-01-01 00:00:00', '9999-12-31 23:59:59.997'], 'smalldatetime': ['2079-06-06 23:59:00'],
    'datetime2(7)': ['9999-12-31 23:59:59.999999', '0001-01-01 00:00:00', '2024-02-29 12:34:56.123456'],
    'datetime2(3)': ['9999-12-31 23:59:59.999'],
    'datetimeoffset(7)': ['2024-02-29 12:34:56.123456', '9999-12-31 23:59:59.999999', '1999-12-31 23:30:00'],
    'char(4)': ['a   '], 'varchar(8000)': ['', 'it\'s "x"\\'], 'nchar(2)': ['ü𝄞'], 'nvarchar(max)': ['two\nlines\x01'],
    'text': ['x'], 'ntext': ['x'], 'xml': ['<a/>'], 'sysname': ['x'],
    'uniqueidentifier': ['6F9619FF-8B86-D011-B42D-00C04FC964FF'], 'binary(3)': ['00FF7F'], 'varbinary(max)': ['', 'FFFE'],
    'image': ['01'], 'rowversion': ['00000000000007D1']}
TIMES = ('datetime', 'smalldatetime', 'datetime2(7)', 'datetime2(3)', 'datetimeoffset(7)')
BYTES = ('binary(3)', 'varbinary(max)', 'image', 'rowversion')

COLUMNS = {kind: f'C{i}' for i, kind in enumerate(EXPECTED)}
SPECIFICATION = """/// The office's database.
@allow(PIPE0602, 'what is lost is what this test looks at')
source office {
  kind sqlserver  connection office_db  database Office  replica read_only  timestamps in 'UTC'
  cdc { retention 3 days  heartbeat 30 seconds  land every 2 minutes }
  /// A column of each type.
  table dbo.AllTypes (
    Id bigint primary key,
    %s
  )
  /// People who work here.
  table dbo.Staff (
    StaffId int primary key,
    Name nvarchar(max) not null,
    [Odd]]Name] int,
    SeenAt datetime2(6) timezone 'Europe/London'
  )
}
cdc bronze.all_types from office.dbo.AllTypes { deletes hard }
cdc bronze.staff from office.dbo.Staff { history bronze.staff_history deletes soft }
schedule nightly { cron '0 3 * * *'  run all }
""".replace('[Odd]]Name]', '`Odd]Name`') % ',\n    '.join(f'{column} {kind}' for kind, column in COLUMNS.items())


class Site:
    specification, patience = SPECIFICATION, {'driver.loginTimeout': '1'}

    def __init__(self, pipec, folder):
        self.landing = folder / 'landing'
        self.landing.mkdir(parents=True)
        self.dist = pipec.build(captured.project(folder / 'office', self.specification, self.landing), out=folder / 'dist') / 'prod'
        self.configs = captured.configs(self.dist)
        # The driver waits half a minute for a server on every address that a listener may have.
        self.asked = self.configs['office'] | self.patience


@pytest.fixture(scope='module')
def site(pipec, scratch):
    return Site(pipec, scratch / 'sqlserver')


@pytest.fixture(scope='module')
def oracle():
    return captured.converted('sqlserver')


# ---- the connector


def test_emitted_files(site):
    folder = site.dist / 'kafka_connect'
    types, staff = 'office.office.dbo.alltypes%_080042.json', 'office.office.dbo.staff%_08004.json'  # digits: where the capitals were
    assert sorted(str(p.relative_to(folder)) for p in folder.rglob('*.*') if p.is_file()) == [
        'connectors/office.json', f'connectors/{types}', f'connectors/{staff}',
        'source/office.old.sql', 'source/office.sql', 'source/office.undo.sql',
        'topics/__debezium-heartbeat.office.json', f'topics/{types}', f'topics/{staff}', 'topics/office.schema_history.json', 'topics/office.signals.json']


def test_the_worker_validates_it(site, connect):
    """Right in every key but for the server, which is asked last of all."""
    errors = connect.validate(site.asked)
    assert errors.keys() == {'database.hostname'} and 'Unable to connect' in errors['database.hostname'][0]


@pytest.mark.parametrize('key', ['snapshot.mode', 'snapshot.isolation.mode', 'data.query.mode', 'decimal.handling.mode',
                                 'time.precision.mode', 'binary.handling.mode', 'event.processing.failure.handling.mode',
                                 'errors.tolerance', 'exactly.once.support', 'transaction.boundary', 'tasks.max',
                                 'heartbeat.interval.ms', 'key.converter'])
def test_a_wrong_value_is_seen_by_the_worker(site, connect, key):
    assert key in connect.validate(site.asked | {key: 'so-so'})


@pytest.mark.parametrize('mode', ['initial', 'no_data', 'when_needed'])
def test_each_snapshot_that_can_be_asked_for(site, connect, mode):
    assert connect.validate(site.asked | {'snapshot.mode': mode}).keys() == {'database.hostname'}


def test_every_key_is_pinned(site):
    source = [pinned('debezium_sqlserver'), pinned('connect_source')]
    for key in site.configs['office']:
        assert connect_keys.known(key, *source), key


def test_what_the_connector_is_told(site):
    config = site.configs['office']
    assert config['driver.applicationIntent'] == 'ReadOnly' and config['table.include.list'] == 'dbo\\.AllTypes,dbo\\.Staff'
    assert config['schema.history.internal.consumer.sasl.jaas.config'] == (
        'org.apache.kafka.common.security.scram.ScramLoginModule required username="${env:KAFKA_USER}" '
        'password="${env:KAFKA_PASSWORD}";')


def test_a_topic_as_it_is_described(site, broker):
    """The topic that must never be shortened, as a broker has it."""
    topic = json.loads((site.dist / 'kafka_connect/topics/office.schema_history.json').read_text())
    assert broker.create([topic]) == {'office.schema_history': (
        1, {'cleanup.policy': 'delete', 'retention.bytes': '-1', 'retention.ms': '-1'})}


# ---- the scripts


@pytest.mark.parametrize('name', ['office.sql', 'office.old.sql', 'office.undo.sql'])
def test_the_scripts_are_transact_sql(site, name):
    """sqlfluff's grammar of T-SQL: statements, names, strings. What procedures take, and whether a table is there, only a
    server knows."""
    text = (site.dist / 'kafka_connect/source' / name).read_text()
    sqlfluff.parse(text, dialect='tsql')
    with pytest.raises(APIParsingError):
        sqlfluff.parse(text.replace('begin', 'begn', 1), dialect='tsql')


def test_the_scripts_of_a_table_of_signals(pipec, scratch, connect):
    """On the primary: a replica takes no writes."""
    class Primary(Site):
        specification = SPECIFICATION.replace('  replica read_only', '').replace('retention 3 days', 'retention 3 days  signals in_database', 1)
    site = Primary(pipec, scratch / 'sqlserver-signals')
    for name in ('office.sql', 'office.old.sql', 'office.undo.sql'):
        text = (site.dist / 'kafka_connect/source' / name).read_text()
        sqlfluff.parse(text, dialect='tsql')
        assert 'pipec_office_signals' in text or 'drop table if exists [dbo].[pipec_signals_office];' in text
    assert site.configs['office']['signal.data.collection'] == 'Office.dbo.pipec_signals_office'
    assert connect.validate(site.asked).keys() == {'database.hostname'}


def test_names_in_the_scripts(site):
    text = (site.dist / 'kafka_connect/source/office.sql').read_text()
    assert "@captured_column_list = N'[StaffId], [Name], [Odd]]Name], [SeenAt]'" in text
    assert "name in (N'StaffId', N'Name', N'Odd]Name', N'SeenAt')" in text
    assert 'grant select on object::[dbo].[Staff] to [pipec_office];' in text


# ---- types


def test_types_are_those_of_the_converters(oracle):
    rules = captured.native_rules('sqlserver')
    assert {kind for kind, _, _ in oracle} == set(EXPECTED)
    for kind, schema, _ in oracle:
        rule = rules[kind.split('(')[0]][-1]
        assert schema == rule['connect'], kind


@pytest.fixture(scope='module')
def warehouse(spark, site, oracle):
    rows = [dict.fromkeys(COLUMNS.values()) | {'Id': i, COLUMNS[kind]: value} for i, (kind, _, value) in enumerate(oracle)]
    captured.land(site.landing, 'office.Office.dbo.AllTypes', [event('r', row) for row in rows])
    warehouse = Warehouse(spark, site.dist)
    warehouse.drop()
    captured.land(site.landing, 'office.Office.dbo.Staff', [])
    warehouse.deploy()
    assert warehouse.run() == set()
    return warehouse


@pytest.mark.parametrize('kind', EXPECTED)
def test_each_value_arrives(warehouse, oracle, kind):
    ids = [i for i, (name, _, _) in enumerate(oracle) if name == kind]
    column = COLUMNS[kind]
    shown = f"date_format({column}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')" if kind in TIMES else f'hex({column})' if kind in BYTES else column
    rows = warehouse.spark.sql(f'SELECT {shown} FROM bronze.all_types WHERE Id IN ({", ".join(map(str, ids))}) ORDER BY Id')
    expected = EXPECTED[kind]
    if kind in TIMES:
        expected = [text if '.' in text else text + '.000000' for text in expected]
        expected = [text + '0' * (26 - len(text)) for text in expected]
    assert [row[0] for row in rows.collect()] == expected


def test_what_no_type_can_hold_is_kept_apart(warehouse, site):
    lines = [event('c', {'Id': 900, COLUMNS['decimal(4, 4)']: '1.5'}, commit=9, change=9),
             event('c', {'Id': 901, COLUMNS['datetime2(7)']: 253402300800000000}, commit=9, change=9),
             event('c', {'Id': 902}, commit=9, change=9, commit_lsn=None), event('c', {'Id': 903}, commit=9, change=9, change_lsn='x'),
             event('c', {'Id': 904}, commit=9, change=9, db='Other'), event('c', {'Id': 905}, commit=9, change=9, event_serial_no=None),
             event('c', {'Id': 906}, commit=9, change=9)]
    captured.land(site.landing, 'office.Office.dbo.AllTypes', lines, '.more')
    assert warehouse.run('bronze.all_types_log', 'bronze.all_types') == {('rejected_lines', 5)}
    problems = sorted(p for p, in warehouse.rows('SELECT problem FROM pipec.bronze__all_types_log__rejected'))
    assert problems == sorted([f'{COLUMNS["decimal(4, 4)"]}: a value that decimal(4,4) cannot hold',
                               f'{COLUMNS["datetime2(7)"]}: a value that timestamp cannot hold',
                               *["no position in the source's log"] * 3])
    assert warehouse.rows('SELECT Id FROM bronze.all_types WHERE Id >= 900') == [(906,)]


# ---- order


def staff(key, name, seen=None):
    return {'StaffId': key, 'Name': name, 'Odd]Name': None, 'SeenAt': seen}


def told(op, key, name, commit, change=None, number=1):
    return event(op, staff(key, name), commit=commit, change=change, number=number, table='Staff')


NOON = 1751371200000000  # 2025-07-01 12:00 on the clock of London, which is UTC+1
HISTORY = [
    told('r', 1, 'snapshot', 100), told('r', 2, 'gone later', 100),
    # Two updates in one transaction; its changes were made before those of the one that commits earlier.
    told('u', 1, 'first', 300, 210), told('u', 1, 'second', 300, 220),
    told('u', 1, 'between', 250, 240),
    told('c', 3, 'came and went', 300, 230), told('d', 3, '', 300, 231),
    told('d', 2, '', 310, 305), told('c', 2, 'back again', 320, 311),
    # One change whose events are numbered beyond nine.
    told('u', 4, 'ninth', 400, 390, 9), told('u', 4, 'tenth', 400, 390, 10),
    # A key that changes is a delete and an insert.
    told('c', 5, 'old key', 500, 490), told('d', 5, '', 510, 505), told('c', 6, 'new key', 510, 505, 2),
    # The number of a log file grows a digit.
    told('u', 7, 'before', 0xFFFFFFFF, 1), told('u', 7, 'after', 0x100000000, 1),
    # The snapshot's row and the stream's of one row.
    told('r', 8, 'read', 600), told('u', 8, 'changed', 601, 599),
    event('c', staff(9, 'summer', NOON), commit=700, change=690, table='Staff'),
]
STAFF = [(1, 'second', False), (2, 'back again', False), (3, 'came and went', True), (4, 'tenth', False), (5, 'old key', True),
         (6, 'new key', False), (7, 'after', False), (8, 'changed', False), (9, 'summer', False)]


@pytest.mark.parametrize('seed', range(3))
def test_the_last_event_of_a_row_wins(spark, pipec, scratch, seed):
    """In the order of the log, and shuffled over two files that come one after the other, with some twice."""
    site = Site(pipec, scratch / f'sqlserver-order-{seed}')
    events = list(HISTORY)
    if seed:
        rnd = random.Random(seed)
        events += rnd.sample(events, 6)
        rnd.shuffle(events)
    half = len(events) // 2
    warehouse = Warehouse(spark, site.dist)
    warehouse.drop()
    captured.land(site.landing, 'office.Office.dbo.AllTypes', [])
    for part, some in enumerate((events[:half], events[half:])):
        captured.land(site.landing, 'office.Office.dbo.Staff', some, f'.{part}')
        if part == 0:
            warehouse.deploy()
        assert warehouse.run() == set()
    assert warehouse.rows('SELECT StaffId, Name, _deleted FROM bronze.staff') == STAFF
    assert warehouse.rows('SELECT count(*) FROM bronze.staff_log') == [(len(HISTORY),)]
    assert warehouse.rows('SELECT Name, is_deleted FROM bronze.staff_history WHERE StaffId = 1') == [
        ('between', False), ('second', False), ('snapshot', False)]
    assert warehouse.rows('SELECT Name FROM bronze.staff_history WHERE is_current') == sorted(
        (name,) for _, name, deleted in STAFF if not deleted)
    assert warehouse.rows('SELECT SeenAt FROM bronze.staff WHERE StaffId = 9') == [('2025-07-01 11:00:00',)]
    before = warehouse.versions()
    assert warehouse.run() == set() and warehouse.versions() == before
