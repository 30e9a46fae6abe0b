"""A log from files of a day, as Confluent Cloud's sinks write them to the storage of a cloud (a folder stands for it): each is read once, the
log lies in partitions by the day in UTC, and forgets whole days."""
import datetime
import json

import pytest

from harness import captured
from harness.warehouse import Warehouse

SPECIFICATION = '''
source office { kind postgres  connection office_db  database office
  cdc { retention 3 days }
  table public.item ( id bigint primary key, name text )
  table public.item_part ( id bigint primary key, name text )
}
cdc bronze.item from office.public.item { log bronze.item_log retain 30 days }
cdc bronze.item_part from office.public.item_part { }
'''
STORAGE = 's3://lake/cdc'
NOW = datetime.datetime.now(datetime.timezone.utc)


def event(table, id, at, name='x'):
    micros = int(at.timestamp() * 1000000)
    return json.dumps({'before': None, 'after': {'id': id, 'name': name}, 'op': 'c', 'ts_ms': 1, 'source': {
        'schema': 'public', 'table': table, 'lsn': micros, 'sequence': f'[null, "{micros}"]', 'ts_us': micros}})


class Lake:
    def __init__(self, spark, pipec, folder):
        self.folder = folder / 'lake'
        project = captured.project(folder / 'project', SPECIFICATION, 'LANDING')
        config = project / 'pipec.yaml'
        config.write_text(config.read_text().replace('file:LANDING', STORAGE).replace('kafka_connect: {},', 'kafka_connect: { host: confluent_cloud },')
                          .replace('  warehouse: {', '  landing: { user: { kafka_connect: "env:K" }, password: { kafka_connect: "env:S" } }\n  warehouse: {', 1))
        self.dist = pipec.build(project, out=folder / 'dist') / 'prod'
        for table in ('item', 'item_part'):
            self.land(table, NOW, 0, [])
        self.warehouse = Warehouse(spark, self.dist, storage={STORAGE: str(self.folder)})
        self.warehouse.drop()
        self.warehouse.deploy()

    def land(self, table, day, offset, lines):
        topic = f'office.public.{table}'
        folder = self.folder / topic / f'date={day:%Y-%m-%d}'
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f'{topic}+0+{offset:010}.bin').write_text(''.join(line + '\n' for line in lines))


@pytest.fixture(scope='module')
def lake(spark, pipec, scratch):
    made = Lake(spark, pipec, scratch / 'landing')
    yield made
    made.warehouse.drop()


def test_the_connectors_are_managed(lake):
    configs = captured.configs(lake.dist)
    assert configs['office']['connector.class'] == 'PostgresCdcSourceV2'
    sink = configs['office.public.item']
    assert (sink['connector.class'], sink['s3.bucket.name'], sink['topics.dir'], sink['path.format']) == ('S3_SINK', 'lake', 'cdc', "'date'=YYYY-MM-dd")


def test_a_log_by_the_day(lake, spark):
    warehouse, rows = lake.warehouse, lake.warehouse.rows
    day = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    earlier, old = day - datetime.timedelta(days=1), day - datetime.timedelta(days=40)
    lake.land('item', earlier, 1, [event('item', 1, day - datetime.timedelta(seconds=1)), event('item', 2, earlier)])
    lake.land('item', day, 3, [event('item', 3, day)])
    lake.land('item', day, 4, [event('item', 4, old)])  # older than the log is kept, when it comes
    lake.land('item_part', day, 1, [event('item_part', 1, day)])
    zone = spark.conf.get('spark.sql.session.timeZone')
    spark.conf.set('spark.sql.session.timeZone', 'America/Los_Angeles')
    try:
        assert not warehouse.run()
    finally:
        spark.conf.set('spark.sql.session.timeZone', zone)
    assert rows('SELECT id, string(_date) FROM bronze.item_log') == [
        (1, f'{earlier:%Y-%m-%d}'), (2, f'{earlier:%Y-%m-%d}'), (3, f'{day:%Y-%m-%d}'), (4, f'{old:%Y-%m-%d}')]
    assert spark.sql('DESCRIBE DETAIL bronze.item_log').collect()[0].partitionColumns == ['_date']
    # A later run reads the new file alone; a topic whose name begins with this one's is another folder.
    lake.land('item', day, 5, [event('item', 5, day + datetime.timedelta(seconds=5))])
    assert not warehouse.run()
    assert len({file for file, in rows('SELECT _file FROM pipec.bronze__item_log__stage')}) == 1
    assert rows('SELECT id FROM bronze.item') == [(1,), (2,), (3,), (4,), (5,)]
    assert rows('SELECT id FROM bronze.item_part') == [(1,)]


def test_old_days_go_as_wholes_once_they_are_held(lake, spark):
    warehouse, rows = lake.warehouse, lake.warehouse.rows
    log = lambda: [id for id, in rows('SELECT id FROM bronze.item_log')]
    assert log() == [1, 2, 3, 5]  # gone with the second run
    old = NOW - datetime.timedelta(days=40)
    lake.land('item', NOW, 6, [event('item', 6, old, 'six')])
    assert not warehouse.run('bronze.item_log')
    assert not warehouse.run('bronze.item_log')
    assert log() == [1, 2, 3, 5, 6]  # the current rows do not hold it yet
    assert not warehouse.run() and not warehouse.run()
    assert log() == [1, 2, 3, 5]
    deleted = spark.sql('DESCRIBE HISTORY bronze.item_log').where("operation = 'DELETE'").orderBy('version', ascending=False).collect()[0]
    assert deleted.operationMetrics['numRemovedFiles'] == '1' and deleted.operationMetrics['numAddedFiles'] == '0'
    assert rows('SELECT id FROM bronze.item') == [(1,), (2,), (3,), (4,), (5,), (6,)]
