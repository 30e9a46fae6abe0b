"""The current and the history SQL under every disorder: thousands of seeded logs, each in a range of keys of its own, compared after each
batch with an oracle that knows nothing of SQL. PIPEC_LOGS says how many; a log that fails is made smaller until nothing can be left out."""
import dataclasses
import json
import os
import pathlib
import shutil

import pytest

from harness import captured, disorder
from harness.warehouse import Changed, Warehouse

LOGS = int(os.environ.get('PIPEC_LOGS', 2000))
FIRST_SEED = int(os.environ.get('PIPEC_SEED', 1))
RANGE = 10  # keys of a log

SPECIFICATION = '''
source shop { kind postgres  connection office_db  database shop
  cdc { retention 3 days }
  table public.t ( id bigint primary key, v text, n numeric(10, 2) default 7 )
}
cdc bronze.t from shop.public.t { history bronze.t_history  log bronze.t_log RETAIN  deletes DELETES }
'''

CURRENT = {'hard': 'SELECT id, v, CAST(n AS string), false FROM bronze.t',
           'soft': 'SELECT id, v, CAST(n AS string), _deleted FROM bronze.t'}
HISTORY = '''SELECT id, v, CAST(n AS string), unix_micros(valid_from), unix_micros(valid_to), is_deleted, is_current
             FROM bronze.t_history'''


