"""Proof 2: every statement that the databricks backend writes for specs/first, on a real Spark with Delta, over the files
that the real connector landed. The sample is tests/consumers/data/first: a day of business, then a late row, a
correction, deletes and moves far behind every window."""
import json
import random

import pytest

from harness.warehouse import Counted, Crash, Warehouse

FILES = 'read_files is a function of Databricks alone'
TAGS = 'Spark knows no tags'
KEYS = 'Delta outside of Unity Catalog knows no primary keys'
# Everything that is not executed here. A statement that joins this list needs a reason that holds.
PLATFORM_ONLY = {
    'bronze.customers': {'tags.email': TAGS, 'tags.full_name': TAGS},
    'bronze.customers_log': {'lines': FILES, 'listing': FILES, 'tags._before': TAGS, 'tags.email': TAGS,
                             'tags.full_name': TAGS},
    'bronze.orders_log': {'lines': FILES, 'listing': FILES},
    'gold.country_ranking': {'tags': TAGS},
    'gold.customer_value': {'drop_primary_key': KEYS, 'primary_key': KEYS, 'tags': TAGS},
    'gold.sales_daily': {'tags': TAGS},
    'silver.orders_valid': {'tags': TAGS},
}

HUGE = '99999999999999.9999'
DAILY = "SELECT date_format(sales_day, 'MM-dd'), country, orders, revenue, discount_share FROM gold.sales_daily"
VALUE = 'SELECT customer_id, country, orders, spent, last_order_at FROM gold.customer_value'
RANKING = 'SELECT place, country, customers, spent FROM gold.country_ranking'


def share(discount, amount):
    return round(discount / amount, 12)


# Worked out by hand from the sample, batch by batch.
EXPECTED = {
    1: {
        DAILY: [('01-03', 'GB', 1, '100.0000', 0.1), ('01-03', 'DE', 1, '50.5000', 0.0), ('01-04', 'GB', 1, '20.0000', 0.0),
                ('01-04', 'FR', 1, '0.0000', None), ('02-10', 'GB', 1, HUGE, 0.0),
                ('03-01', 'GB', 1, '12.3456', share(1.2345, 12.3456)), ('03-01', 'FR', 1, '30.0000', 0.0)],
        VALUE: [(1, 'GB', 3, '132.3456', '2026-03-01 06:15:00'), (2, 'DE', 1, '50.5000', '2026-01-03 23:59:59.999999'),
                (3, 'FR', 2, '30.0000', '2026-03-01 09:00:00'), (4, 'GB', 1, HUGE, '2026-02-10 11:00:00'),
                (5, 'DE', 0, None, None)],
        RANKING: [(1, 'GB', 2, '100000000000132.3455'), (2, 'DE', 2, '50.5000'), (3, 'FR', 1, '30.0000')],
    },
    2: {
        DAILY: [('01-03', 'GB', 1, '100.0000', 0.1), ('01-03', 'AT', 1, '50.5000', 0.0),
                ('01-04', 'GB', 1, '20.0000', 0.125), ('01-04', 'FR', 1, '0.0000', None), ('02-10', 'GB', 1, HUGE, 0.0),
                ('03-01', 'GB', 1, '12.3456', share(1.2345, 12.3456)), ('03-02', 'US', 1, '10.0000', 0.0),
                ('03-02', 'GB', 1, '7.0000', share(1, 7))],
        VALUE: [(1, 'GB', 4, '139.3456', '2026-03-02 09:00:00'), (2, 'AT', 1, '50.5000', '2026-01-03 23:59:59.999999'),
                (3, 'FR', 1, '0.0000', '2026-01-04 12:00:00'), (4, 'GB', 1, HUGE, '2026-02-10 11:00:00'),
                (5, 'DE', 0, None, None), (6, 'US', 1, '10.0000', '2026-03-02 08:00:00')],
        RANKING: [(1, 'GB', 2, '100000000000139.3455'), (2, 'AT', 1, '50.5000'), (3, 'US', 1, '10.0000'),
                  (4, 'FR', 1, '0.0000'), (5, 'DE', 1, None)],
    },
    3: {
        DAILY: [('01-01', 'GB', 1, '1.0000', 0.0), ('01-03', 'GB', 1, '80.0000', 0.125), ('01-03', 'AT', 1, '50.5000', 0.0),
                ('01-03', 'DE', 1, '40.0000', 0.1), ('01-04', 'GB', 1, '20.0000', 0.125),
                ('02-10', 'AT', 1, '75.2500', share(5.25, 75.25)), ('02-11', 'GB', 1, HUGE, 0.0),
                ('03-01', 'GB', 1, '12.3456', share(1.2345, 12.3456)), ('03-02', 'GB', 1, '7.0000', share(1, 7))],
        VALUE: [(1, 'GB', 4, '119.3456', '2026-03-02 09:00:00'), (2, 'AT', 2, '125.7500', '2026-02-10 09:30:00'),
                (3, 'FR', 0, None, None), (4, 'GB', 2, '100000000000000.9999', '2026-02-11 11:00:00'),
                (5, 'DE', 1, '40.0000', '2026-01-03 06:00:00')],
        RANKING: [(1, 'GB', 2, '100000000000120.3455'), (2, 'AT', 1, '125.7500'), (3, 'DE', 1, '40.0000'),
                  (4, 'FR', 1, None)],
    },
}
# Order 13 is older than its customer's account, and there from the third batch on.
FAILING = {1: set(), 2: set(), 3: {('order_after_account', 1)}}

