"""Views whose queries the compiler has to take apart: Spark takes their artifacts, and gives the types and the rows."""
import datetime
import decimal
import json
import pathlib

import pytest

from harness import env

PROJECT = env.ROOT / 'tests/consumers/data/queries'


def d(text):
    return decimal.Decimal(text)


def at(day, hour=10):
    return datetime.datetime(2026, 1, day, hour)


ROWS = {
    'sales.orders': [(1, 10, at(1), d('5.00'), 'EUR'), (2, 10, at(2), d('6.00'), 'USD'), (3, 20, at(1, 9), d('7.00'), 'GBP')],
    'raw.orders': [(1, 'web'), (3, 'shop')],
    'q.newest': [(2, 10, at(2), d('6.00'), 'USD'), (3, 20, at(1, 9), d('7.00'), 'GBP')],
    'q.euro': [(2, d('5.4')), (3, None)],
    'q.names_meet': [(i, order, amount, 1) for i in (1, 2)
                     for order, amount in ((1, d('5.00')), (2, d('6.00')), (3, d('7.00')))],
    'q.by_channel': [('shop', 'GBP', d('7.00'), 1), ('web', 'EUR', d('5.00'), 1)],
    'q.of_two_schemas': [(1, 10, at(1), d('5.00'), 'EUR', 'web'), (3, 20, at(1, 9), d('7.00'), 'GBP', 'shop')],
    'q.by_name': [(1, None, 'web'), (1, d('5.00'), None)],
    'q.by_name_in_steps': [(1, 'web', None), (2, None, d('6.00'))],
    'q.stars': [(3, 20, at(1, 9), d('7.00'), 'GBP', 1)],
}


@pytest.fixture(scope='module')
def built(spark, pipec):
    dist = pipec.build(PROJECT) / 'dev'
    for schema in ('sales', 'raw', 'q'):
        spark.sql(f'create schema if not exists {schema}')
    for name in ROWS:
        statement, = (dist / 'databricks' / name.replace('.', '/')).glob('migrate_*.sql')
        spark.sql(statement.read_text())
    yield dist
    for name in reversed(ROWS):
        spark.sql(f'drop view {name}')


def test_all_are_tried(built):
    assert {path.stem for path in pathlib.Path(built / 'nodes').rglob('*.json')} == {name.split('.')[1] for name in ROWS}


@pytest.mark.parametrize('name', ROWS)
def test_rows_and_types(spark, built, name):
    frame = spark.table(name)
    node = json.loads((built / 'nodes' / (name.replace('.', '/') + '.json')).read_text())
    assert [(field.name, field.dataType.simpleString()) for field in frame.schema.fields] == [
        (column['name'], column['type']) for column in node['columns']]
    assert sorted(map(tuple, frame.collect()), key=repr) == sorted(ROWS[name], key=repr)
