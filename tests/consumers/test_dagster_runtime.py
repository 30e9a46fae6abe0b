"""The Dagster runtime on manifests written by hand: hostile names, checks that stop and checks that do not, ticks."""
import datetime
import sys

import pytest
from harness import env

sys.path.insert(0, str(env.ROOT / 'runtime'))

import dagster as dg  # noqa: E402
import pipec_dagster  # noqa: E402
import pipec_runtime  # noqa: E402
from pipec_dagster import names  # noqa: E402

from handmade import Dist  # noqa: E402
from test_runtime import Fake  # noqa: E402

HOSTILE = ['class', 'config', 'a__b', '_a', 'a_', 'a.b', 'a-b', 'a b', 'a b c', 'a\nb', "it's", '"q"', '{{x}}', '${x}', '%s',
           'é', '名', '', ' ', 'x' * 300, 'x' * 299 + 'y', 'A', '0', 'None', '1e5', 'dagster', 'Äb', 'ab_', 'a/b', 'a[0]']


class Closing(Fake):
    closed = False

    def close(self):
        self.closed = True


@pytest.fixture
def dist(tmp_path):
    return Dist(tmp_path)


def definitions(dist, warehouse=None):
    engines = {'warehouse': lambda: warehouse or Closing(), 'serving': Closing}
    return pipec_dagster.build(pipec_runtime.load(dist.manifest()), engines)


def execute(defs, job, **options):
    with dg.instance_for_test() as instance:
        result = defs.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False, **options)
        run = instance.get_run_by_id(result.run_id)
        done = {tuple(event.asset_key.path) for event in result.get_asset_materialization_events()}
        checks = {e.check_name: (e.passed, e.severity.value) for e in result.get_asset_check_evaluations()}
        return run.status, done, checks


def test_identifiers_never_collide():
    made = [names.identifier(*parts) for parts in
            [(n,) for n in HOSTILE] + [('a', 'b__c'), ('a__b', 'c'), ('a', 'b', 'c'), ('a_b', 'c'), ('a', 'b_c')]]
    assert len(set(made)) == len(made)
    for name in made:
        dg.OpDefinition(lambda: None, name)


def test_dagster_takes_names_of_any_kind(dist):
    for i, name in enumerate(HOSTILE):
        checks = [{'name': other, 'policy': 'warn', 'description': other} for other in HOSTILE if other]
        dist.node(f's.n{i}', [dist.step('1', 'A')], key=['s', name] if name else ['s', 'empty'], group=name or 'g', tags=[
            other for other in HOSTILE if other], owner=name, description=name, checks=checks, columns=[
            {'name': name, 'type': 'struct<a: int>', 'pii': [name or 'x']}], lineage={name: [{'key': ['s', name], 'column': name}]})
        dist.schedule(name, [f's.n{i}'])
    repository = definitions(dist).get_repository_def()
    assert len(repository.get_all_jobs()) >= len(HOSTILE)
    assert len(repository.asset_graph.materializable_asset_keys) == len(HOSTILE)
    assert len(repository.asset_graph.asset_check_keys) == len(HOSTILE) * (len(HOSTILE) - 1)


def test_a_dashboard_is_seen_behind_what_it_reads(dist):
    dist.node('s.a', [])
    dist.part('dashboards', 'd', {'name': 'd', 'key': ['dashboard', 'superset', 'p', 'd'], 'tool': 'superset', 'owner': 'x@y.example',
                                  'reads': [{'key': ['s', 'a'], 'columns': ['x']}]})
    node = definitions(dist).get_repository_def().asset_graph.get(dg.AssetKey(['dashboard', 'superset', 'p', 'd']))
    assert node.is_external and node.parent_keys == {dg.AssetKey(['s', 'a'])} and node.kinds == {'superset'}
    assert node.metadata['pipec/reads'] == {'s.a': ['x']}


def diamond(dist, policy):
    """a -> b -> d, a -> c; the check of b is `policy`."""
    gate = dist.step('g', 'G', kind='gate', check='unique__id', policy=policy)
    dist.node('s.a', [dist.step('a', 'A')])
    dist.node('s.b', [gate, dist.step('b', 'B')], deps=[['s', 'a']], checks=[{'name': 'unique__id', 'policy': policy}])
    dist.node('s.c', [dist.step('c', 'C')], deps=[['s', 'a']])
    dist.node('s.d', [dist.step('d', 'D')], deps=[['s', 'b']])
    dist.schedule('all', ['s.a', 's.b', 's.c', 's.d'], retries=2)
    return Closing({'G': (['failures'], (3,))})


@pytest.mark.parametrize('policy, status, published, stopped', [
    ('block', 'FAILURE', False, ['B', 'D']), ('fail', 'FAILURE', True, []), ('warn', 'SUCCESS', True, [])])