class Line:
    """One pipeline, for all logs of a trial."""

    def __init__(self, spark, pipec, folder: pathlib.Path, deletes='hard', fault=None, truncations=(), retain=''):
        self.spark, self.deletes, self.fault, self.truncations = spark, deletes, fault, truncations
        self.landing = folder / 'landing'
        project = captured.project(folder / 'project', SPECIFICATION.replace('DELETES', deletes).replace('RETAIN', retain), self.landing)
        self.dist = pipec.build(project, out=folder / 'dist') / 'prod'

    def start(self):
        shutil.rmtree(self.landing, ignore_errors=True)
        self.landing.mkdir()
        (self.landing / 'shop.public.t.jsonl').write_text('')  # where nothing is, Spark makes no view
        self.warehouse = Warehouse(self.spark, self.dist)
        if self.fault:
            self.warehouse.engine = Changed(self.warehouse.engine, self.fault)
        self.warehouse.drop()
        self.warehouse.deploy()

    def failing(self, logs):
        """Runs the batches of all logs, and gives the places of those whose tables are not what they have to be after one of them."""
        self.start()
        wrong = set()
        for batch in range(max(map(len, logs))):
            lines = [json.dumps(disorder.envelope(event, RANGE * place)) for place, log in enumerate(logs) for event in log[batch]]
            lines += [json.dumps(disorder.truncated(truncation)) for truncation in self.truncations if batch in truncation.lands]
            (self.landing / f'shop.public.t.{batch}.jsonl').write_text(''.join(line + '\n' for line in lines))
            assert self.warehouse.run() == set()
            landed = [truncation for truncation in self.truncations if min(truncation.lands) <= batch]
            wrong |= self.different([disorder.complete([event for part in log[:batch + 1] for event in part], landed) for log in logs])
        return sorted(wrong)

    def different(self, logs):
        """Against the oracle, of the events that have come so far."""
        expected, found = [[] for _ in logs], [[] for _ in logs]
        for place, events in enumerate(logs):
            expected[place] += [('now', key, row, deleted) for key, (row, deleted) in disorder.current(events).items()
                                if not deleted or self.deletes == 'soft']
            expected[place] += [('then', *version) for version in disorder.history(events)]
        for key, v, n, deleted in map(tuple, self.spark.sql(CURRENT[self.deletes]).collect()):
            found[key // RANGE].append(('now', key % RANGE, (v, n), deleted))
        for key, v, n, since, until, deleted, is_current in map(tuple, self.spark.sql(HISTORY).collect()):
            assert is_current == (until is None)
            found[key // RANGE].append(('then', key % RANGE, (v, n), since, until, deleted))
        return {place for place in range(len(logs)) if sorted(expected[place], key=repr) != sorted(found[place], key=repr)}


def seeded(number, truncations=()):
    return [disorder.log(seed, truncations) for seed in range(FIRST_SEED, FIRST_SEED + number)]


@pytest.fixture(scope='module')
def logs():
    return seeded(LOGS)


def counterexample(line, logs, wrong):
    smallest = disorder.shrunk(min((logs[place] for place in wrong), key=disorder.size), line.failing)
    return f'{len(wrong)} of {len(logs)} logs are wrong, the smallest of them (seed {FIRST_SEED} on):\n{disorder.shown(smallest)}'


def test_the_logs_hold_every_disorder(logs):
    """What the generator is there for does happen, and often."""
    counts = dict.fromkeys(['late', 'twice', 'deleted', 'again', 'moved key', 'same time', 'clock back', 'overlap', 'split', 'read again', 'taken key',
                            'taken by its like'], 0)
    for log in logs:
        events = [event for batch in log for event in batch]
        in_order = sorted(set(events), key=lambda e: e.position)
        by_key = {key: [e for e in in_order if e.key == key] for key in range(disorder.KEYS)}
        counts['late'] += any(a.position > b.position for i, early in enumerate(log) for a in early
                              for late in log[i + 1:] for b in late if a.key == b.key)
        counts['twice'] += len(events) > len(set(events))
        counts['deleted'] += any(e.op == 'd' for e in events)
        counts['again'] += any(a.op == 'd' and b.op == 'c' for es in by_key.values() for a, b in zip(es, es[1:]))
        counts['moved key'] += any(a.op == 'd' and b.op == 'c' and a.lsn == b.lsn for a in events for b in events)
        counts['same time'] += any(a.ts == b.ts for es in by_key.values() for a, b in zip(es, es[1:]))
        counts['clock back'] += any(a.ts > b.ts for es in by_key.values() for a, b in zip(es, es[1:]))
        counts['overlap'] += any(e.lsn and e.last_commit > e.lsn for e in events)
        counts['read again'] += any(e.lsn is None for e in events)
        counts['split'] += len({i for i, batch in enumerate(log) for e in batch if e.lsn == in_order[-1].lsn}) > 1
        left = [e for e in disorder.complete(events, ()) if e.behind]
        counts['taken key'] += left != []
        counts['taken by its like'] += any(e.op == 'd' and e.position[:2] == l.position[:2] and e.before == l.row for e in events for l in left)
    rare = counts.pop('taken by its like')
    assert min(counts.values()) > LOGS / 25 and rare > LOGS / 1000, (counts, rare)


@pytest.mark.parametrize('truncations', [(), disorder.TRUNCATIONS])
def test_the_oracle_ends_where_the_source_does(truncations):
    """When all has come, in whatever disorder, the rows are those of the table that wrote it."""
    for seed in range(FIRST_SEED, FIRST_SEED + LOGS):
        events = [event for batch in disorder.log(seed, truncations) for event in batch]
        rows = {key: row for key, (row, deleted) in disorder.current(disorder.complete(events, truncations)).items() if not deleted}
        assert rows == disorder.written(seed, truncations).rows, seed


@pytest.mark.parametrize(('deletes', 'truncations'), [('hard', ()), ('hard', disorder.TRUNCATIONS), ('soft', disorder.TRUNCATIONS)],
                         ids=['hard', 'hard-truncated', 'soft-truncated'])
def test_after_each_batch_the_tables_are_what_the_events_say(spark, pipec, scratch, logs, deletes, truncations):
    line = Line(spark, pipec, scratch / f'disorder/{deletes}{len(truncations)}', deletes, truncations=truncations)
    some = logs if deletes == 'hard' and not truncations else seeded(LOGS // 4, truncations)
    wrong = line.failing(some)
    assert not wrong, counterexample(line, some, wrong)
    events, once = spark.sql('SELECT count(*), count(DISTINCT id, _seq, _ord, _tie) FROM bronze.t_log').collect()[0]
    assert events == once
    # All of it again, under other names, writes nothing.
    before = line.warehouse.versions()
    for file in list(line.landing.iterdir()):
        shutil.copy(file, file.with_name(f'again.{file.name}'))
    assert line.warehouse.run() == set()
    after = line.warehouse.versions()
    assert {name for name in before if before[name] != after[name]} <= {'pipec.bronze__t_log__files', 'pipec.bronze__t_log__stage'}


def test_a_log_that_forgets_asks_the_history(spark, pipec, scratch):
    """What was at a key before, which nothing but the history knows any more."""
    line = Line(spark, pipec, scratch / 'disorder/forgets', 'soft', retain='retain 3650 days')
    some = [disorder.long_ago(log) for log in seeded(LOGS // 4)]
    wrong = line.failing(some)
    assert not wrong, counterexample(line, some, wrong)
    assert spark.sql(f"SELECT count(*) FROM bronze.t_log WHERE _op = 'r' AND _source_ts < '2020-01-01'").collect()[0][0] == 0


FAULTS = {
    'no guard against older events': ('''when matched and (
  s._seq > t._seq
  or (s._seq = t._seq and (s._ord > t._ord or (s._ord = t._ord and s._tie > t._tie)))
) then update set''', 'when matched then update set'),
    'no tombstones': ('\nwhen not matched then insert (id, v, n, _deleted', '\nwhen not matched and not s._deleted then insert (id, v, n, _deleted'),
    'any of the events of a key': ('partition by id order by _seq desc, _ord desc, _tie desc', 'partition by id order by _tie'),
    'by time alone': ("greatest(try_cast(get(sequence, 0) as bigint), lsn) as _seq,\n    coalesce(lsn, case when op = 'r' then 0 end) as _ord",
                      'ts_us as _seq,\n    0 as _ord'),
    'a row that lands behind a truncation stays': ('__truncations\n  union all', '__truncations\n  where false\n  union all'),
}


@pytest.mark.parametrize('fault', FAULTS)
def test_a_fault_is_seen_and_made_small(spark, pipec, scratch, fault):
    truncations = [dataclasses.replace(t, lands=(0,)) for t in disorder.TRUNCATIONS[:1]] if 'truncation' in fault else []
    line = Line(spark, pipec, scratch / f'disorder/{fault}', fault=FAULTS[fault], truncations=truncations)
    some = [[[e for part in log[:2] for e in part], [e for part in log[2:] for e in part]] for log in seeded(200, truncations)]
    wrong = line.failing(some)
    assert line.warehouse.engine.times and wrong
    if fault == 'no guard against older events':
        said = counterexample(line, some, wrong)
        assert said.count('batch ') == 2 and 'batch 1: ' in said and 'batch 2: ' in said, said
