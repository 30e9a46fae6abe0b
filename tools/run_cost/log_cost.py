"""What a batch of changes costs in the log of a captured table of 10 thousand, a million and 20 million events, on a real Spark with
Delta, and what of it goes into the question which row is left where rows come and leave within one transaction, as in an outbox
(docs/decisions/0019). By hand, through scripts/cost; prints a table of docs/cost.md.

    log_cost.py [EVENTS ...]
"""
import json
import random
import sys
import time

from captured_cost import CHANGES, FILES, VALUES, Table, event
from run_cost import server

from pipec_runtime.engines.base import Rows  # noqa: E402

MINUTES = 30 * 1440  # over which the events of a log are spread
BATCHES = {'updates': 0, 'one row comes and leaves': 1, 'all come and leave': CHANGES // 2}


class Timed:
    """An engine that knows how long it was asked for keys that a row came to before one left, and which row is left there."""

    def __init__(self, engine):
        self._engine, self.keys, self.rows = engine, 0, 0

    def query(self, sql, params):
        begin = time.monotonic()
        found = self._engine.query(sql, params)
        found = Rows(found.columns, list(found.rows))
        if ' as pairs' in sql:
            self.keys += time.monotonic() - begin
        return found

    def execute(self, sql, params):
        begin = time.monotonic()
        self._engine.execute(sql, params)
        if 'merge into spark_catalog.bronze.orders_log ' in sql:
            self.rows += time.monotonic() - begin

    def __getattr__(self, name):
        return getattr(self._engine, name)


class Log(Table):
    def __init__(self, spark, folder, events):
        super().__init__(spark, folder, events)
        self.warehouse.engine = Timed(self.warehouse.engine)
        spark.sql(f'''INSERT INTO bronze.orders_log BY NAME
          SELECT *, struct(order_id, customer_id, status, total, changed_at) AS _before, cast(_source_ts AS date) AS _date
          FROM (SELECT 2 * id AS order_id, {VALUES.format(id='id')}, 'u' AS _op, id AS _seq, id AS _ord, 0L AS _tie, 'long ago' AS _file,
                       timestampadd(MINUTE, id * {MINUTES} DIV {events}, timestamp '2026-01-01') AS _source_ts
                FROM range(2, {events}, 1, {FILES}))''')

    def land(self, passing):
        """Updates of any keys, which are even, and so many rows that come to odd ones and leave them, as drawn ids do."""
        key = random.Random(self.position)
        lines = [event(2 * key.randrange(self.first), self.position + i) for i in range(CHANGES - 2 * passing)]
        for _ in range(passing):
            own = 2 * key.randrange(self.first) + 1
            came = json.loads(event(own, self.position + len(lines)))
            left = json.loads(event(own, self.position + len(lines) + 1))
            left['source']['ts_us'] = came['source']['ts_us']
            lines += [json.dumps(came | {'op': 'c'}), json.dumps(left | {'op': 'd', 'before': left['after'], 'after': None})]
        (self.landing / f'shop.public.orders.{self.position}.jsonl').write_text(''.join(line + '\n' for line in lines))
        self.position += CHANGES

    def measure(self, what):
        self.land(BATCHES[what])
        engine = self.warehouse.engine
        engine.keys = engine.rows = 0
        begin = time.monotonic()
        self.warehouse.run('bronze.orders_log')
        print(f'| {self.first:,} | {what} | {time.monotonic() - begin:.1f} s | {engine.keys:.1f} s | {engine.rows:.1f} s |', flush=True)


def main(sizes):
    with server() as (spark, folder):
        print('| events | batch | all | which keys | which rows |\n| --- | --- | --- | --- | --- |')
        for events in sizes:
            log = Log(spark, folder, events)
            for what in BATCHES:
                log.measure(what)


if __name__ == '__main__':
    main([int(size) for size in sys.argv[1:]] or [10_000, 1_000_000, 20_000_000])
