"""Rows a second into PostgreSQL: the exports' ways, beside a plain COPY of the same rows, ready as lines. By hand, through scripts/cost;
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
from harness.exports import COLUMNS, PROJECT, Exports, Items, csv_line, item  # noqa: E402
from pipec_runtime.engines.base import Rows  # noqa: E402


def timed(what, rows, run):
    begin = time.monotonic()
    run()
    seconds = time.monotonic() - begin
    print(f'| {what} | {rows:,} | {seconds:.1f} s | {rows / seconds:,.0f} |', flush=True)


# As items_swapped has them.
INDEXES = '''ALTER TABLE {table} ADD PRIMARY KEY (id);
CREATE INDEX ON {table} (batch, price DESC NULLS LAST);
CREATE INDEX ON {table} ("a""b'c $$ {{{{x}}}}");
ANALYZE {table}'''


class Ready(Items):
    """The lines of all rows, which the warehouse has made already."""

    def __init__(self, lines):
        super().__init__()
        self.version, self.lines = 0, lines

    def query(self, sql, params):
        return Rows(['line'], self.lines) if 'concat_ws' in sql else super().query(sql, params)


def plain_copy(server, table, text):
    with contextlib.closing(server.connect('exports')) as connection, connection.cursor() as cursor:
        with cursor.copy(f'COPY {table} FROM STDIN WITH (FORMAT csv)') as copy:
            for part in text:
                copy.write(part)


def main(rows):
    with tempfile.TemporaryDirectory(prefix='pipec-cost-', ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        server = postgres_harness.Postgres(folder / 'postgres')
        exports = Exports(server, pipec_harness.Pipec(folder).build(PROJECT, out=folder / 'dist') / 'prod')
        exports.deploy()
        for table in ('plain', 'indexed'):
            exports.sql(f'CREATE TABLE {table} (LIKE app_data.items_upserted)')
        exports.sql(INDEXES.format(table='indexed'))
        lines = [csv_line([each[column] for column in COLUMNS]) for each in (item(i, 1) for i in range(rows))]
        text = ['\n'.join(line for line, in lines[i:i + 10_000]) + '\n' for i in range(0, rows, 10_000)]
        print('| way | rows | time | rows a second |\n| --- | --- | --- | --- |')
        timed('plain COPY into a bare table', rows, lambda: plain_copy(server, 'plain', text))
        timed('plain COPY into one with key and indexes', rows, lambda: plain_copy(server, 'indexed', text))
        exports.sql('TRUNCATE plain')

        def by_hand():
            plain_copy(server, 'plain', text)
            exports.sql(INDEXES.format(table='plain'))

        timed('plain COPY into a bare table, then key, indexes, ANALYZE', rows, by_hand)
        warehouse = Ready(lines)
        for export in ('items_swapped', 'items_upserted', 'items_replaced'):
            timed(f'{export.split("_")[1]}, key and indexes', rows, lambda: exports.load(export, warehouse))
        server.close()


if __name__ == '__main__':
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
