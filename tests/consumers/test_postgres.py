"""Proof 4: the serving database of specs/first on a real PostgreSQL, filled from a real Delta table."""
import datetime
import decimal

import psycopg
import pytest

from harness import spark as spark_harness
from harness.serving import READER, Serving
from harness.warehouse import Crash, Warehouse
from pipec_runtime.engines.base import Rows

TABLE = 'gold.customer_value'
UTC = datetime.timezone.utc
NOON = datetime.datetime(2026, 1, 3, 12, 0, 0, 1, tzinfo=UTC)


@pytest.fixture(scope='module')
def dist(pipec, scratch):
    return pipec.build('first', '--var', 'catalog=spark_catalog', out=scratch / 'serving') / 'prod'


@pytest.fixture(scope='module')
def serving(postgres, dist):
    return Serving(postgres, dist)


@pytest.fixture(scope='module')
def deployed(serving):
    serving.make_people()
    serving.deploy()
    return serving


@pytest.fixture(scope='module')
def warehouse(spark, dist):
    """The schemas and the one table that is exported."""
    made = Warehouse(spark, dist)
    made.drop()
    for owner, steps in made.steps():
        if owner in ('platform:databricks', TABLE):
            made._execute(steps, 'migrate')
    yield made
    made.drop()


def catalog(serving):
    """All that the two scripts make, as the database describes it."""
    return [serving.sql(query) for query in (
        "SELECT rolname, rolcanlogin, rolsuper FROM pg_roles WHERE rolname LIKE 'shop_data%' ORDER BY 1",
        "SELECT nspname, nspowner::regrole::text, nspacl::text FROM pg_namespace WHERE nspname ~ '^(shop|pipec)' ORDER BY 1",
        "SELECT oid, oid::regclass::text, relkind::text, relowner::regrole::text, relacl::text, reloptions FROM pg_class"
        " WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^(shop|pipec)') ORDER BY 2",
        "SELECT attrelid::regclass::text, attname::text, format_type(atttypid, atttypmod), attnotnull, attacl::text,"
        " col_description(attrelid, attnum) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
        " WHERE attnum > 0 AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^(shop|pipec)')"
        " ORDER BY 1, attnum",
        "SELECT indexdef FROM pg_indexes WHERE schemaname ~ '^(shop|pipec)' ORDER BY 1",
        "SELECT pg_get_viewdef('shop_data.customer_value'::regclass), obj_description('shop_data.customer_value'::regclass)",
        'SELECT target, contract_hash, last_version FROM pipec_meta.watermark')]


# ---- what migrates
def test_a_missing_reader_stops_the_deployment(serving):
    # Roles are of the whole server, and another suite may have made this one.
    there = serving.sql('SELECT 1 FROM pg_roles WHERE rolname = %s', args=[READER])
    if there:
        serving.sql(f'ALTER ROLE {READER} RENAME TO not_there')
    try:
        with pytest.raises(RuntimeError, match=f'the role {READER} does not exist: create it first'):
            serving.postgres.psql(serving.script, serving.dbname)
    finally:
        if there:
            serving.sql(f'ALTER ROLE not_there RENAME TO {READER}')
    assert serving.sql("SELECT count(*) FROM pg_namespace WHERE nspname ~ '^(shop|pipec)'") == [(0,)]


def test_scripts_run_twice(deployed):
    first = catalog(deployed)
    deployed.deploy()
    deployed.postgres.psql(deployed.script, deployed.dbname)
    assert catalog(deployed) == first


def test_what_was_made(deployed):
    roles, schemas, relations, columns, indexes, view, watermark = catalog(deployed)
    assert roles == [('shop_data_owner', False, False), ('shop_data_writer', False, False)]
    assert {name: owner for name, owner, _ in schemas} == {
        'shop_data': 'shop_data_owner', 'shop_data_data': 'shop_data_owner', 'pipec_meta': 'postgres'}
    assert {(name, kind, owner) for _, name, kind, owner, *_ in relations if kind in 'rv'} == {
        ('shop_data_data.customer_value', 'r', 'shop_data_owner'), ('shop_data.customer_value', 'v', 'shop_data_owner'),
        ('pipec_meta.watermark', 'r', 'postgres')}
    assert [column[1:4] for column in columns if column[0] == 'shop_data_data.customer_value'] == [
        ('customer_id', 'bigint', True), ('country', 'text', True), ('orders', 'bigint', True),
        ('spent', 'numeric(28,4)', False), ('last_order_at', 'timestamp with time zone', False)]
    assert [(column[1], column[5]) for column in columns if column[0] == 'shop_data.customer_value' and column[5]] == [
        ('spent', "Sum of all valid orders, in the shop's currency.")]
    assert any('UNIQUE INDEX customer_value_pkey ON shop_data_data.customer_value USING btree (customer_id)' in index
               for index, in indexes)
    assert any('USING btree (country, spent DESC NULLS LAST)' in index for index, in indexes)
    assert view[0][1] == 'What the customer page shows.'
    assert [(target, version) for target, _, version in watermark] == [('shop_data.customer_value', -1)]


