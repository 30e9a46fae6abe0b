"""The pinned tables of connector keys are those of the real worker, and know what the hand-written configurations use."""
import json

import pytest

from harness import connect_keys
from test_harness import sink_config, source_config


def pinned(name):
    return json.loads((connect_keys.DATA / f'{name}.json').read_text())


def test_tables_are_current(connect):
    for name, table in connect_keys.dump(connect).items():
        assert connect_keys.render(table) == (connect_keys.DATA / f'{name}.json').read_text(), 'scripts/dump-connect-keys'


@pytest.mark.parametrize('side', ['source', 'sink'])
def test_tables_know_the_keys_and_no_misspelling(side, postgres):
    config = source_config(postgres) if side == 'source' else sink_config('x')
    tables = (['debezium_postgres', 'connect_source'] if side == 'source' else ['file_sink', 'connect_sink'])
    tables = [pinned(name) for name in tables]
    for key in config:
        assert connect_keys.known(key, *tables), key
        assert not connect_keys.known(key[:-1], *tables), key[:-1]
        assert not connect_keys.known(key + 'x', *tables), key + 'x'


def test_families():
    source = pinned('connect_source')
    for key in ('transforms.route.type', 'transforms.a.static.field', 'predicates.p.pattern', 'producer.override.acks',
                'topic.creation.default.retention.ms', 'value.converter.replace.null.with.default'):
        assert connect_keys.known(key, source), key
    for key in ('transforms.route.typ', 'transforms.a.b.type', 'producer.override.ackss', 'value.converter.schema.enable'):
        assert not connect_keys.known(key, source), key
    table = pinned('debezium_postgres')
    for key in ('column.mask.with.10.chars', 'column.mask.hash.SHA-256.with.salt.abc', 'driver.sslmode',
                'snapshot.select.statement.overrides.shop.orders', 'event.converting.failure.handling.mode'):
        assert connect_keys.known(key, table), key
    assert not connect_keys.known('database.hostnam', table)
