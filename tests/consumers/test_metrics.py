"""Metrics as metric views, on a real Spark, which has them too: asked by MEASURE(), compared with sums made by hand."""
import datetime
import decimal

import pytest

from harness import env
from harness.warehouse import Warehouse
from pipec_runtime.deploy import Deployment
from pipec_runtime.engines.spark import SparkEngine


@pytest.fixture(scope='module')
def market(spark, pipec):
    dist = pipec.build(env.ROOT / 'tests/consumers/data/metrics') / 'prod'
    warehouse = Warehouse(spark, dist)
    warehouse.drop()
    Deployment(dist, {'warehouse': SparkEngine(spark)}, say=lambda text: None).deploy()
    warehouse.run()
    yield lambda query: sorted(map(tuple, spark.sql(query).collect()), key=repr)
    warehouse.drop()


def d(text):
    return decimal.Decimal(text)


def day(number):
    return datetime.date(2026, 1, number)


def test_over_everything(market):
    assert market('SELECT measure(volume) FROM metrics.volume') == [(d('120.75'),)]


def test_by_time(market):
    assert market('SELECT on_day, measure(volume) FROM metrics.volume GROUP BY on_day') == [
        (None, d('2.00')), (day(1), d('10.50')), (day(2), d('8.25')), (day(3), d('100.00'))]


def test_through_two_joins(market):
    query = 'SELECT `club.league.the country`, measure(volume) FROM metrics.volume GROUP BY ALL'
    # By the buyer's club; a club without a league and a transfer without a buyer are there too.
    assert market(query) == [('England', d('17.50')), ('Germany', d('1.25')), (None, d('102.00'))]


def test_a_function_in_the_measure(market):
    assert market('SELECT `club.name`, measure(free_share) FROM metrics.free_share GROUP BY ALL') == [
        ('Blues', 0.0), ('Greys', 0.0), ('Lost', 0.0), ('Reds', 50.0), (None, 0.0)]


def test_words_that_would_end_the_definition(market):
    assert market('SELECT measure(odd) FROM metrics.odd') == [(6,)]


def test_descriptions(market, spark):
    rows = {row.col_name: row for row in spark.sql('DESCRIBE EXTENDED metrics.volume').collect()}
    assert rows['volume'].comment == 'What it cost; "$$" and \'quotes\' and a \\ back slash.'
    assert rows['Type'].data_type == 'METRIC_VIEW'