# The models as their full rebuild would give them, in plain SQL over the rows of the source.
REBUILT = {
    'gold.sales_daily': """
        SELECT date_trunc('DAY', o.placed_at) AS sales_day, c.country, count(*) AS orders,
               CAST(sum(o.amount) AS decimal(28, 4)) AS revenue,
               avg(CASE WHEN o.amount <> 0 THEN CAST(coalesce(o.discount, 0) AS double) / CAST(o.amount AS double) END)
                 AS discount_share
        FROM bronze.orders AS o JOIN bronze.customers AS c ON o.customer_id = c.customer_id
        WHERE o.status <> 'cancelled' AND o.placed_at >= TIMESTAMP '2026-01-01' GROUP BY ALL""",
    'gold.customer_value': """
        SELECT c.customer_id, c.country, count(o.order_id) AS orders, CAST(sum(o.amount) AS decimal(28, 4)) AS spent,
               max(o.placed_at) AS last_order_at
        FROM bronze.customers AS c
        LEFT JOIN (SELECT * FROM bronze.orders WHERE status <> 'cancelled') AS o ON o.customer_id = c.customer_id
        GROUP BY ALL""",
}


def in_order(rows):
    return sorted(rows, key=repr)


def same_as_rebuilt(warehouse):
    for table, query in REBUILT.items():
        columns = ', '.join(warehouse.spark.table(table).columns)
        assert warehouse.rows(f'SELECT {columns} FROM {table}') == warehouse.rows(query), table


class Site:
    """A warehouse and the folder that its files land in."""

    def __init__(self, spark, pipec, folder):
        self.landing = folder / 'landing'
        self.landing.mkdir(parents=True)
        self.dist = pipec.build('first', '--var', 'catalog=spark_catalog', '--var', f'landing=file:{self.landing}',
                                out=folder / 'dist') / 'prod'
        self.warehouse = Warehouse(spark, self.dist)
        self.warehouse.drop()


@pytest.fixture(scope='module')
def deployed(spark, pipec, landed, scratch):
    site = Site(spark, pipec, scratch / 'databricks')
    landed.copy(1, site.landing)
    site.warehouse.deploy()
    site.warehouse.deploy()  # as a deployer who is not sure that it has run
    return site


@pytest.fixture(scope='module')
def warehouse(deployed):
    return deployed.warehouse


def test_statements_left_out(warehouse):
    found = {}
    for owner, steps in warehouse.steps():
        for step in steps:
            if step.platform_only:
                found.setdefault(owner, {})[step.id] = step.platform_only
    assert found == PLATFORM_ONLY


