"""Columns that come, go or change their type at the source while it is captured: what each policy of a `cdc` makes of them, on Spark with Delta."""
import json

import pytest

from harness import captured
from harness.warehouse import Warehouse

TABLES = ('plain', 'kept', 'strict')
SPECIFICATION = '''
source office { kind postgres  connection office_db  database office
  cdc { retention 3 days }
''' + ''.join(f'  table public.{name} ( id bigint primary key, name text not null, n int, decoded numeric(6, 2) )\n' for name in TABLES) + '''}
cdc bronze.plain from office.public.plain { deletes hard }
cdc bronze.kept from office.public.kept {
  history bronze.kept_history
  deletes hard
  on new column rescue
  on lost column ignore
  on type change rescue
}
cdc bronze.strict from office.public.strict { deletes hard  on new column fail  on lost column fail  on type change fail }
'''
ROW = {'id': 1, 'name': 'a', 'n': 1, 'decoded': '1.50'}
LINES = {
    'as declared': ROW,
    'a new column': ROW | {'id': 2, 'x': 5, 'it\'s "new"': None, 'Name': 'other', 'é': {'b': [1, 'ü']}},
    'a lost column': {'id': 3, 'name': 'c', 'decoded': '2.00'},
    'a wider number': ROW | {'id': 4, 'n': 3000000000},
    'a text for a number': ROW | {'id': 5, 'n': 'many'},
    'a longer decimal': ROW | {'id': 6, 'decoded': '123456789.00'},
    'a lost column that is never NULL': {'id': 7, 'n': 1, 'decoded': '1.00'},
    'another key': ROW | {'id': 'eight'},
    'all at once': {'id': 9, 'name': 'i', 'n': 2 ** 40, 'decoded': 'x', 'y': True},
}


def event(table, row, place):
    return json.dumps({'before': None, 'after': row, 'op': 'c', 'ts_ms': 1, 'source': {
        'schema': 'public', 'table': table, 'lsn': place, 'sequence': f'[null, "{place}"]', 'ts_us': 1767323045678000 + place}})


@pytest.fixture(scope='module')
def warehouse(spark, pipec, scratch):
    folder, landing = scratch / 'drift', scratch / 'drift/landing'
    landing.mkdir(parents=True)
    dist = pipec.build(captured.project(folder / 'project', SPECIFICATION, landing), out=folder / 'dist') / 'prod'
    for table in TABLES:
        captured.land(landing, f'office.public.{table}', [event(table, row, 100 + i) for i, row in enumerate(LINES.values())])
    warehouse = Warehouse(spark, dist)
    warehouse.drop()
    warehouse.deploy()
    # Of `plain` and `strict` what is refused keeps the run red, and what hangs on it goes on.
    warehouse.failed = warehouse.run()
    return warehouse


def refused(warehouse, table):
    found = warehouse.rows(f'SELECT line, problem FROM pipec.bronze__{table}_log__rejected')
    places = {event(table, row, 100 + i): name for i, (name, row) in enumerate(LINES.items())}
    return {places[line]: problem for line, problem in found}


def test_without_a_word_columns_are_left_alone_and_types_are_not(warehouse):
    wrong = 'a value of another type than declared'
    assert refused(warehouse, 'plain') == {
        'a wider number': wrong, 'a text for a number': wrong, 'a longer decimal': 'decoded: a value that decimal(6,2) cannot hold',
        'a lost column that is never NULL': 'name: NULL', 'another key': wrong, 'all at once': wrong}
    assert warehouse.rows('SELECT id, name, n, CAST(decoded AS string) FROM bronze.plain ORDER BY 1') == [
        (1, 'a', 1, '1.50'), (2, 'a', 1, '1.50'), (3, 'c', None, '2.00')]
    assert '_rescued' not in warehouse.spark.table('bronze.plain_log').columns


def test_what_fits_nowhere_is_kept_aside(warehouse):
    assert refused(warehouse, 'kept') == {'a lost column that is never NULL': 'name: NULL', 'another key': 'id: NULL'}
    log = {key: (row, json.loads(aside) if aside else None) for key, *row, aside in
           warehouse.rows('SELECT id, name, n, CAST(decoded AS string), _rescued FROM bronze.kept_log')}
    assert log == {
        1: (['a', 1, '1.50'], None),
        2: (['a', 1, '1.50'], {'x': '5', 'it\'s "new"': None, 'Name': 'other', 'é': '{"b":[1,"ü"]}'}),
        3: (['c', None, '2.00'], None),
        4: (['a', None, '1.50'], {'n': '3000000000'}),
        5: (['a', None, '1.50'], {'n': 'many'}),
        6: (['a', 1, None], {'decoded': '123456789.00'}),
        9: (['i', None, None], {'n': str(2 ** 40), 'decoded': 'x', 'y': 'true'})}
    assert warehouse.rows('SELECT id, n FROM bronze.kept ORDER BY 1') == [(1, 1), (2, 1), (3, None), (4, None), (5, None), (6, 1), (9, None)]
    assert warehouse.rows('SELECT count(*) FROM bronze.kept_history') == [(7,)]


def test_what_must_not_change_stops_the_run(warehouse):
    wrong = 'a value of another type than declared'
    assert refused(warehouse, 'strict') == {
        'a new column': 'not declared: x, it\'s "new", Name, é', 'a lost column': 'n: no longer sent', 'a wider number': wrong,
        'a text for a number': wrong, 'a longer decimal': 'decoded: a value that decimal(6,2) cannot hold',
        'a lost column that is never NULL': 'name: no longer sent', 'another key': wrong, 'all at once': wrong}
    assert warehouse.rows('SELECT id FROM bronze.strict') == [(1,)]
    assert {count for check, count in warehouse.failed if check == 'rejected_lines'} == {6, 2, 8}


def test_a_line_that_was_refused_comes_in_when_its_file_is_read_anew(warehouse, scratch):
    """What the documentation tells to do, when the declaration is right again: here the line is."""
    land = scratch / 'drift/landing/office.public.strict.jsonl'
    warehouse.spark.sql('DELETE FROM pipec.bronze__strict_log__rejected')
    warehouse.spark.sql('DELETE FROM pipec.bronze__strict_log__files')
    land.write_text('\n'.join(event('strict', row | {'id': i}, 100 + i) for i, row in enumerate([ROW, ROW])) + '\n')
    assert not [check for check in warehouse.run('bronze.strict_log', 'bronze.strict')]
    assert warehouse.rows('SELECT count(*) FROM bronze.strict_log') == [(3,)]
