"""Proof 1: what pipec emits for Kafka Connect, on a real worker with the real Debezium and a real PostgreSQL."""
import json

import psycopg
import pytest

from harness import captured, connect_keys, env, landing
from harness import postgres as postgres_harness

SINKS = ['shop.public.customers', 'shop.public.orders']
KEYS = {'public.customers': 'customer_id', 'public.orders': 'order_id'}


def pinned(name):
    return json.loads((connect_keys.DATA / f'{name}.json').read_text())


def test_emitted_files(landed):
    folder = landed.dist / 'kafka_connect'
    files = sorted(str(p.relative_to(folder)) for p in folder.rglob('*') if p.is_file())
    assert files == ['connectors/shop.json', *(f'connectors/{s}.json' for s in SINKS), 'source/shop.sql',
                     'source/shop.undo.sql', 'topics/__debezium-heartbeat.shop.json',
                     *(f'topics/{s}.json' for s in SINKS), 'topics/shop.transaction.json']
    assert list(landed.configs) == ['shop', *SINKS]


def test_the_worker_validates_each(landed, connect):
    """All right but for a server that is not there: Debezium connects only when it has nothing else to say."""
    assert connect.validate(landed.configs['shop'] | {'database.port': '1'}).keys() == {'database.hostname'}
    for sink in SINKS:
        assert connect.validate(landed.configs[sink]) == {}


def test_a_wrong_value_is_seen_by_the_worker(landed, connect):
    """That validating means something: each value from a closed list, spoilt."""
    closed = ['snapshot.mode', 'decimal.handling.mode', 'time.precision.mode', 'interval.handling.mode',
              'binary.handling.mode', 'hstore.handling.mode', 'publication.autocreate.mode', 'plugin.name',
              'event.processing.failure.handling.mode', 'slot.name', 'tasks.max', 'key.converter', 'errors.tolerance',
              'exactly.once.support']
    for key in closed:
        errors = connect.validate(landed.configs['shop'] | {'database.port': '1', key: 'so-so'})
        assert key in errors, key


def test_every_key_is_pinned(landed):
    """In the tables that test_connect_keys.py compares with the worker; the misspellings are in the backend's own tests."""
    source = [pinned('debezium_postgres'), pinned('connect_source')]
    sink = [pinned('file_sink'), pinned('connect_sink')]
    for name, config in landed.configs.items():
        tables = source if name == 'shop' else sink
        for key in config:
            assert connect_keys.known(key, *tables), key


def test_the_secret_stays_where_it_is(landed, connect):
    config = connect.call('GET', '/connectors/shop/config')
    assert config['database.password'] == f'${{file:{connect.secrets}/shop.properties:password}}'
    assert config['database.hostname'] == '${env:SHOP_DB_HOST}'
    for path in (p for p in landed.dist.rglob('*') if p.is_file()):
        assert landing.PASSWORD.encode() not in path.read_bytes(), path
    assert landing.PASSWORD not in connect.process.log.read_text(errors='replace')


@pytest.mark.parametrize('table', landing.TABLES)
def test_the_snapshot_lands(landed, table):
    events = landed.lines(table, batch=1)
    assert [e['op'] for e in events] == ['r'] * len(events)
    assert [e['after'][KEYS[table]] for e in events] == list(range(1, len(events) + 1))
    assert all(e['source']['lsn'] and e['before'] is None for e in events)