def denied(serving, user, text):
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType)):
        serving.sql(text, user)


def test_the_reader_reads_and_nothing_else(deployed):
    assert deployed.sql('SELECT count(*) FROM shop_data.customer_value', 'page') == [(0,)]
    for text in ('SELECT * FROM shop_data_data.customer_value', 'SELECT * FROM pipec_meta.watermark',
                 "INSERT INTO shop_data.customer_value VALUES (1, 'GB', 1, 1, now())",
                 'UPDATE shop_data.customer_value SET orders = 0', 'DELETE FROM shop_data.customer_value',
                 'TRUNCATE shop_data_data.customer_value', 'DROP VIEW shop_data.customer_value',
                 'CREATE TABLE shop_data.t (a int)', 'CREATE TABLE public.t (a int)', 'CREATE SCHEMA mine',
                 'SET ROLE shop_data_owner', 'SET ROLE shop_data_writer', 'CREATE ROLE other'):
        denied(deployed, 'page', text)


def test_the_writer_alters_nothing(deployed):
    for text in ('DROP TABLE shop_data_data.customer_value', 'TRUNCATE shop_data_data.customer_value',
                 'ALTER TABLE shop_data_data.customer_value ADD COLUMN x int', 'CREATE VIEW shop_data.v AS SELECT 1',
                 'CREATE TABLE shop_data_data.t (a int)', "UPDATE pipec_meta.watermark SET contract_hash = 'x'",
                 'DELETE FROM pipec_meta.watermark', "INSERT INTO pipec_meta.watermark VALUES ('x', 'y', 1)",
                 'SET ROLE shop_data_owner'):
        denied(deployed, 'loader', text)


# ---- what runs
def change(warehouse, *statements):
    for statement in statements:
        warehouse.spark.sql(statement)


def put(*rows):
    return f'INSERT INTO {TABLE} VALUES ' + ', '.join(rows)


def row(id, country, orders, spent, last=None):
    return id, country, orders, spent and decimal.Decimal(spent), last


@pytest.fixture(scope='module')
def loaded(deployed, warehouse):
    change(warehouse, put("(1, 'GB', 3, 132.3456, timestamp '2026-01-03 12:00:00.000001')", "(2, 'DE', 1, 50.5, null)",
                          "(3, 'F''R\\\\N\\t%', 0, null, null)", "(4, 'GB', 1, 999999999999999999999999.9999, null)"))
    assert deployed.load(warehouse.engine) == {'contract': 0, 'watermark': 0}
    return deployed


def test_the_first_load_brings_all_rows(loaded, warehouse):
    assert loaded.rows() == [row(1, 'GB', 3, '132.3456', NOON), row(2, 'DE', 1, '50.5000'),
                             row(3, "F'R\\N\t%", 0, None), row(4, 'GB', 1, '999999999999999999999999.9999')]
    assert loaded.version() == spark_harness.version(warehouse.spark, TABLE)


def test_nothing_new_does_nothing(loaded, warehouse):
    before = loaded.written(), loaded.version()
    assert loaded.load(warehouse.engine) == {'contract': 0}
    assert (loaded.written(), loaded.version()) == before


def test_changes_arrive_and_unchanged_rows_stay_untouched(loaded, warehouse):
    before = loaded.written()
    change(warehouse, put("(5, 'AT', 1, 5, null)", "(6, 'AT', 1, 6, null)"),
           f'UPDATE {TABLE} SET orders = 2 WHERE customer_id = 2',
           f"UPDATE {TABLE} SET orders = 3, country = 'PL' WHERE customer_id = 2",
           f'DELETE FROM {TABLE} WHERE customer_id IN (3, 6)', put("(7, 'US', 0, 0.0001, null)"),
           f'DELETE FROM {TABLE} WHERE customer_id = 7', put("(7, 'CA', 0, 0.0001, null)"),
           # A row that is written again as it was.
           f'UPDATE {TABLE} SET orders = orders WHERE customer_id = 1')
    assert loaded.load(warehouse.engine) == {'contract': 0, 'watermark': 0}
    assert loaded.rows() == [row(1, 'GB', 3, '132.3456', NOON), row(2, 'PL', 3, '50.5000'),
                             row(4, 'GB', 1, '999999999999999999999999.9999'), row(5, 'AT', 1, '5.0000'),
                             row(7, 'CA', 0, '0.0001')]
    after = loaded.written()
    assert {id for id, by in after.items() if before.get(id) == by} == {1, 4}


