"""Exports in modes upsert and replace whose contract changes: the table becomes what is declared in its place, or nothing changes."""
import datetime
import decimal

import pytest

from harness.exports import PROJECT, Exports, Items
from harness.readers import Readers

SPECIFICATION = '''
model gold.items {{
  full
  columns ( {columns} )
  as select {query}
}}
destination app {{ kind postgres  connection serving_db  schema app }}
/// Put over one another.
export items_put to app from gold.items {{
  key ({key})  mode upsert  index (batch)  version 1 (id, batch)  grant select to app_reader
}}
/// A day at a time.
export items_days to app from gold.items {{ key ({key})  mode replace by time (sold_at)  grant select to app_reader }}
schedule nightly {{ cron '0 3 * * *'  run all }}
'''
FIRST = ['id bigint not null', 'batch bigint not null', 'many int', 'gone string not null', 'price decimal(18, 4)', 'label string not null',
         'ratio float', 'sold_at timestamp not null']
# One column more in the middle, one less, four types wider or looser, and another order.
SECOND = ['id bigint not null', 'batch bigint not null', 'label string', 'many bigint', 'price decimal(28, 6)', '`it\'s "new"` string not null',
          'ratio double', 'sold_at timestamp not null', 'tags array<string>']
EXPORTS = ('items_put', 'items_days')
ROWS = 300
NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)


@pytest.fixture(scope='module')
def dist(pipec, scratch):
    made = {}

    def build(columns, key='id'):
        made_of = tuple(columns), key
        if made_of not in made:
            folder = scratch / 'contracts' / str(len(made))
            folder.mkdir(parents=True)
            (folder / 'pipec.yaml').write_text((PROJECT / 'pipec.yaml').read_text())
            typed = [(name, kind.removesuffix(' not null')) for name, kind in map(split, columns)]
            query = ', '.join(f'cast({VALUES.get(kind, "1")} as {kind}) as {name}' for name, kind in typed)
            (folder / 'serving.pipe').write_text(SPECIFICATION.format(columns=', '.join(columns), query=query, key=key).lstrip())
            made[made_of] = pipec.build(folder, out=folder / 'dist') / 'prod'
        return made[made_of]
    return build


VALUES = {'timestamp': "'2026-01-01 00:00:00'", 'array<string>': "array('a')", 'string': "'a'", 'binary': "'a'"}


def split(column):
    at = column.rindex('`') + 1 if column.startswith('`') else column.index(' ')
    return column[:at].strip(), column[at:].strip()


def item(id, batch):
    return {'id': id, 'batch': batch, 'many': id % 7, 'gone': 'x', 'price': decimal.Decimal(id) / 4, 'label': f'label {id}', 'ratio': 0.5,
            'sold_at': NOON + datetime.timedelta(days=id % 10), 'it\'s "new"': f'new {id}', 'tags': ['a', 'b']}


def put(warehouse, columns, batch):
    warehouse.columns = tuple(split(column)[0].strip('`') for column in columns)
    warehouse.put([item(id, batch) for id in range(ROWS)])


def values(warehouse):
    return [tuple(row[name] for name in warehouse.columns) for row in warehouse.rows]


def catalog(exports):
    """Tables, views, columns and rights, with the numbers that a new object would change."""
    return exports.sql(
        "SELECT c.oid, c.oid::regclass::text, c.relacl::text, c.relowner::regrole::text, a.attname, format_type(a.atttypid, a.atttypmod), "
        "a.attnotnull, c.relfilenode FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname ~ '^app' AND a.attnum > 0 ORDER BY 2, a.attnum")


def drift(exports):
    files = [path for export in EXPORTS for path in sorted((exports.dist / f'verify/postgres/app/exports/{export}').glob('*.sql'))]
    assert len(files) > 6
    return [row for path in files for row in exports.sql(path.read_text())]


@pytest.fixture
def loaded(postgres, dist):
    """With the first contract."""
    exports, warehouse = Exports(postgres, dist(FIRST), 'contracts'), Items()
    exports.deploy()
    put(warehouse, FIRST, 1)
    for export in EXPORTS:
        exports.load(export, warehouse)
        assert exports.rows(export) == values(warehouse)
    return exports, warehouse


