"""`land every`: what a connector has read becomes visible to the sinks when its transaction in Kafka ends."""
import time

from harness import env
from test_harness import sink_config, source_config

SECONDS = 4
# As pipec writes it for `land every 4 seconds` (backends/kafka_connect/settings.cpp).
EVERY = {'transaction.boundary': 'interval', 'transaction.boundary.interval.ms': str(SECONDS * 1000),
         'producer.override.transaction.timeout.ms': str((SECONDS + 60) * 1000), 'exactly.once.support': 'required'}


def test_changes_land_together(postgres, connect, scratch):
    postgres.sql('CREATE DATABASE slow')
    postgres.sql('CREATE TABLE public.beats (id bigint PRIMARY KEY)', 'slow')
    postgres.sql('CREATE PUBLICATION slow FOR TABLE public.beats', 'slow')
    path = scratch / 'slow.jsonl'
    connect.put('slow', source_config(postgres) | EVERY | {
        'database.user': 'postgres', 'database.dbname': 'slow', 'topic.prefix': 'slow', 'slot.name': 'slow', 'publication.name': 'slow',
        'table.include.list': 'public\\.beats', 'snapshot.mode': 'no_data'})
    connect.put('slow.sink', sink_config(path) | {'topics': 'slow.public.beats', 'consumer.override.isolation.level': 'read_committed'})
    try:
        connect.wait_running('slow')
        env.wait_until('the slot to be read', lambda: postgres.sql(
            "SELECT 1 FROM pg_replication_slots WHERE slot_name = 'slow' AND active"), 60)
        sizes, started = set(), time.monotonic()
        for i in range(3 * SECONDS * 4):
            postgres.sql(f'INSERT INTO public.beats VALUES ({i})', 'slow')
            time.sleep(max(0, started + i / 4 - time.monotonic()))
            sizes.add(path.stat().st_size if path.exists() else 0)
        # Without it the file would have grown at most of the rows.
        assert 2 <= len(sizes) <= 6, sizes
        env.wait_until('all to land', lambda: len(path.read_text().splitlines()) == 3 * SECONDS * 4, 30)
    finally:
        for name in ('slow', 'slow.sink'):
            connect.delete(name)
        postgres.drop_slot('slow')