def test_values_as_they_land(landed):
    ada, bruno, chloe, lines, _ = (e['after'] for e in landed.lines('public.customers', batch=1))
    assert ada == {
        'customer_id': 1, 'external_id': '3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a', 'full_name': 'Ada Lovelace',
        'email': 'ada@shop.example', 'country': 'GB', 'labels': ['vip', 'b2b,eu', None],
        'preferences': '{"sizes": [1.50, null], "theme": "dark"}', 'created_at': 1764579600000001,
        'updated_at': '2025-12-01T09:00:00.000000Z'}
    # NULL in a column with a default, JSON's null, an empty array; an instant written with another offset.
    assert bruno['email'] is None and bruno['preferences'] == 'null' and bruno['labels'] == []
    assert bruno['updated_at'] == '2025-12-24T23:59:59.999999Z'
    assert chloe['full_name'] == 'Chloé d\'Arc "La"' and chloe['labels'] is None and chloe['preferences'] is None
    assert lines['full_name'] == 'Two\nlines'
    orders = {e['after']['order_id']: e['after'] for e in landed.lines('public.orders', batch=1)}
    assert (orders[6]['amount'], orders[6]['discount']) == ('99999999999999.9999', None)
    assert orders[2]['placed_at'] == '2026-01-03T23:59:59.999999Z'


def test_changes_land_in_order(landed):
    def since(table, batch):
        old = landed.lines(table, batch - 1)
        new = landed.lines(table, batch)
        assert new[:len(old)] == old
        return [(e['op'], ((e['after'] or e['before'])[KEYS[table]])) for e in new[len(old):]]
    assert since('public.customers', 2) == [('c', 6), ('u', 2), ('u', 1)]
    assert since('public.orders', 2) == [('c', 9), ('c', 10), ('u', 10), ('u', 10), ('c', 11), ('d', 11), ('u', 3),
                                         ('u', 8), ('u', 6)]
    assert since('public.customers', 3) == [('d', 6)]
    # A changed key is a delete and an insert.
    assert since('public.orders', 3) == [('c', 12), ('u', 1), ('d', 4), ('u', 6), ('d', 2), ('c', 200), ('d', 5),
                                         ('c', 5), ('d', 9), ('c', 13)]


def test_rows_before_a_change_are_whole(landed):
    """The replica identity is full: what was there is known, and long values that did not change are sent."""
    update = next(e for e in landed.lines('public.orders') if e['op'] == 'u' and e['after']['order_id'] == 3)
    assert (update['before']['status'], update['before']['discount']) == ('new', '0.0000')
    delete = next(e for e in landed.lines('public.orders') if e['op'] == 'd' and e['before']['order_id'] == 4)
    assert delete['before']['status'] == 'shipped' and delete['before']['discount'] is None
    assert '__debezium_unavailable_value' not in landed.file('public.customers').read_text()


@pytest.mark.parametrize('batch', landing.BATCHES[1:])
@pytest.mark.parametrize('table', landing.TABLES)
def test_each_change_lands_once(landed, table, batch):
    """Against PostgreSQL's own decoding of its log, read beside the connector."""
    old = len(landed.lines(table, batch - 1))
    positions = [e['source']['lsn'] for e in landed.lines(table, batch)[old:]]
    expected = landed.events[batch][table]
    if (table, batch) == ('public.orders', 3):
        changed_key = next(e['source']['lsn'] for e in landed.lines(table, 3)[old:] if e['op'] == 'd'
                           and e['before']['order_id'] == 2)
        expected = sorted([*expected, changed_key])
    assert positions == expected


@pytest.mark.parametrize('table', landing.TABLES)
def test_the_log_gives_the_table(landed, postgres, table):
    """Events applied in order are the rows of the source, and nothing else of the database has landed."""
    rows = {}
    for event in landed.lines(table):
        if event['op'] == 'd':
            del rows[event['before'][KEYS[table]]]
        else:
            rows[event['after'][KEYS[table]]] = event['after']
    numbers = 'amount::text, discount::text' if table == 'public.orders' else 'full_name, email'
    columns = [c.split(':')[0] for c in numbers.split(', ')]
    expected = postgres.sql(f'SELECT {KEYS[table]}, {numbers} FROM {table} ORDER BY 1', 'shop')
    assert [(key, *(row[c] for c in columns)) for key, row in sorted(rows.items())] == expected
    assert sorted(p.name for p in landed.folder.iterdir()) == [f'{s}.jsonl' for s in SINKS]