@pytest.mark.parametrize('batch', [1, 2, 3])
def test_batches(warehouse, deployed, landed, batch):
    landed.copy(batch, deployed.landing)
    assert warehouse.run() == FAILING[batch]
    for query, rows in EXPECTED[batch].items():
        assert warehouse.rows(query) == in_order(rows), query
    same_as_rebuilt(warehouse)
    # The same files once more: nothing changes, not even a version.
    before = warehouse.versions()
    assert warehouse.run() == FAILING[batch]
    assert warehouse.versions() == before


def test_current_rows_are_the_sources(warehouse, landed):
    for table, columns in (('customers', 'customer_id, external_id::text, full_name, email, country, preferences::text, '
                                         "created_at at time zone 'UTC', updated_at"),
                           ('orders', 'order_id, customer_id, amount, discount, status, details::text, placed_at, '
                                      'updated_at')):
        source = landed.postgres.sql(f'SELECT {columns} FROM public.{table} ORDER BY 1', 'shop')
        names = [column.split('::')[0].split(' at ')[0] for column in columns.split(', ')]
        ours = warehouse.spark.sql(f'SELECT {", ".join(names)} FROM bronze.{table} ORDER BY 1').collect()
        assert [tuple(v.replace(tzinfo=None) if hasattr(v, 'tzinfo') else v for v in row) for row in source] \
            == [tuple(row) for row in ours], table


def test_every_state(warehouse):
    rows = warehouse.rows('SELECT order_id, amount, status, is_current, is_deleted FROM bronze.orders_history')
    by_order = {}
    for order, amount, status, current, deleted in rows:
        by_order.setdefault(order, []).append((amount, status, current, deleted))
    # An insert in one transaction, two updates in another: of the two only the last was ever to be seen.
    assert by_order[10] == in_order([('5.0000', 'new', False, False), ('7.0000', 'paid', True, False)])
    assert 11 not in by_order  # came and went in one transaction
    assert by_order[6] == in_order([(HUGE, 'paid', False, False), (HUGE, 'paid', True, False)])  # its time moved
    assert by_order[4] == [('0.0000', 'shipped', False, True)]
    assert by_order[2] == [('50.5000', 'paid', False, True)]  # its key changed
    assert by_order[200] == [('50.5000', 'paid', True, False)]
    assert by_order[5] == in_order([('75.2500', 'cancelled', False, True), ('75.2500', 'paid', True, False)])
    wrong = """SELECT count(*) FROM (SELECT *, lead(valid_from) OVER (PARTITION BY order_id ORDER BY valid_from) AS next
        FROM bronze.orders_history) WHERE valid_to <= valid_from OR next < valid_to OR is_current <> (valid_to IS NULL)"""
    assert warehouse.rows(wrong) == [(0,)]
    assert warehouse.rows("""SELECT order_id, amount, status, placed_at FROM bronze.orders_history WHERE is_current""") \
        == warehouse.rows('SELECT order_id, amount, status, placed_at FROM bronze.orders')


def test_rebuild_from_nothing_gives_the_same(warehouse):
    """A changed logic makes everything anew: the tables are as they were."""
    before = {table: warehouse.rows(f'SELECT * FROM {table}') for table in REBUILT}
    warehouse.spark.sql("INSERT INTO pipec.ledger SELECT node, input, version, 'another logic', run_id, current_timestamp() "
                        "FROM pipec.ledger WHERE node LIKE 'gold.%' OR node LIKE 'bronze.%'")
    assert warehouse.run() == FAILING[3]
    assert {table: warehouse.rows(f'SELECT * FROM {table}') for table in REBUILT} == before