def test_a_failing_check_of_a_node(dist, policy, status, published, stopped):
    warehouse = diamond(dist, policy)
    got, done, checks = execute(definitions(dist, warehouse), 'all')
    assert got.value == status
    assert done == {('s', n) for n in ('abcd' if published else 'ac')}
    assert checks == {'unique__id': (False, 'WARN' if policy == 'warn' else 'ERROR')}
    assert sorted(set('ABCD') - set(warehouse.calls)) == stopped
    # The same rows would fail again: a wrong row is not tried twice.
    assert warehouse.calls.count('G') == 1
    assert warehouse.closed


@pytest.mark.parametrize('policy, status, done', [
    ('block', 'FAILURE', 'ac'), ('fail', 'FAILURE', 'abcd'), ('warn', 'SUCCESS', 'abcd')])
def test_a_failing_check_that_stands_by_itself(dist, policy, status, done):
    warehouse = diamond(dist, 'warn')
    warehouse.answers['K'] = (['failures'], (1,))
    dist.check('odd', 's.a', [dist.step('k', 'K', kind='gate', check='odd', policy=policy)], policy)
    if policy == 'block':
        # Only what is below the checked table waits; c gets another input.
        dist.node('s.c', [dist.step('c', 'C')], deps=[])
        done = 'ac'
    dist.schedule('all', ['s.a', 's.b', 's.c', 's.d'], ['odd'])
    got, made, checks = execute(definitions(dist, warehouse), 'all')
    assert (got.value, made) == (status, {('s', n) for n in done})
    assert checks['odd'] == (False, 'WARN' if policy == 'warn' else 'ERROR')


def test_a_check_in_a_loop_counts_all_rows_of_the_loop_even_none(dist):
    steps = [dist.step('q', 'Q', kind='for_each'), dist.step('g', 'G', kind='gate', check='c', policy='warn', loop='q')]
    dist.node('s.a', steps, checks=[{'name': 'c', 'policy': 'warn'}])
    dist.schedule('all', ['s.a'])
    for days, passed in (([], True), ([(1,), (2,)], False)):
        warehouse = Closing({'Q': (['day'], *days), 'G': (['failures'], (2,))})
        got, done, checks = execute(definitions(dist, warehouse), 'all')
        assert (got.value, done, checks) == ('SUCCESS', {('s', 'a')}, {'c': (passed, 'WARN')})
        assert warehouse.calls == ['Q'] + ['G'] * len(days)


def test_a_broken_statement_is_tried_again(dist):
    errors = [Exception('lost'), Exception('lost')]

    def flaky(engine):
        if errors:
            raise errors.pop()
    dist.node('s.a', [dist.step('a', 'A')])
    dist.schedule('all', ['s.a'], retries=2)
    assert execute(definitions(dist, Closing({'A': flaky})), 'all')[0].value == 'SUCCESS'
    errors += [Exception('lost')] * 3
    assert execute(definitions(dist, Closing({'A': flaky})), 'all')[0].value == 'FAILURE'


def test_a_task_is_given_its_time(dist):
    import time

    def slow(engine):
        for _ in range(3000):
            if engine.cancelled:
                raise RuntimeError('cancelled')
            time.sleep(0.01)
    dist.node('s.a', [dist.step('a', 'A')])
    dist.schedule('all', ['s.a'], task_timeout_seconds=1)
    start = time.monotonic()
    assert execute(definitions(dist, Closing({'A': slow})), 'all')[0].value == 'FAILURE'
    assert time.monotonic() - start < 20


def test_a_tick_while_the_last_run_is_going_is_skipped(dist):
    dist.node('s.a', [dist.step('a', 'A')])
    dist.schedule('often', ['s.a'], cron='*/10 * * * *', status='stopped')
    defs = definitions(dist)
    repository = defs.get_repository_def()
    schedule = repository.get_schedule_def('often__schedule')
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    now = datetime.datetime(2026, 3, 29, 1, tzinfo=datetime.timezone.utc)
    with dg.instance_for_test() as instance:
        def tick():
            context = dg.build_schedule_context(instance=instance, scheduled_execution_time=now, repository_def=repository)
            return schedule.evaluate_tick(context)
        assert len(tick().run_requests) == 1
        run = instance.create_run_for_job(defs.resolve_job_def('often'), status=dg.DagsterRunStatus.STARTED)
        assert tick().run_requests == [] and run.run_id in tick().skip_message
        instance.report_run_failed(run)
        assert len(tick().run_requests) == 1


def test_secrets_are_looked_up_when_a_run_starts(dist, monkeypatch):
    monkeypatch.delenv('HANDMADE_DSN', raising=False)
    dist.node('x', [dist.step('1', 'select 1', engine='serving', destination='app')])
    dist.schedule('all', ['x'])
    defs = pipec_dagster.build(pipec_runtime.load(dist.manifest()))
    assert defs.get_repository_def().get_job('all')
    with pytest.raises(dg.DagsterResourceFunctionError) as failed:
        defs.resolve_job_def('all').execute_in_process()
    assert 'HANDMADE_DSN is not set' in str(failed.value.__cause__)