def test_one_task_and_one_topic_each(landed, connect):
    for name in landed.configs:
        status = connect.status(name)
        assert [t['state'] for t in status['tasks']] == ['RUNNING'], name
    # As the broker made them of their documents: order is kept within a partition.
    assert {name: (partitions, settings.get('retention.ms')) for name, (partitions, settings) in landed.topics.items()} == {
        **{topic: (1, '259200000') for topic in SINKS}, '__debezium-heartbeat.shop': (1, '86400000'), 'shop.transaction': (1, '86400000')}
    assert {settings['cleanup.policy'] for _, settings in landed.topics.values()} == {'delete'}
    topics = set(connect.call('GET', '/connectors/shop/topics')['shop']['topics'])
    assert topics - {'__debezium-heartbeat.shop', 'shop.transaction'} == set(SINKS)


def test_the_heart_beats(landed, postgres):
    """Every 30 seconds by the specification: an idle database still moves its slot on."""
    beats = env.wait_until('a heartbeat', lambda: postgres.sql('SELECT source FROM pipec.heartbeat_shop', 'shop'), 60)
    assert beats == [('shop',)]


def test_a_truncate_lands(landed, postgres):
    """As an event that is no row's, with a position of its own: what the log makes deletes of."""
    table = 'public.orders'
    before = landed.file(table).stat().st_size
    postgres.sql('TRUNCATE public.orders', 'shop', 'shop_owner')
    env.wait_until('the truncate to land', lambda: landed.lines(table)[-1]['op'] == 't', 30)
    event = landed.lines(table)[-1]
    assert event['before'] is None and event['after'] is None and landed.file(table).stat().st_size > before
    assert event['source']['lsn'] > max(line['source']['lsn'] for line in landed.lines(table)[:-1])


# ---- the SQL at the source, on a server of its own


@pytest.fixture
def server(landed, scratch, request):
    server = postgres_harness.Postgres(scratch / f'source-{request.node.name}')
    landing.create_database(server)
    yield server
    server.close()


def publication(server):
    return server.sql("SELECT schemaname || '.' || tablename FROM pg_publication_tables WHERE pubname = 'pipec_shop' "
                      'ORDER BY 1', 'shop')


def test_the_source_is_not_touched_before_the_role_is_there(landed, server):
    with pytest.raises(RuntimeError, match='there is no role pipec_cdc with LOGIN and REPLICATION'):
        server.psql(landed.source / 'shop.sql', 'shop', 'shop_owner')
    server.sql(f'CREATE ROLE {landing.ROLE} LOGIN')
    with pytest.raises(RuntimeError, match='there is no role pipec_cdc with LOGIN and REPLICATION'):
        server.psql(landed.source / 'shop.sql', 'shop', 'shop_owner')
    with pytest.raises(RuntimeError, match='this is not the database shop'):
        server.psql(landed.source / 'shop.sql', 'postgres')
    assert publication(server) == [] and server.sql("SELECT to_regnamespace('pipec')", 'shop') == [(None,)]


def test_a_server_without_logical_log_is_refused(landed, server):
    landing.create_role(server)
    server.sql("ALTER SYSTEM SET wal_level = 'replica'")
    server.restart()
    with pytest.raises(RuntimeError, match='wal_level is not logical'):
        server.psql(landed.source / 'shop.sql', 'shop', 'shop_owner')


DEFERRABLE = '''
source shop { kind postgres  connection office_db  database shop
  table public.numbers ( id bigint primary key, n bigint )
  table public.texts ( id bigint primary key, v text )
  table public.notes ( a bigint, b bigint, v text )
}
cdc bronze.numbers from shop.public.numbers { }
cdc bronze.texts from shop.public.texts { }
cdc bronze.notes from shop.public.notes { key (b, a)  log bronze.notes_log retain 30 days }
'''


