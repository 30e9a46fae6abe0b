"""Exports in every mode on a real PostgreSQL: what readers see while they are published, and what each role may do."""
import re
import shutil
import threading
import time

import psycopg
import pytest

from harness.exports import COLUMNS, PROJECT, Exports, Items, item, runtime
from harness.readers import Readers

ROWS = 500
PUBLISHES = 100
SWAPPED, UPSERTED, REPLACED = 'items_swapped', 'items_upserted', 'items_replaced'


@pytest.fixture(scope='module')
def dist(pipec, scratch):
    return pipec.build(PROJECT, out=scratch / 'exports') / 'prod'


@pytest.fixture(scope='module')
def deployed(postgres, dist):
    exports = Exports(postgres, dist)
    exports.deploy()
    return exports


@pytest.fixture
def exports(postgres, dist):
    """Nothing is loaded yet."""
    fresh = Exports(postgres, dist)
    fresh.deploy()
    return fresh


def items(count, batch):
    return [item(id, batch) for id in range(count)]


def values(rows, columns=COLUMNS):
    return [tuple(row[column] for column in columns) for row in rows]


def generations(exports):
    return [name for name, in exports.sql(
        "SELECT relname FROM pg_class WHERE relnamespace = 'app_swap'::regnamespace AND relkind = 'r'"
        " AND relname LIKE 'items_swapped%' ORDER BY length(relname), relname")]


# ---- what a load leaves
@pytest.mark.parametrize('export', [SWAPPED, UPSERTED, REPLACED])
def test_all_rows_come_and_gone_rows_go(exports, export):
    warehouse = Items()
    assert exports.rows(export) == []
    for batch, count in ((1, 20), (2, 20), (3, 15)):
        warehouse.put(items(count, batch))
        exports.load(export, warehouse)
        if export == UPSERTED and batch == 3:
            warehouse.version = 0  # as a table made anew: all rows are loaded
            exports.load(export, warehouse)
        assert exports.rows(export) == values(warehouse.rows)


@pytest.mark.parametrize('export', [SWAPPED, UPSERTED, REPLACED])
def test_a_run_with_nothing_new_writes_nothing(exports, export):
    warehouse = Items()
    warehouse.put(items(20, 1))
    exports.load(export, warehouse)
    state = 'SELECT (SELECT array_agg(t::text) FROM pipec_meta.watermark t), (SELECT array_agg(g::text) FROM app_swap.generation g)'
    before = exports.sql(state), exports.rows(export), generations(exports)
    warehouse.asked.clear()
    exports.load(export, warehouse)
    # Which version is the newest and, where changes are read, from which one they can be.
    assert not any('as line' in sql for sql in warehouse.asked) and len(warehouse.asked) == 1 + ('swap' not in export)
    assert (exports.sql(state), exports.rows(export), generations(exports)) == before


def test_deploying_again_changes_nothing(exports):
    warehouse = Items()
    warehouse.put(items(20, 1))
    for export in (SWAPPED, UPSERTED, REPLACED):
        exports.load(export, warehouse)
    before = exports.sql('SELECT * FROM pipec_meta.watermark ORDER BY 1'), generations(exports)
    exports.deploy()
    assert (exports.sql('SELECT * FROM pipec_meta.watermark ORDER BY 1'), generations(exports)) == before
    assert exports.rows(SWAPPED) == values(warehouse.rows)


def test_a_view_is_swapped_each_time(exports):
    warehouse = Items()
    for batch in (1, 2):
        warehouse.put(items(10, batch))
        exports.load('seen_swapped', warehouse)
        assert exports.rows('seen_swapped') == values(warehouse.rows, ('id', 'batch', 'sold_at'))
    assert not any(sql.startswith('describe') for sql in warehouse.asked)


