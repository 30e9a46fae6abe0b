"""Materialized views and streaming tables: the artifacts as they lie there, taken by the pipelines command of open-source
Spark 4.3; and what stands around them on Spark with Delta, where views are doubles of what the platform would keep."""
import re
import shutil

import pytest

from harness import env, pipelines
from harness.warehouse import Warehouse

PROJECT = env.ROOT / 'tests/consumers/data/kept'
INPUTS = ('raw.receipts', 'silver.large', 'ref.shops', 'live.receipts')
HEADER = 'receipt_id,shop,amount,note\n'


@pytest.fixture(scope='module')
def target(pipec):
    return pipec.build(PROJECT) / 'prod'


def test_spark_takes_the_pipeline(target, tmp_path):
    copied = tmp_path / 'prod'
    shutil.copytree(target, copied)
    taken, said = pipelines.dry_run(copied, INPUTS)
    assert taken, said
    assert 'Run is COMPLETED' in said
    assert said.count('Registering SQL file') == 3


def test_spark_refuses_a_broken_one(target, tmp_path):
    copied = tmp_path / 'prod'
    shutil.copytree(target, copied)
    broken = copied / 'databricks/live/receipts/migrate_01_streaming_table.sql'
    broken.write_text(broken.read_text().replace('r.amount', 'r.amounts'))
    taken, said = pipelines.dry_run(copied, INPUTS)
    assert not taken
    assert 'UNRESOLVED_COLUMN' in said and 'amounts' in said, said


def test_around_them(spark, pipec, tmp_path):
    landing = tmp_path / 'landing'
    (landing / 'till').mkdir(parents=True)
    (landing / 'till/1.csv').write_text(HEADER + '1,a,10.50,x\n2,b,200,x\n3,b,1,x\n4,c,,x\n')
    dist = pipec.build(PROJECT, '--var', f'landing=file:{landing}') / 'prod'
    warehouse = Warehouse(spark, dist)
    warehouse.drop()
    try:
        warehouse.deploy()
        assert warehouse.run() == set()
        assert warehouse.rows('SELECT * FROM gold.by_country') == [('AT', '10.50', 1), ('DE', '200.00', 1)]
        assert warehouse.rows('SELECT * FROM gold.best') == [('DE', '200.00')]
        assert warehouse.rows('SELECT receipt_id, amount, shop FROM live.receipts') == [
            (-4, '0.00', 'c'), (1, '10.50', 'A'), (2, '200.00', 'B'), (3, '1.00', 'B'), (4, None, 'C')]
        before = warehouse.versions()
        warehouse.run()
        # Only what stands over a materialized view is built again, since nothing says whether that has moved.
        moved = {name for name, version in warehouse.versions().items() if version != before[name]}
        assert moved == {'pipec.ledger', 'gold.best', 'pipec.gold__best__stage'}
        (landing / 'till/2.csv').write_text(HEADER + '5,z,1000,x\n6,y,-5,x\n7,a,500,x\n')
        assert warehouse.run() == set()
        assert warehouse.rows('SELECT * FROM gold.best') == [('AT', '510.50'), ('DE', '200.00'), (None, '1000.00')]
    finally:
        warehouse.drop()


AUTO = env.ROOT / 'tests/consumers/data/auto_cdc'


@pytest.fixture(scope='module')
def auto(pipec):
    return pipec.build(AUTO) / 'prod'


def flow(artifact):
    """The clauses of an artifact as open-source Spark knows them: of a flow into a table."""
    found = re.search(r'create or refresh streaming table (\S+)\n.*?\nflow auto cdc\n(.*)', artifact.read_text(), re.S)
    return f'create streaming table {found[1]};\ncreate flow {found[1].replace(".", "_")} as auto cdc into {found[1]}\n{found[2]};\n'


def test_auto_cdc(auto, tmp_path):
    copied = tmp_path / 'prod'
    shutil.copytree(auto, copied)
    flows = ''.join(flow(auto / f'databricks/bronze/{name}/migrate_01_table.sql') for name in ('orders', 'orders_history'))
    taken, said = pipelines.dry_run(copied, ['bronze.orders', 'bronze.orders_log'], {'flows.sql': flows})
    assert taken, said


def test_versions_of_auto_cdc(auto, spark):
    """The view over what AUTO CDC keeps of every version, on rows as it keeps them."""
    def at(position, second):
        return f"named_struct('_seq', {position}, '_ord', 0, '_tie', 0, '_source_ts', timestamp '2026-01-01 00:00:{second:02}')"
    rows = [(1, 'a', at(1, 10), at(2, 20)), (1, 'b', at(2, 20), at(4, 40)),   # deleted at 40
            (1, 'c', at(6, 60 - 1), 'null'),                                 # and there again
            (2, 'x', at(3, 30), at(5, 30)), (2, 'y', at(5, 30), at(7, 25)),  # two in one instant; the clock steps back
            (2, 'z', at(7, 25), 'null')]
    spark.sql('create schema if not exists bronze')
    values = ' union all '.join(f"select {key} as order_id, '{text}' as `the customer`, 1.00 as amount, null as placed_at, "
                                f'{begin} as __START_AT, {end} as __END_AT' for key, text, begin, end in rows)
    spark.sql(f'create or replace view bronze.orders_history__rows as {values}')
    spark.sql((auto / 'databricks/bronze/orders_history/migrate_02_view.sql').read_text())
    found = spark.sql('select order_id, `the customer` as who, second(valid_from) as f, second(valid_to) as t, is_current, is_deleted '
                      'from bronze.orders_history').collect()
    spark.sql('drop schema bronze cascade')
    assert sorted(map(tuple, found)) == [(1, 'a', 10, 20, False, False), (1, 'b', 20, 40, False, True), (1, 'c', 59, None, True, False),
                                         (2, 'z', 30, None, True, False)]
