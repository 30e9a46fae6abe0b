"""Rows a second into PostgreSQL: the exports' ways, beside a plain COPY of the same rows, ready as text. By hand, through scripts/cost;
prints a table of docs/cost.md.

    copy_cost.py [ROWS]
"""
import contextlib
import pathlib
import sys
import tempfile
import time

from run_cost import ROOT

from harness import pipec as pipec_harness  # noqa: E402
from harness import postgres as postgres_harness  # noqa: E402
from harness.exports import COLUMNS, PROJECT, Exports, Items, item  # noqa: E402
from pipec_runtime.engines.base import Rows  # noqa: E402
from pipec_runtime.engines.copy_text import batches  # noqa: E402


def timed(what, rows, run):
    begin = time.monotonic()
    run()
    seconds = time.monotonic() - begin
    print(f'| {what} | {rows:,} | {seconds:.1f} s | {rows / seconds:,.0f} |', flush=True)


def plain_copy(server, text):
    with contextlib.closing(server.connect('exports')) as connection, connection.cursor() as cursor:
        with cursor.copy('COPY plain_text FROM STDIN') as copy:
            for part in text:
                copy.write(part)


def main(rows):
    with tempfile.TemporaryDirectory(prefix='pipec-cost-', ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        server = postgres_harness.Postgres(folder / 'postgres')
        exports = Exports(server, pipec_harness.Pipec(folder).build(PROJECT, out=folder / 'dist') / 'prod')
        exports.deploy()
        for table in ('plain_text', 'plain_rows'):
            exports.sql(f'CREATE TABLE {table} AS SELECT * FROM app.items_upserted WITH NO DATA')
            exports.sql(f'GRANT INSERT ON {table} TO app_loader')
        items = [item(i, 1) for i in range(rows)]
        values = [tuple(each[column] for column in COLUMNS) for each in items]
        text = list(batches(values, str))
        print('| way | rows | time | rows a second |\n| --- | --- | --- | --- |')
        timed('plain COPY, the text ready', rows, lambda: plain_copy(server, text))
        engine = exports.engine()
        timed('COPY by the runtime, from rows', rows, lambda: engine.copy('plain_rows', COLUMNS, Rows(COLUMNS, iter(values))))
        engine.close()
        warehouse = Items()
        warehouse.put(items)
        for export in ('items_swapped', 'items_upserted', 'items_replaced'):
            timed(f'{export.split("_")[1]}, all rows, key and indexes', rows, lambda: exports.load(export, warehouse))
        server.close()


if __name__ == '__main__':
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