def test_rows_that_are_gone_are_kept_where_it_says_so(exports):
    warehouse = Items()
    warehouse.put(items(5, 1))
    exports.load('items_kept', warehouse)
    warehouse.put(items(3, 2))
    exports.load('items_kept', warehouse)
    assert [(row[0], row[1]) for row in exports.rows('items_kept')] == [(0, 2), (1, 2), (2, 2), (3, 1), (4, 1)]
    assert not [step.id for step in exports.manifest.nodes['items_kept'].steps if 'delete' in step.id]


def test_only_days_that_changed_are_replaced(exports):
    class Days(Items):
        """Of the days that are named."""
        days = ()

        def query(self, sql, params):
            kept, all_rows = self.rows, 'distinct' not in sql
            if not all_rows:
                self.rows = [row for row in self.rows if row['sold_at'].day in self.days]
            try:
                return super().query(sql, params)
            finally:
                self.rows = kept

    warehouse = Days()
    warehouse.put(items(20, 1))
    exports.load(REPLACED, warehouse)
    written = 'SELECT id, xmin::text FROM app_data.items_replaced'
    before = dict(exports.sql(written))
    warehouse.put([row | {'batch': 2} if row['id'] in (3, 13) else row for row in warehouse.rows])
    warehouse.days = (4,)
    exports.load(REPLACED, warehouse)
    assert exports.rows(REPLACED) == values(warehouse.rows)
    after = dict(exports.sql(written))
    assert {id for id in after if after[id] != before[id]} == {3, 13}


def test_what_a_generation_has(exports):
    warehouse = Items()
    for batch in range(4):
        warehouse.put(items(20, batch))
        exports.load(SWAPPED, warehouse)
    # Of the first, empty one and four loads: the published one and the one before.
    assert generations(exports) == ['items_swapped__g4', 'items_swapped__g5']
    definitions = [text for text, in exports.sql(
        "SELECT indexdef FROM pg_indexes WHERE tablename = 'items_swapped__g5' ORDER BY 1")]
    assert len(definitions) == 3 and 'UNIQUE INDEX' in definitions[2] and '(id)' in definitions[2]
    assert any('(batch, price DESC NULLS LAST)' in text for text in definitions)
    assert any('("a""b\'c $$ {{x}}")' in text for text in definitions)
    assert exports.sql("SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'items_swapped__g5'") == [(True,)]
    assert exports.sql("SELECT reltuples FROM pg_class WHERE relname = 'items_swapped__g5'") == [(20,)]
    assert exports.sql("SELECT obj_description('app.items_swapped'::regclass), col_description('app.items_swapped'::regclass, 2)"
                       ) == [("All of them, a new table each time. It's 100% {{new}} $$.",
                              "Which load it came with: 100% {{of}} 'it'.")]


# ---- another contract
def test_other_columns_come_with_the_next_generation(exports, pipec, tmp_path):
    warehouse = Items()
    warehouse.put(items(20, 1))
    exports.load(SWAPPED, warehouse)
    published = exports.rows(SWAPPED)
    text = (PROJECT / 'serving.pipe').read_text()
    project = tmp_path / 'serving'
    shutil.copytree(PROJECT, project)
    # Only the swapped ones: a table that is changed in its place keeps its columns.
    begin, end = text.index('/// Put over one another'), text.index('schedule nightly')
    (project / 'serving.pipe').write_text(re.sub(r"\n +label +string,|'a' as label,", '', text[:begin] + text[end:]))
    exports.use(pipec.build(project, out=tmp_path / 'dist') / 'prod')
    with pytest.raises(runtime.Blocked, match='contract'):
        exports.load(SWAPPED, warehouse)
    exports.deploy()
    assert exports.rows(SWAPPED) == published
    # A view that somebody built on it needs the old columns: nothing is dropped under it.
    exports.sql('CREATE VIEW public.labels AS SELECT label FROM app.items_swapped')
    left = tuple(column for column in COLUMNS if column != 'label')
    warehouse.columns = left
    with pytest.raises(psycopg.errors.DependentObjectsStillExist, match='app.items_swapped'):
        exports.load(SWAPPED, warehouse)
    assert exports.rows(SWAPPED) == published
    exports.sql('DROP VIEW public.labels')
    exports.load(SWAPPED, warehouse)
    assert exports.rows(SWAPPED) == values(warehouse.rows, left)
    assert exports.sql("SELECT obj_description('app.items_swapped'::regclass)")[0][0].startswith('All of them')


