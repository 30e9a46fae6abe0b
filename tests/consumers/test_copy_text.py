"""The text of a copy: what comes back from PostgreSQL is what went in."""
import datetime
import decimal
import sys
import uuid

import pytest

from harness import env

sys.path.insert(0, str(env.ROOT / 'runtime'))

from pipec_runtime.engines.base import Rows  # noqa: E402
from pipec_runtime.engines.postgres import PostgresEngine  # noqa: E402

UTC = datetime.timezone.utc
VALUES = {
    'text': ['', '\\', '\\N', '\\.', 'a\tb\nc\rd', 'NULL', "it's \"x\", é 中 𝄞", '\x01\x7f'],
    'bigint': [0, -1, 2**63 - 1, -2**63],
    'boolean': [True, False],
    'double precision': [0.1, 1e300, -5e-324, float('inf'), float('-inf')],
    'numeric(38,10)': [decimal.Decimal('1E+3'), decimal.Decimal('-0.0000000001'), decimal.Decimal('9' * 28 + '.1')],
    'date': [datetime.date(1, 1, 1), datetime.date(9999, 12, 31)],
    'timestamptz': [datetime.datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC), datetime.datetime(99, 1, 1, tzinfo=UTC)],
    'timestamp': [datetime.datetime(2026, 1, 1, 23, 59, 59, 999999), datetime.datetime(1, 1, 1)],
    'bytea': [b'', b'\\\x00\xff\n'],
    'text[]': [[], ['', 'NULL', None, 'a,"b"', '\\', '{}', 'x\ty\n']],
    'numeric(9,2)[]': [[decimal.Decimal('1.25'), None]],
    'boolean[]': [[True, False, None]],
    'timestamptz[]': [[datetime.datetime(2026, 1, 1, tzinfo=UTC)]],
    'bytea[]': [[b'\\x', b'"']],
    'uuid': [uuid.UUID(int=5)],
}


@pytest.mark.parametrize('type', VALUES)
def test_values_come_back(postgres, type):
    engine = PostgresEngine({'dsn': f'host={postgres.host} port={postgres.port} dbname=postgres user=postgres'})
    values = [*VALUES[type], None]
    for given in (values, values[:-1]):
        engine.execute(f'CREATE TABLE copied (n int, v {type})', {})
        try:
            engine.copy('copied', ['n', 'v'], Rows(['n', 'v'], iter(enumerate(given))))
            assert [value for value, in engine.query('SELECT v FROM copied ORDER BY n', {}).rows] == given
        finally:
            engine.execute('DROP TABLE copied', {})
    engine.close()


def test_no_rows_and_many(postgres):
    engine = PostgresEngine({'dsn': f'host={postgres.host} port={postgres.port} dbname=postgres user=postgres'})
    engine.execute('CREATE TABLE many (n int, "a""b" text)', {})
    try:
        engine.copy('many', ['n', 'a"b'], Rows(['n', 'x'], []))
        engine.copy('many', ['n', 'a"b'], Rows(['n', 'x'], ((n, str(n)) for n in range(25_001))))
        assert list(engine.query('SELECT count(*), sum(n), max("a""b") FROM many', {}).rows) == [(25_001, 312_512_500, '9999')]
    finally:
        engine.execute('DROP TABLE many', {})
        engine.close()
