"""What a batch of changes costs in a captured table of 10 thousand, a million and 20 million rows, on a real Spark with Delta: the
generated statements, beside a plain MERGE as most teams write it, and beside the generated one without the batch's range of keys in it.
By hand, through scripts/cost; prints the table of docs/cost.md.

    captured_cost.py [ROWS ...]
"""
import json
import random
import sys
import time

from run_cost import ROOT, server

from harness import pipec as pipec_harness  # noqa: E402
from harness.warehouse import Warehouse  # noqa: E402

CHANGES, NEW = 10_000, 1_000
FILES = 16  # of a table, of one range of keys each
VALUES = '{id} % 50000 as customer_id, \'paid\' as status, cast({id} % 1000 as decimal(12, 2)) as total, timestamp \'2026-01-01\' as changed_at'
METRICS = {'touched': ('numTargetFilesRemoved', 'numTargetDeletionVectorsAdded'), 'added': ('numTargetFilesAdded',),
           'copied': ('numTargetRowsCopied',), 'bytes': ('numTargetBytesAdded',), 'merge': ('executionTimeMs',), 'scan': ('scanTimeMs',)}
PLAIN = '''MERGE INTO plain.orders AS t USING (
  SELECT after.* FROM (
    SELECT from_json(value, 'struct<order_id: bigint, customer_id: bigint, status: string, total: decimal(12, 2), changed_at: timestamp>')
      AS after, lsn
    FROM (SELECT get_json_object(value, '$.after') AS value, cast(get_json_object(value, '$.source.lsn') AS bigint) AS lsn FROM text.`{file}`)
  ) QUALIFY row_number() OVER (PARTITION BY after.order_id ORDER BY lsn DESC) = 1
) AS s ON t.order_id = s.order_id
WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *'''


def event(key, position):
    """As the connector writes it."""
    after = {'order_id': key, 'customer_id': key % 50000, 'status': 'sent', 'total': '12.50', 'changed_at': '2026-02-01T00:00:00.000000Z'}
    return json.dumps({'before': None, 'op': 'u', 'ts_ms': 1, 'after': after,
                       'source': {'schema': 'public', 'table': 'orders', 'lsn': position, 'sequence': json.dumps([str(position - 1), str(position)]),
                                  'ts_us': position}})


class Blind:
    """An engine whose merge into the rows does not know the range of the batch's keys, if it is asked not to."""
    RANGE = 't.order_id >= :first_key and t.order_id <= :last_key and '

    def __init__(self, engine):
        self._engine, self.is_blind = engine, False

    def execute(self, sql, params):
        if self.is_blind and 'merge into spark_catalog.bronze.orders__rows' in sql:
            assert self.RANGE in sql
            sql = sql.replace(self.RANGE, '')
            params = {name: value for name, value in params.items() if name not in ('first_key', 'last_key')}
        self._engine.execute(sql, params)

    def __getattr__(self, name):
        return getattr(self._engine, name)


class Table:
    """One captured table of so many rows, as if they had come long ago, and its plain twin."""

    def __init__(self, spark, folder, rows):
        self.spark, self.first, self.rows, self.position, self.landing = spark, rows, rows, rows + 1, folder / f'landing{rows}'
        self.landing.mkdir()
        dist = pipec_harness.Pipec(folder).build(ROOT / 'tools/run_cost/captured', '--var', f'landing=file:{self.landing}',
                                                 out=folder / f'dist{rows}') / 'prod'
        (self.landing / 'shop.public.orders.jsonl').write_text(event(0, 1) + '\n')
        self.warehouse = Warehouse(spark, dist)
        self.warehouse.engine = Blind(self.warehouse.engine)
        self.warehouse.drop()
        self.warehouse.deploy()
        self.warehouse.run('bronze.orders_log', 'bronze.orders')  # so that the ledger holds something
        values = VALUES.format(id='id')
        spark.sql(f'''INSERT INTO bronze.orders__rows SELECT id, {values}, false, timestamp '2026-01-01', id, id, 0
                      FROM range(1, {rows}, 1, {FILES})''')
        spark.sql('DROP SCHEMA IF EXISTS plain CASCADE')
        spark.sql('CREATE SCHEMA plain')
        spark.sql(f'CREATE TABLE plain.orders USING delta AS SELECT id AS order_id, {values} FROM range(0, {rows}, 1, {FILES})')

    def batch(self, which):
        """Most of its keys are there, the others new: the newest ones, or any."""
        old = CHANGES - NEW
        keys = range(self.rows - old, self.rows) if which == 'recent' else random.Random(self.position).sample(range(self.rows), old)
        keys = [*keys, *range(self.rows, self.rows + NEW)]
        self.rows += NEW
        file = self.landing / f'shop.public.orders.{self.position}.jsonl'
        file.write_text(''.join(event(key, self.position + i) + '\n' for i, key in enumerate(keys)))
        self.position += CHANGES
        return file

    def history(self, table):
        return self.spark.sql(f'DESCRIBE HISTORY {table} LIMIT 1').collect()[0].operationMetrics

    def measure(self, which, how):
        file = self.batch(which)
        self.warehouse.engine.is_blind = how == 'without the range of keys'
        begin = time.monotonic()
        if how == 'plain MERGE':
            self.spark.sql(PLAIN.format(file=file))
            seconds, metrics = time.monotonic() - begin, self.history('plain.orders')
        else:
            self.warehouse.run('bronze.orders_log')
            begin = time.monotonic()
            self.warehouse.run('bronze.orders')
            seconds, metrics = time.monotonic() - begin, self.history('bronze.orders__rows')
        got = {name: sum(int(metrics.get(key, 0)) for key in keys) for name, keys in METRICS.items()}
        print(f"| {self.first:,} | {which} | {how} | {seconds:.1f} s | {got['merge'] / 1000:.1f} s | {got['scan'] / 1000:.1f} s | "
              f"{got['touched']} | {got['added']} | {got['copied']:,} | {got['bytes'] / 1e6:.1f} MB |", flush=True)


def main(sizes):
    with server() as (spark, folder):
        print('| rows | keys | how | all | the MERGE | of it looking for rows | files or vectors replaced | files added | rows copied | written |\n'
              '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |')
        for rows in sizes:
            table = Table(spark, folder, rows)
            for which in ('recent', 'random'):
                for how in ('generated', 'without the range of keys', 'plain MERGE'):
                    table.measure(which, how)


if __name__ == '__main__':
    main([int(size) for size in sys.argv[1:]] or [10_000, 1_000_000, 20_000_000])