# ---- what stops a load
def test_too_few_rows_are_not_taken(exports):
    warehouse = Items()
    warehouse.put(items(20, 1))
    exports.load(SWAPPED, warehouse)
    published, made = exports.rows(SWAPPED), generations(exports)
    for count in (9, 0):
        warehouse.put(items(count, 2))
        with pytest.raises(psycopg.errors.CardinalityViolation,
                           match=f'app.items_swapped: {count} rows came, 20 are published: fewer than 50 percent') as error:
            exports.load(SWAPPED, warehouse)
        assert 'set rows to 0 where target is app.items_swapped in app_swap.generation' in error.value.diag.message_hint
        assert exports.rows(SWAPPED) == published and generations(exports) == made
    # What the hint says.
    exports.sql("UPDATE app_swap.generation SET rows = 0 WHERE target = 'app.items_swapped'")
    warehouse.put(items(9, 3))
    exports.load(SWAPPED, warehouse)
    assert exports.rows(SWAPPED) == values(warehouse.rows)
    warehouse.put(items(5, 4))
    exports.load(SWAPPED, warehouse)
    assert exports.rows(SWAPPED) == values(warehouse.rows)


@pytest.mark.parametrize('export', [SWAPPED, UPSERTED, REPLACED])
def test_a_connection_that_dies_at_any_step_leaves_the_old_rows(exports, export):
    warehouse = Items()
    warehouse.put(items(20, 1))
    exports.load(export, warehouse)
    warehouse.put(items(20, 2))
    before, died = (exports.rows(export), generations(exports)), 0
    while True:
        dying = Dying(exports, died)
        try:
            exports.load(export, warehouse, dying)
            break
        except psycopg.OperationalError:
            died += 1
            if dying.committed:
                break
            assert (exports.rows(export), generations(exports)) == before, died
        finally:
            dying.close()
    assert died >= 7 and exports.rows(export) == values(warehouse.rows)


class Dying:
    """An engine whose server process is ended before one of its calls."""
    platform = True

    def __init__(self, exports, at):
        self._exports, self._engine, self._left, self.committed = exports, exports.engine(), at, False

    def __getattr__(self, name):
        call = getattr(self._engine, name)
        if name not in ('execute', 'query', 'copy', 'begin', 'commit'):
            return call

        def counted(*args):
            if self._left == 0:
                (pid,), = self._engine.query('SELECT pg_backend_pid()', {}).rows
                self._exports.sql(f'SELECT pg_terminate_backend({pid}, 5000)')
            self._left -= 1
            done = call(*args)
            self.committed |= name == 'commit'
            return done
        return counted


def test_readers_who_never_leave_cost_the_publish_not_the_readers(exports):
    """The function steps back at each attempt; here it is let do so three times."""
    warehouse = Items()
    warehouse.put(items(20, 1))
    exports.load(SWAPPED, warehouse)
    text, = exports.sql("SELECT pg_get_functiondef('app_swap.items_swapped__publish'::regproc)")[0]
    exports.sql(text.replace('1 .. 400', '1 .. 3'))
    warehouse.put(items(20, 2))
    before = exports.rows(SWAPPED), generations(exports)
    with exports.postgres.connect(exports.dbname, 'app_page', autocommit=False) as reader:
        reader.execute('SELECT * FROM app.items_swapped')
        with pytest.raises(psycopg.errors.LockNotAvailable, match='readers never left its view'):
            exports.load(SWAPPED, warehouse)
        assert (exports.rows(SWAPPED), generations(exports)) == before
        reader.rollback()
    exports.load(SWAPPED, warehouse)
    assert exports.rows(SWAPPED) == values(warehouse.rows)