def test_a_key_that_is_looked_at_when_a_transaction_ends(pipec, scratch, server):
    """Its rows can change places in one statement, which events of whole rows and what was there before tell; a log that forgets does not
    know that, and other events could not even be written."""
    landing.create_role(server)
    project = captured.project(scratch / 'deferrable/project', DEFERRABLE, scratch / 'deferrable/landing')
    script = pipec.build(project, out=scratch / 'deferrable/dist') / 'prod/kafka_connect/source/shop.sql'
    for table in ('numbers (id bigint PRIMARY KEY DEFERRABLE, n bigint)', 'texts (id bigint PRIMARY KEY DEFERRABLE, v text)',
                  'notes (a bigint, b bigint, v text, UNIQUE (a, b) DEFERRABLE, UNIQUE (a, v) DEFERRABLE)'):
        server.sql(f'CREATE TABLE public.{table}', 'shop', 'shop_owner')
    for table, mended in [('notes: notes_a_b_key', 'notes DROP CONSTRAINT notes_a_b_key, ADD UNIQUE (a, b)'),
                          ('numbers: numbers_pkey', 'numbers DROP CONSTRAINT numbers_pkey, ADD PRIMARY KEY (id)')]:
        with pytest.raises(RuntimeError, match='the key of public.{} is deferrable: {}'.format(*table.split(': '))):
            server.psql(script, 'shop', 'shop_owner')
        assert publication(server) == []
        server.sql(f'ALTER TABLE public.{mended}', 'shop', 'shop_owner')
    server.psql(script, 'shop', 'shop_owner')
    server.sql("INSERT INTO public.texts VALUES (1, 'one'), (2, 'two'); UPDATE public.texts SET id = 3 - id", 'shop', 'shop_owner')
    assert server.sql('SELECT id, v FROM public.texts ORDER BY id', 'shop') == [(1, 'two'), (2, 'one')]


def test_source_sql_twice(landed, server):
    landing.create_role(server)
    for _ in range(2):
        server.psql(landed.source / 'shop.sql', 'shop', 'shop_owner')
        assert publication(server) == [('pipec.heartbeat_shop',), ('public.customers',), ('public.orders',)]
        assert server.sql("SELECT relname, relreplident FROM pg_class WHERE relname IN ('customers', 'orders', 'passwords')"
                          ' ORDER BY 1', 'shop') == [('customers', 'f'), ('orders', 'f'), ('passwords', 'd')]


def test_a_publication_that_fell_behind_is_brought_up_to_date(landed, server):
    landing.create_role(server)
    server.psql(landed.source / 'shop.sql', 'shop', 'shop_owner')
    server.sql('ALTER PUBLICATION pipec_shop SET TABLE public.orders, public.passwords', 'shop')
    server.psql(landed.source / 'shop.sql', 'shop', 'shop_owner')
    assert publication(server) == [('pipec.heartbeat_shop',), ('public.customers',), ('public.orders',)]


def test_the_role_may_do_what_it_must_and_nothing_else(landed, server):
    landing.create_role(server)
    server.psql(landed.source / 'shop.sql', 'shop', 'shop_owner')

    def as_role(text):
        with psycopg.connect(host=server.host, port=server.port, dbname='shop', user=landing.ROLE,
                             password=landing.PASSWORD, autocommit=True) as connection:
            return connection.execute(text)
    for _ in range(2):
        as_role(landed.configs['shop']['heartbeat.action.query'])
    assert as_role('SELECT count(*) FROM pipec.heartbeat_shop').fetchall() == [(1,)]
    as_role('SELECT * FROM public.customers, public.orders')
    for denied in ('SELECT * FROM public.passwords', 'INSERT INTO public.orders SELECT * FROM public.orders',
                   'UPDATE public.orders SET status = status', 'DELETE FROM public.orders', 'TRUNCATE public.orders',
                   'DELETE FROM pipec.heartbeat_shop', 'TRUNCATE pipec.heartbeat_shop', 'CREATE TABLE pipec.x ()',
                   'ALTER TABLE public.orders REPLICA IDENTITY DEFAULT', 'DROP PUBLICATION pipec_shop',
                   'ALTER PUBLICATION pipec_shop SET TABLE public.orders', 'CREATE TABLE public.x ()', 'CREATE SCHEMA x',
                   'CREATE ROLE x'):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_role(denied)


