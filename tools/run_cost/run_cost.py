"""What a run of the warehouse's artifacts costs, on a real Spark with Delta: 20 million rows, then runs in which all, a
thousand, or none of them are new. By hand; prints a table for backends/databricks/README.md.

    PIPEC=build/release/cli/pipec <environment of the consumers>/bin/python tools/run_cost/run_cost.py [ROWS]
"""
import contextlib
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/consumers'))

from harness import pipec as pipec_harness  # noqa: E402
from harness import spark as spark_harness  # noqa: E402
from harness.warehouse import Warehouse  # noqa: E402
from pipec_runtime.deploy import Deployment  # noqa: E402
from pipec_runtime.engines.spark import SparkEngine  # noqa: E402

MODELS = ('silver.sales', 'gold.by_day', 'gold.by_customer')
# The tests' session is made for a handful of rows; these are a server's own settings.
SETTINGS = {'spark.sql.adaptive.enabled': 'true', 'spark.sql.shuffle.partitions': '8',
            'spark.sql.codegen.wholeStage': 'true', 'spark.sql.codegen.factoryMode': 'FALLBACK'}
ROW = """{id} as sale_id, pmod(xxhash64({id}), {customers}) as customer_id,
  timestamp '2026-01-01' + make_dt_interval(0, 0, 0, cast(pmod(xxhash64({id}, 1), 180 * 86400) as decimal(18, 6))) as sold_at,
  cast(1 + pmod(xxhash64({id}, 2), 100000) as decimal(18, 2)) / 100 as amount"""


@contextlib.contextmanager
def server():
    """A Spark for many rows and a folder for what it holds, both of which go away."""
    with tempfile.TemporaryDirectory(prefix='pipec-cost-', ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        spark = spark_harness.session(folder / 'spark')
        for key, value in SETTINGS.items():
            spark.conf.set(key, value)
        yield spark, folder
        spark.stop()


def row(value, customers):
    return ROW.format(id=value, customers=customers)


class Cost:
    def __init__(self, warehouse):
        self.warehouse = warehouse

    def since(self, version, model):
        """What Delta's own history says of the table's versions behind this one."""
        commits = self.warehouse.spark.sql(f'DESCRIBE HISTORY {model}').collect()
        metrics = [commit.operationMetrics for commit in commits if commit.version > version]

        def total(*names):
            return sum(int(each.get(name, 0)) for each in metrics for name in names)
        return {'versions': len(metrics), 'rows': total('numOutputRows'),
                'added': total('numTargetFilesAdded', 'numAddedFiles', 'numFiles')}

    def version(self, model):
        return self.warehouse.spark.sql(f'DESCRIBE HISTORY {model} LIMIT 1').collect()[0].version

    def run(self, what):
        for model in MODELS:
            before, begin = self.version(model), time.monotonic()
            failed = self.warehouse.run(model)
            seconds = time.monotonic() - begin
            assert not failed, failed
            cost = self.since(before, model)
            print(f"| {what} | `{model}` | {seconds:.0f} s | {cost['rows']:,} | {cost['added']:,} |", flush=True)
            if what == 'nothing':
                assert cost['versions'] == 0, (model, cost)


def measure(spark, folder, rows):
    dist = pipec_harness.Pipec(folder).build(ROOT / 'tools/run_cost/project', out=folder / 'dist') / 'prod'
    warehouse = Warehouse(spark, dist)
    Deployment(dist, {'warehouse': SparkEngine(spark)}, say=lambda text: None).deploy()
    customers = max(1, rows // 20)
    spark.sql(f"INSERT INTO raw.sales SELECT {row('id', customers)}, 'x', 0, timestamp '2026-07-01' FROM range(0, {rows}, 1, 8)")
    print('| changed | model | time | rows written | files added |\n| --- | --- | --- | --- | --- |')
    cost = Cost(warehouse)
    cost.run(f'all {rows:,}')
    cost.run('nothing')
    # Of one week, as changes are: of the customers that they concern, nothing is known beforehand.
    spark.sql('''MERGE INTO raw.sales t USING (SELECT sale_id FROM raw.sales WHERE sold_at >= timestamp '2026-05-01'
        AND sold_at < timestamp '2026-05-08' ORDER BY sale_id LIMIT 1000) s ON t.sale_id = s.sale_id
        WHEN MATCHED THEN UPDATE SET amount = t.amount + 1''')
    cost.run('1,000 in one week')
    cost.run('nothing')


if __name__ == '__main__':
    with server() as (session, scratch):
        measure(session, scratch, int(sys.argv[1]) if len(sys.argv) > 1 else 20_000_000)