def test_texts_that_postgresql_cannot_hold_stop_the_load(exports):
    warehouse = Items()
    warehouse.put(items(20, 1))
    exports.load(SWAPPED, warehouse)
    before = exports.rows(SWAPPED)
    warehouse.put([item(id, 2, label='a\0b') for id in range(20)])
    with pytest.raises((psycopg.DataError, psycopg.errors.CharacterNotInRepertoire)):
        exports.load(SWAPPED, warehouse)
    assert exports.rows(SWAPPED) == before


# ---- roles
def denied(exports, user, text):
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType)):
        exports.sql(text, user)


def test_roles_may_do_nothing_else(exports):
    warehouse = Items()
    warehouse.put(items(20, 1))
    exports.load(SWAPPED, warehouse)
    for text in ('SELECT * FROM app_swap.items_swapped__g2', 'SELECT * FROM app_swap.generation',
                 'SELECT app_swap.items_swapped__publish()', 'SELECT app_swap.items_swapped__begin()',
                 'DROP VIEW app.items_swapped', 'DELETE FROM app.items_swapped', 'CREATE TABLE app_swap.t (a int)'):
        denied(exports, 'app_page', text)
    for text in ('SELECT * FROM app_swap.items_swapped__g2', "INSERT INTO app_swap.items_swapped__g2 (id) VALUES (99)",
                 'TRUNCATE app_swap.items_swapped__g2', 'DROP TABLE app_swap.items_swapped__g2',
                 'UPDATE app_swap.generation SET rows = 0', 'CREATE TABLE app_swap.t (a int)',
                 'CREATE OR REPLACE VIEW app.items_swapped AS SELECT 1', 'TRUNCATE app_data.items_replaced',
                 'CREATE OR REPLACE FUNCTION app_swap.items_swapped__begin() RETURNS void LANGUAGE sql AS $$ $$'):
        denied(exports, 'app_loader', text)


# ---- readers, of every kind, while it is published
def publish(exports, export, times, change=None):
    warehouse = Items()
    warehouse.put(items(ROWS, 0))
    exports.load(export, warehouse)
    with Readers(exports.postgres, exports.dbname, 'app_page', f'app.{export}', ROWS) as readers:
        for batch in range(1, times + 1):
            warehouse.put(items(ROWS, batch))
            exports.load(export, warehouse, change=change)
    return readers


@pytest.mark.parametrize('export', [SWAPPED, UPSERTED, REPLACED])
def test_readers_never_see_it_empty_partial_or_missing(exports, export):
    readers = publish(exports, export, PUBLISHES)
    assert not readers.wrong
    assert set(readers.reads) == {'autocommit', 'read committed', 'repeatable read', 'serializable', 'long'}
    assert max(readers.seen.values()) >= PUBLISHES - 1
    # A publish waits 100 ms for its lock at most; the rest is this machine.
    assert max(readers.longest.values()) < 1.5


# ---- the test itself: it sees what these mutants do
def test_mutant_without_freeze(exports):
    readers = publish(exports, SWAPPED, 30, {'copy_freeze': False})
    assert any('0 rows' in what for what in readers.wrong.get('repeatable read', []) + readers.wrong.get('serializable', []))