def test_a_table_overwritten_in_one_version(loaded, warehouse):
    change(warehouse, f"INSERT OVERWRITE {TABLE} VALUES (1, 'GB', 3, 132.3456, timestamp '2026-01-03 12:00:00.000001'),"
                      f" (8, 'IE', 1, 8, null), (2, 'PL', 4, 50.5, null)")
    loaded.load(warehouse.engine)
    assert loaded.rows() == [row(1, 'GB', 3, '132.3456', NOON), row(2, 'PL', 4, '50.5000'), row(8, 'IE', 1, '8.0000')]


def test_a_crash_before_the_commit_leaves_all_as_it_was(loaded, warehouse):
    class Remembering:
        """The same questions to the warehouse, asked once."""

        def __init__(self, engine):
            self.engine, self.platform, self.known = engine, engine.platform, {}

        def query(self, sql, params):
            key = sql, tuple(params.items())
            if key not in self.known:
                answer = self.engine.query(sql, params)
                self.known[key] = Rows(answer.columns, list(answer.rows))
            return self.known[key]

    class Dying:
        def __init__(self, engine, at):
            self.engine, self.at, self.done = engine, at, 0

        def __getattr__(self, name):
            def call(*args):
                if self.done == self.at:
                    # The connection goes too: what is open on the server is its own affair.
                    self.engine.close()
                    raise Crash()
                self.done += 1
                return getattr(self.engine, name)(*args)
            return call if name in ('execute', 'query', 'copy', 'begin', 'commit') else getattr(self.engine, name)

    change(warehouse, put("(9, 'NO', 1, 9, null)"), f'DELETE FROM {TABLE} WHERE customer_id = 8')
    before, survived = (loaded.rows(), loaded.written(), loaded.version()), None
    remembering = Remembering(warehouse.engine)
    for at in range(40):
        try:
            loaded.load(remembering, lambda engine: Dying(engine, at))
            survived = at
            break
        except Crash:
            assert (loaded.rows(), loaded.written(), loaded.version()) == before, at
    # begin, three before the loops, the two loops with stage, copy, analyze, delete, upsert, watermark, and the commit.
    assert survived == 13
    assert [id for id, *_ in loaded.rows()] == [1, 2, 9]
    assert loaded.version() == spark_harness.version(warehouse.spark, TABLE)


def test_two_loaders_at_once(loaded, warehouse):
    change(warehouse, put("(10, 'SE', 1, 10, null)"))
    before = loaded.rows(), loaded.version()
    with loaded.postgres.connect(loaded.dbname, 'loader', autocommit=False) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('pipec:shop_data.customer_value', 0))")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            loaded.load(warehouse.engine)
        assert (loaded.rows(), loaded.version()) == before
        other.rollback()
    loaded.load(warehouse.engine)
    assert [id for id, *_ in loaded.rows()] == [1, 2, 9, 10]


def test_a_database_of_another_contract_is_not_loaded(loaded, warehouse):
    from pipec_runtime import Blocked
    change(warehouse, put("(11, 'FI', 1, 11, null)"))
    kept, = loaded.sql('SELECT contract_hash FROM pipec_meta.watermark')
    loaded.sql("UPDATE pipec_meta.watermark SET contract_hash = 'older'")
    before = loaded.rows(), loaded.version()
    with pytest.raises(Blocked, match='contract'):
        loaded.load(warehouse.engine)
    assert (loaded.rows(), loaded.version()) == before
    # Migrating makes them agree again, and the next run brings all rows anew.
    loaded.deploy()
    assert loaded.sql('SELECT contract_hash FROM pipec_meta.watermark') == [kept] and loaded.version() == -1
    loaded.load(warehouse.engine)
    assert [id for id, *_ in loaded.rows()] == [1, 2, 9, 10, 11]


def test_a_table_made_anew_counts_its_versions_from_zero(loaded, warehouse):
    change(warehouse, f'DELETE FROM {TABLE} WHERE customer_id = 11')
    loaded.sql("UPDATE pipec_meta.watermark SET last_version = 1000")
    # A row that the source does not have, as it would be left from the older table.
    loaded.sql("INSERT INTO shop_data_data.customer_value VALUES (99, 'XX', 1, 1, null)")
    loaded.load(warehouse.engine)
    assert [id for id, *_ in loaded.rows()] == [1, 2, 9, 10]
    assert loaded.version() == spark_harness.version(warehouse.spark, TABLE)


def test_a_text_that_postgresql_cannot_hold_stops_the_load(loaded, warehouse):
    change(warehouse, put("(12, concat('a', char(0), 'b'), 1, 12, null)"))
    before = loaded.rows(), loaded.version()
    with pytest.raises((psycopg.DataError, psycopg.errors.CharacterNotInRepertoire)):
        loaded.load(warehouse.engine)
    assert (loaded.rows(), loaded.version()) == before
    change(warehouse, f'DELETE FROM {TABLE} WHERE customer_id = 12')
    loaded.load(warehouse.engine)
    assert loaded.rows() == before[0]
