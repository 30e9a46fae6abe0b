"""Incremental equals full: random models of each incremental kind, each under many random histories of its inputs and through random runs,
compared with its own query over the inputs as they are. PIPEC_HISTORIES says how many, PIPEC_SEED which ones; a history that fails is made
smaller until nothing can be left out. Without PIPEC_HISTORIES a share of it all, as it fits among the other tests: the rest takes minutes."""
import dataclasses
import os
import re

import pytest

from harness import incremental
from harness import incremental_models as specifications
from harness.incremental_line import Line
from harness.incremental_models import LATER, START, Model
from harness.incremental_plan import Plan, plan, simpler

WHOLE = 'PIPEC_HISTORIES' in os.environ
MODELS = 6 if WHOLE else 3  # of a specification, besides those below them
PLACES = 32  # histories that each of them goes through
HISTORIES = int(os.environ.get('PIPEC_HISTORIES', MODELS * PLACES))
FIRST_SEED = int(os.environ.get('PIPEC_SEED', 1))


def histories(seed, count=PLACES):
    # One of them has rows from before the models begin.
    return [incremental.history(f'{seed} {place}', earliest=-2 if place == 0 else 0) for place in range(count)]


def counterexample(line, some):
    """One model, the smallest history and the simplest runs that it is wrong after."""
    name, places = min(line.found.items(), key=lambda pair: len(pair[0]))
    model = next(model for model in line.models if model.name == name)
    alone = Line(line.spark, line.pipec, line.folder / 'smaller', specifications.with_layers([model]), line.plan, line.faults, line.together)
    alone.build()

    def failing(candidates):
        return sorted(alone.failing(candidates).get(name, ()))

    smallest = min((some[place] for place in places), key=incremental.size)
    for runs in (*simpler(line.plan), line.plan):
        alone.plan = runs
        if failing([smallest]):
            break
    smallest = incremental.shrunk(smallest, failing)
    wrong = {name: len(places) for name, places in line.found.items()}
    return '\n'.join([f'wrong, with how many of {len(some)} histories: {wrong}', model.text(0), model.text(1), alone.plan.shown(),
                      incremental.shown(smallest)])


def test_the_histories_hold_what_they_are_for():
    counts = dict.fromkeys(['late', 'deleted', 'again', 'other day', 'other hour', 'same hour', 'moved key', 'other group', 'during'], 0)
    for history in histories(FIRST_SEED, 200):
        rows, newest, gone, seen = {}, 0, None, dict.fromkeys(counts, False)
        for number, batch in enumerate(history):
            for change in batch:
                at = change.table, change.key
                before, after = rows.get(at), change.row
                seen['during'] |= number % 2 == 1
                seen['deleted'] |= after is None
                seen['again'] |= before is None and at in rows
                if after and change.table == 'a':
                    seen['late'] |= number > 0 and before is None and after[2] < newest
                    newest = max(newest, after[2])
                    seen['moved key'] |= after == gone
                if after and before and change.table == 'a':
                    seen['other day'] |= before[2] // 24 != after[2] // 24
                    seen['other hour'] |= before[2] // 24 == after[2] // 24 and before[2] // 1 != after[2] // 1
                    seen['same hour'] |= before[2] // 1 == after[2] // 1 and before[2] != after[2]
                    seen['other group'] |= before[1] != after[1]
                rows[at], gone = after, before if after is None else None
        for name, is_there in seen.items():
            counts[name] += is_there
    assert min(counts.values()) > 5, counts