def test_a_table_becomes_what_is_declared(loaded, postgres, dist):
    exports, warehouse = loaded
    with Readers(postgres, exports.dbname, 'app_page', 'app.items_put', ROWS) as readers:
        exports.use(dist(SECOND))
        exports.deploy()
        # What readers had stays, the new columns are empty.
        assert [row[:3] for row in exports.rows('items_put')] == [(row['id'], 1, row['label']) for row in warehouse.rows]
        assert {row[5] for row in exports.rows('items_put')} == {None}
        before = catalog(exports)
        exports.deploy()
        assert catalog(exports) == before
        put(warehouse, SECOND, 2)
        for export in EXPORTS:
            exports.load(export, warehouse)
            assert exports.rows(export) == values(warehouse), export
    # Types that make PostgreSQL write a table anew leave nothing to older snapshots, as its documentation says.
    assert set(readers.wrong) <= {'repeatable read', 'serializable'} and readers.seen['autocommit'] == 2, readers.wrong
    assert all(wrong.startswith('0 rows') for each in readers.wrong.values() for wrong in each), readers.wrong
    assert exports.sql('SELECT * FROM app_v1.items_put ORDER BY id LIMIT 1', 'app_page') == [(0, 2)]
    # That a new column is never NULL is known when there are rows in it.
    assert {(row[1], row[2], row[3]) for row in drift(exports)} == {('it\'s "new"', 'text not null', 'text')}
    exports.deploy()
    assert drift(exports) == []
    # The column that is declared no longer holds what it held, and new rows go by it.
    assert exports.sql('SELECT DISTINCT gone FROM app_data.items_put') == [('x',)]
    warehouse.put([item(id, 3) for id in range(ROWS + 10)])
    for export in EXPORTS:
        exports.load(export, warehouse)
        assert exports.rows(export) == values(warehouse), export
    after = catalog(exports)
    exports.deploy()
    assert catalog(exports) == after


def test_a_reader_who_stays_is_not_waited_for(loaded, dist):
    exports, _ = loaded
    before = catalog(exports)
    exports.use(dist(SECOND))
    with exports.postgres.connect(exports.dbname, 'app_page', autocommit=False) as reader:
        reader.execute('SELECT count(*) FROM app_v1.items_put')
        with pytest.raises(RuntimeError, match='somebody has been reading app.items_put for 3 s: nothing was changed'):
            exports.deploy()
        assert catalog(exports) == before
        assert reader.execute('SELECT count(*) FROM app.items_put').fetchone() == (ROWS,)
    exports.deploy()
    assert len(exports.rows('items_put')) == ROWS


@pytest.mark.parametrize(('columns', 'key', 'said'), [
    (['id int not null', *FIRST[1:]], 'id', 'cannot change in its place: id is bigint, declared is integer'),
    ([*FIRST[:4], 'price decimal(20, 8)', *FIRST[5:]], 'id', r'price is numeric\(18,4\), declared is numeric\(20,8\)'),
    ([*FIRST[:5], 'label binary not null', *FIRST[6:]], 'id', 'label is text, declared is bytea'),
    (FIRST, 'id, batch', r'its key is \(id\), declared is \(id, batch\)'),
], ids=['narrower', 'fewer digits before the point', 'another type', 'another key'])
def test_what_cannot_change_stops_with_everything_as_it_was(loaded, dist, columns, key, said):
    exports, warehouse = loaded
    before = catalog(exports)
    exports.use(dist([*columns, 'more string'], key))
    with pytest.raises(RuntimeError, match=said) as stopped:
        exports.deploy()
    assert 'export it under another name' in str(stopped.value)
    assert catalog(exports) == before
    exports.use(dist(FIRST))
    put(warehouse, FIRST, 2)
    for export in EXPORTS:
        exports.load(export, warehouse)
        assert exports.rows(export) == values(warehouse)