def test_undo_twice(landed, server):
    landing.create_role(server)
    before = state(server)
    server.psql(landed.source / 'shop.sql', 'shop', 'shop_owner')
    server.sql("SELECT pg_create_logical_replication_slot('pipec_shop', 'pgoutput')", 'shop')
    server.sql('ALTER ROLE shop_owner REPLICATION')
    for _ in range(2):
        server.psql(landed.source / 'shop.undo.sql', 'shop', 'shop_owner')
        assert state(server) == before


def test_undo_leaves_a_slot_in_use(landed, postgres):
    with pytest.raises(RuntimeError, match='the replication slot pipec_shop is in use'):
        postgres.psql(landed.source / 'shop.undo.sql', 'shop')


def state(server):
    """Slots, publications, schemas, and what the role may do."""
    return [server.sql(text, 'shop') for text in (
        'SELECT slot_name FROM pg_replication_slots', 'SELECT pubname FROM pg_publication',
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1",
        f"SELECT table_schema, table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = "
        f"'{landing.ROLE}'")]


def waited_for(server, transaction):
    """Returns when somebody, who makes a slot, waits for the end of this one."""
    number = transaction.execute('SELECT pg_current_xact_id()::text').fetchone()[0]
    waiting = f"SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND transactionid = '{number}' AND NOT granted"
    env.wait_until('the slot to wait', lambda: server.sql(waiting)[0][0] > 0, 30)


def test_what_was_under_way_when_the_snapshot_was_taken_stands_after_it(landed, connect, server):
    """It was written before the snapshot's position and committed behind it: the snapshot has not seen it, and must not win."""
    landing.create_role(server)
    server.psql(landing.DATA / 'batch1.sql', 'shop', 'shop_owner', single_transaction=False)
    server.psql(landed.source / 'shop.sql', 'shop', 'shop_owner')
    file, topic = landed.folder.parent / 'under_way.jsonl', 'late.public.orders'
    source = landed.configs['shop'] | {'name': 'late', 'topic.prefix': 'late', 'slot.name': 'late', 'database.hostname': server.host,
                                       'database.port': str(server.port)}
    sink = landed.configs['shop.public.orders'] | {'name': topic, 'topics': topic, 'file': str(file)}

    def lines():
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    first, second, late = (server.connect('shop', 'shop_owner', autocommit=False) for _ in range(3))
    first.execute('UPDATE public.customers SET country = country WHERE customer_id = 1')
    for config in (source, sink):
        connect.put(config['name'], config)
    try:
        # A slot waits twice for those that are under way; who begins while it does so the second time is decoded as a whole.
        waited_for(server, first)
        second.execute('UPDATE public.customers SET country = country WHERE customer_id = 2')
        first.commit()
        waited_for(server, second)
        late.execute("UPDATE public.orders SET status = 'late' WHERE order_id = 1")
        second.commit()
        rows = server.sql('SELECT count(*) FROM public.orders', 'shop')[0][0]
        env.wait_until('the snapshot to land', lambda: len(lines()) >= rows, 60)
        late.commit()
        env.wait_until('the update to land', lambda: len(lines()) > rows, 30)
    finally:
        for config in (source, sink):
            connect.delete(config['name'])
    read, update = next(e for e in lines() if e['after']['order_id'] == 1), lines()[-1]
    assert (read['op'], update['op'], update['after']['status']) == ('r', 'u', 'late') and update['source']['lsn'] < read['source']['lsn']

    def position(event):
        last_commit, own = (int(part or 0) for part in json.loads(event['source']['sequence']))
        return max(last_commit, own), own
    assert position(update) > position(read)
