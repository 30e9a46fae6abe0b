"""Source beside serving, row for row; the history beside what the source was; models beside their query over the source."""
import datetime
import json

import load

VALUES = {
    'customers': 'customer_id, name, email, labels, settings, balance, seen_at, note',
    'orders': 'order_id, customer_id, status, total, placed_at, changed_at',
    'order_lines': 'order_id, line_no, sku::text, quantity, price',
}
MODELS = {
    'customer_value': '''SELECT c.customer_id, count(o.order_id), sum(o.total), max(o.placed_at)
                         FROM customers c LEFT JOIN orders o USING (customer_id) GROUP BY 1''',
    'daily': '''SELECT date_trunc('day', placed_at, 'UTC'), count(*), sum(total) FROM orders
                WHERE placed_at >= '2026-01-01 00:00+00' GROUP BY 1''',
}


def plain(value):
    """The same, however a client gives it: times in UTC and without a zone, JSON as what it says."""
    if isinstance(value, str) and value[:1] in ('{', '['):
        return json.loads(value)
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return value


def rows(found):
    return {repr(tuple(map(plain, row))) for row in found}


def differences(source, serving) -> list[str]:
    """Where the serving database is not what the source is; both are still."""
    found = []
    queries = {table: f'SELECT {columns} FROM {table}' for table, columns in VALUES.items()} | MODELS
    for table, query in queries.items():
        columns = VALUES.get(table, '*')
        found += between(table, rows(source.execute(query)), rows(serving.execute(f'SELECT {columns} FROM app.{table}')))
    return found


def between(table, expected, got) -> list[str]:
    return [f'{table}: missing {row}' for row in sorted(expected - got)[:5]] + [f'{table}: too much {row}' for row in sorted(got - expected)[:5]]


# ---- history
STATES = {
    'customers': 'customer_id, name, email, balance, seen_at, note',
    'orders': 'order_id, customer_id, status, total, placed_at, changed_at',
    'order_lines': 'order_id, line_no, CAST(sku AS varchar(36)), quantity, price',
}


def moment(connection):
    """When, and what the source holds then; nothing is under way."""
    states = {table: rows(connection.execute(f'SELECT {columns} FROM {table}')) for table, columns in STATES.items()}
    return connection.execute('SELECT clock_timestamp()').fetchone()[0], states


def replayed(spark, moments) -> list[str]:
    """Where the history, asked for a past moment, is not what the source was."""
    found = []
    for table, columns in STATES.items():
        versions = [tuple(row) for row in spark.sql(f'SELECT {columns}, valid_from, valid_to FROM bronze.{table}_history').collect()]
        for when, states in moments:
            at = plain(when)
            then = rows(row[:-2] for row in versions if row[-2] <= at and (row[-1] is None or at < row[-1]))
            found += between(f'{table} at {when}', states[table], then)
    return found


def kept_aside(spark) -> list[str]:
    """The column that came while the load ran: its values are there, though no table has it."""
    rows = spark.sql('SELECT count_if(_rescued IS NULL), count(_rescued), collect_set(_rescued) FROM bronze.customers_log').collect()[0]
    return [] if rows[0] and rows[1] and list(rows[2]) == ['{"tier":"3"}'] else [f'kept aside: {tuple(rows)}']


assert set(STATES) <= set(load.TABLES)