@pytest.mark.parametrize('number', range(-(-HISTORIES // (MODELS * PLACES))))
def test_each_model_holds_what_its_full_rebuild_gives(spark, pipec, scratch, number):
    seed = FIRST_SEED + number
    models = specifications.with_layers(specifications.models(seed, MODELS))
    line = Line(spark, pipec, scratch / f'incremental/{number}', models, plan(seed, models, PLACES * incremental.DAYS))
    refused = line.build()
    # What cannot be followed is refused by the input's name, and rare.
    assert len(refused) <= MODELS // 2 and all(re.search('`(bronze|silver|raw)\\.', one['message']) for one in refused), refused
    some = histories(seed)
    assert not line.failing(some), counterexample(line, some)


whole = pytest.mark.skipif(not WHOLE, reason='minutes: with PIPEC_HISTORIES')

BY_DAY = Model('', 'time', ('t',), 'grain 1 day  batch 1 days',
               "select date_trunc('DAY', at) as t, count(*) as n, sum(v) as total from bronze.a group by date_trunc('DAY', at)",
               't timestamp not null, n bigint, total bigint')
BY_KEY = Model('', 'key', ('id',), '', 'select id, g, v from bronze.a where v > 2', 'id bigint not null, g bigint, v int')


@whole
def test_windows_one_at_a_time(spark, pipec, scratch):
    """As they are built outside of tests, with runs that die between two of them."""
    models = [dataclasses.replace(BY_DAY, name='gold.by_day')]
    line = Line(spark, pipec, scratch / 'incremental/windows', models, plan(5, models, 3 * incremental.DAYS), together=None)
    line.build()
    some = histories('windows', 3)
    assert not line.failing(some), counterexample(line, some)


FOUND = (
    # A condition of an outer join on the rows that it keeps took their changes for none.
    Model('gold.outer', 'time', ('t',), 'grain 1 day  batch 8 days',
          'select a.id, a.at as t, a.v, b.w from bronze.a as a left join raw.c as b on b.id = a.k and a.v > 2',
          'id bigint, t timestamp not null, v int, w int'),
    Model('gold.anti', 'key', ('id',), '', 'select a.id, a.v from bronze.a as a left anti join raw.c as b on b.id = a.k and a.v > 2',
          'id bigint not null, v int'),
    # One above a window function left out rows that say which of the others is the first.
    Model('gold.first', 'key', ('g',), '',
          'select g, id, v from (select *, row_number() over (partition by g order by at, v, id) as rn from bronze.a) where rn = 1 and v > 2',
          'g bigint not null, id bigint, v int'),
    # Rows from before the start stayed when the model began later.
    Model('gold.later', 'time', ('t',), 'grain 1 day  batch 8 days', 'select a.id, a.at as t, a.v from bronze.a as a',
          'id bigint, t timestamp not null, v int', starts=(START, LATER)),
)


def no_before_image(sql):
    """Of an update the row after it alone."""
    return sql.replace("('insert', 'update_postimage') then 1 else -1 end",
                       "('insert', 'update_postimage') then 1 when _change_type = 'delete' then -1 else 0 end")


def no_rounding(sql):
    return re.sub(r"date_trunc\('DAY', ((?:changed|other_\d)\.\w+)\) as grain", r'\1 as grain', sql)


def no_deletion(sql):
    """A key that has left keeps the row that it had."""
    key = re.search(r'\bt\.(\w+) = s\.', sql)
    return sql.replace('not s.pipec_present then delete', f'not s.pipec_present then update set {key[1]} = t.{key[1]}') if key else sql


FAULTS = {'gold.no_before_image': (BY_DAY, no_before_image), 'gold.no_rounding': (BY_DAY, no_rounding), 'gold.no_deletion': (BY_KEY, no_deletion)}


def test_what_was_wrong_once_and_what_would_be_wrong(spark, pipec, scratch):
    faulty = [dataclasses.replace(model, name=name) for name, (model, _) in FAULTS.items()]
    line = Line(spark, pipec, scratch / 'incremental/known', [*FOUND, *faulty], Plan(switch=1), {name: fault for name, (_, fault) in FAULTS.items()})
    assert line.build() == []
    found = line.failing(histories('known'))
    assert set(found) == set(FAULTS) == {name for name, times in line.wrong.items() if times}, (found, line.wrong)


@whole
def test_a_fault_is_made_small(spark, pipec, scratch):
    models = [dataclasses.replace(BY_KEY, name='gold.no_deletion')]
    line = Line(spark, pipec, scratch / 'incremental/small', models, plan(3, models, 1), {'gold.no_deletion': no_deletion})
    line.build()
    some = histories('small', 8)
    assert line.failing(some)
    said = counterexample(line, some)
    # One row that is there, and one change after which it is not.
    assert len(re.findall('(?:before|since the start of) run', said)) == 2 and 'crash' not in said, said