def test_lines_that_are_no_events(warehouse, deployed):
    """They are kept apart and make the node red; what is right in the same file arrives."""
    path = deployed.landing / 'shop.public.customers.jsonl'
    lines = path.read_text().splitlines()
    event = json.loads(lines[-1] if '"op":"d"' not in lines[-1] else lines[0])

    def changed(after, **source):
        copy = json.loads(json.dumps(event))
        copy['op'] = 'u'
        copy['after'].update(after)
        copy['source'].update({'lsn': 2 ** 40, 'sequence': f'["{2 ** 40}","{2 ** 40}"]'} | source)
        return json.dumps(copy)

    extra = [
        '{"before":null,"after":{"custo', changed({'created_at': 9223372036825200000}), changed({'updated_at': 'infinity'}),
        changed({'email': '__debezium_unavailable_value'}), changed({'country': None}), changed({}, lsn=None),
        json.dumps({'op': 'm', 'source': event['source'], 'before': None, 'after': None}),
        'null', '', changed({'full_name': 'not ours'}, table='customers_archive'),
        changed({'customer_id': 77, 'full_name': 'right'}), lines[0]]
    other = deployed.landing / 'shop.public.customers.more.jsonl'
    other.write_text('\n'.join(extra) + '\n')
    before = warehouse.rows('SELECT count(*) FROM bronze.customers_log')[0][0]
    failed = warehouse.run('bronze.customers_log', 'bronze.customers')
    assert failed == {('rejected_lines', 7)}
    problems = {problem for problem, in warehouse.rows('SELECT problem FROM pipec.bronze__customers_log__rejected')}
    assert problems == {
        'not the JSON of a change event', 'created_at: a value that timestamp cannot hold',
        'updated_at: a value that timestamp cannot hold', 'country: NULL', "no position in the source's log",
        'not an operation on rows',
        'email: not sent, as it did not change; the table needs REPLICA IDENTITY FULL'}
    assert warehouse.rows('SELECT count(*) FROM bronze.customers_log') == [(before + 1,)]
    assert warehouse.rows("SELECT customer_id FROM bronze.customers WHERE full_name = 'right'") == [(77,)]
    # The same lines in another file: known already.
    (deployed.landing / 'shop.public.customers.again.jsonl').write_text(other.read_text())
    assert warehouse.run('bronze.customers_log', 'bronze.customers') == {('rejected_lines', 7)}
    assert warehouse.rows('SELECT count(*) FROM bronze.customers_log') == [(before + 1,)]


def test_files_that_come_in_another_order(spark, pipec, landed, scratch):
    """Newest first, shuffled, doubled, in parts: every table of rows and every model is as if they had come in order."""
    site = Site(spark, pipec, scratch / 'databricks-shuffled')
    rnd = random.Random(7)
    parts = {}
    for table in ('public.customers', 'public.orders'):
        lines = landed.file(table, 3).read_text().splitlines()
        lines += rnd.sample(lines, 5)
        rnd.shuffle(lines)
        half = len(lines) // 2
        parts[table] = lines[:half], lines[half:]
    for part in (0, 1):
        for table, halves in parts.items():
            (site.landing / f'shop.{table}.{part}.jsonl').write_text('\n'.join(halves[part]) + '\n')
        if part == 0:
            site.warehouse.deploy()
        site.warehouse.run()
    for query, rows in EXPECTED[3].items():
        assert site.warehouse.rows(query) == in_order(rows), query
    same_as_rebuilt(site.warehouse)


def test_crashes(spark, pipec, landed, scratch):
    """A run that dies before each of its writes in turn, and the one that goes on: everything is as if nothing had been."""
    site = Site(spark, pipec, scratch / 'databricks-crashes')
    landed.copy(1, site.landing)
    site.warehouse.deploy()
    site.warehouse.run()
    landed.copy(3, site.landing)
    # From the third batch on every node has something to do.
    for owner, _ in site.warehouse.steps():
        for at in range(100):
            engine = Counted(site.warehouse.engine, at)
            try:
                site.warehouse.run(owner, engine=engine)
                break
            except Crash:
                continue
    for query, rows in EXPECTED[3].items():
        assert site.warehouse.rows(query) == in_order(rows), query
    same_as_rebuilt(site.warehouse)