def test_mutant_that_truncates(exports):
    class Truncating:
        """Instead of deleting."""

        def __init__(self, engine):
            self._engine = engine

        def __getattr__(self, name):
            return getattr(self._engine, name)

        def execute(self, sql, params):
            if 'delete from app_data' in sql:
                sql = 'TRUNCATE app_data.items_replaced'
            return self._engine.execute(sql, params)

    exports.sql('GRANT TRUNCATE ON app_data.items_replaced TO app_writer')
    warehouse = Items()
    warehouse.put(items(ROWS, 0))
    exports.load(REPLACED, warehouse)
    with Readers(exports.postgres, exports.dbname, 'app_page', 'app.items_replaced', ROWS) as readers:
        for batch in range(1, 21):
            warehouse.put(items(ROWS, batch))
            engine = exports.engine()
            exports.load(REPLACED, warehouse, Truncating(engine))
            engine.close()
    assert any('0 rows' in what for wrong in readers.wrong.values() for what in wrong)


def test_mutant_without_a_limit_on_waiting(exports):
    warehouse = Items()
    warehouse.put(items(20, 1))
    exports.load(SWAPPED, warehouse)
    assert longest_behind_a_reader(exports, warehouse) < 1
    for function in ('switch', 'publish'):
        exports.sql(f"ALTER FUNCTION app_swap.items_swapped__{function} SET lock_timeout = '1min'")
    assert longest_behind_a_reader(exports, warehouse) > 1


def longest_behind_a_reader(exports, warehouse):
    """One reader keeps the view for two seconds, the publish wants it, others read on."""
    warehouse.put(items(20, warehouse.version + 1))
    with exports.postgres.connect(exports.dbname, 'app_page', autocommit=False) as long:
        long.execute('SELECT * FROM app.items_swapped')
        loading = threading.Thread(target=exports.load, args=(SWAPPED, warehouse))
        loading.start()
        end, longest = time.monotonic() + 2, 0
        closer = threading.Timer(2, long.rollback)
        closer.start()
        with exports.postgres.connect(exports.dbname, 'app_page') as other:
            while time.monotonic() < end:
                began = time.monotonic()
                other.execute('SELECT * FROM app.items_swapped').fetchall()
                longest = max(longest, time.monotonic() - began)
                time.sleep(0.01)
        closer.join()
        loading.join()
    print(f'longest wait behind a reader of 2 s: {longest * 1000:.0f} ms')
    return longest


# ---- exports that become visible together
@pytest.mark.parametrize('page', ['put', 'swapped'])
def test_a_page_is_one_state(exports, page):
    warehouse, wrong, seen = Items(), [], set()
    left, right, stop = f'left_{page}', f'right_{page}', threading.Event()
    text = f'SELECT min(batch), max(batch), count(*) FROM (SELECT batch FROM app.{left} UNION ALL SELECT batch FROM app.{right}) b'
    warehouse.put(items(50, 0))
    exports.load(left, warehouse)

    def read(level):
        with exports.postgres.connect(exports.dbname, 'app_page') as connection:
            connection.isolation_level = level
            while not stop.is_set():
                with connection.transaction():
                    connection.execute('SELECT 1')
                    time.sleep(0.02)
                    first, last, count = connection.execute(text).fetchone()
                    seen.add(first)
                    if first != last or count != 100:
                        wrong.append((level, first, last, count))
                time.sleep(0.05)

    readers = [threading.Thread(target=read, args=(level,)) for level in
               (psycopg.IsolationLevel.READ_COMMITTED, psycopg.IsolationLevel.REPEATABLE_READ)]
    for reader in readers:
        reader.start()
    for batch in range(1, 31):
        warehouse.put(items(50, batch))
        # Both at once, as an orchestrator does it: one of them loads, the other finds nothing new.
        loads = [threading.Thread(target=exports.load, args=(export, warehouse)) for export in (left, right)]
        for load in loads:
            load.start()
        for load in loads:
            load.join()
        assert exports.sql(text, 'app_page') == [(batch, batch, 100)]
    stop.set()
    for reader in readers:
        reader.join()
    assert not wrong and len(seen) > 3


def test_a_page_waits_for_all_that_it_reads(exports):
    nodes = exports.manifest.nodes
    assert nodes['left_swapped'].deps == nodes['right_swapped'].deps == (('gold', 'items'), ('gold', 'seen'))
