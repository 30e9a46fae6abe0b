"""Exports in every mode follow a real Delta table through a history of changes."""
import random
import shutil

import pytest

from harness.exports import COLUMNS, PROJECT, Exports
from harness.warehouse import Warehouse

EXPORTS = ('items_replaced', 'items_upserted', 'seen_swapped')


@pytest.fixture(scope='module')
def dist(pipec, scratch):
    # A Delta table without column mapping takes no such name.
    project = scratch / 'exports_project'
    shutil.copytree(PROJECT, project)
    (project / 'serving.pipe').write_text((PROJECT / 'serving.pipe').read_text().replace(f'`{COLUMNS[5]}`', 'plain'))
    return pipec.build(project, out=scratch / 'exports_delta') / 'prod'


@pytest.fixture(scope='module')
def warehouse(spark, dist):
    made = Warehouse(spark, dist)
    made.drop()
    made.deploy()
    made.run()
    yield made
    made.drop()


def statement(chance, ids):
    """One that changes some rows, their days among them."""
    some = ', '.join(str(chance.choice(ids)) for _ in range(3))
    day = chance.randint(1, 6)
    return chance.choice([
        f"UPDATE gold.items SET sold_at = timestamp '2026-03-{day:02} 23:59:59.999999' WHERE id IN ({some})",
        f"UPDATE gold.items SET sold_at = timestamp '2026-03-{day:02} 00:00:00' WHERE id IN ({some})",
        f'UPDATE gold.items SET batch = batch + 1, label = null WHERE id IN ({some})',
        f'DELETE FROM gold.items WHERE id = {chance.choice(ids)}',
        f"DELETE FROM gold.items WHERE date(sold_at) = date '2026-03-{day:02}'",
        f'UPDATE gold.items SET batch = batch WHERE id IN ({some})',
    ])


def test_each_mode_follows(postgres, warehouse, dist):
    exports = Exports(postgres, dist, 'exports_delta')
    exports.deploy()
    chance, next_id = random.Random(5), 100
    for _ in range(3):
        for _ in range(chance.randint(1, 3)):
            new = range(next_id, next_id + 4)
            next_id += 4
            rows = ', '.join(f"({id}, 1, 'a\\\\b', {id}.25, timestamp '2026-03-{chance.randint(1, 6):02} 12:00:00', 'x', array('y', null))"
                             for id in new)
            warehouse.spark.sql(f'INSERT INTO gold.items VALUES {rows}')
            warehouse.spark.sql(statement(chance, range(100, next_id)))
        for export in EXPORTS:
            exports.load(export, warehouse.engine)
        expected = [tuple(row) for row in warehouse.spark.sql('SELECT id, batch, label, price, tags FROM gold.items ORDER BY id').collect()]
        times = [tuple(row) for row in warehouse.spark.sql('SELECT id, unix_micros(sold_at) FROM gold.items ORDER BY id').collect()]
        assert len(expected) > 3
        for export in EXPORTS:
            found = f'FROM app.{export} ORDER BY id'
            assert exports.sql(f'SELECT id, (extract(epoch FROM sold_at) * 1000000)::bigint {found}') == times, export
            if export != 'seen_swapped':
                assert exports.sql(f'SELECT id, batch, label, price, tags {found}') == expected, export
