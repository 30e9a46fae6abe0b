"""Runs of DAGs by both generations of Airflow: specs/first on Spark and PostgreSQL, and small ones written by hand. Spark is
in the tests' process, which answers to the runtime in Airflow's."""
import shutil
import sys

import pytest

from harness import env
from harness.airflow import GENERATIONS, Airflow
from harness.serving import Serving  # makes the runtime importable
from harness.warehouse import Warehouse
from pipec_runtime.engines.spark import SparkEngine

from handmade import Dist
from test_airflow import project  # noqa: F401: a fixture
from test_dagster_events import SECRET, Channel, told
from test_dagster_runtime import HOSTILE as ANY
from test_dagster import SERVED, Line
from test_runtime import Fake

sys.path.insert(0, str(env.ROOT / 'tests/consumers/in_airflow'))

from remote_engine import Served  # noqa: E402

HOSTILE = [name for name in ANY if name]
DUE = 'x-pipec-due://first/prod/nightly/customer_value'


@pytest.fixture(scope='module', params=GENERATIONS)
def airflow(request, scratch):
    made = Airflow(request.param, scratch / f'airflow/runs{request.param}')
    made.migrate()
    return made


class AirflowLine(Line):
    """As Dagster's, with other runs."""

    def __init__(self, spark, postgres, dist, landing, airflow):
        self.landing, self.airflow, self.dags = landing, airflow, dist / 'airflow/dags'
        self.warehouse = Warehouse(spark, dist, orchestrator='airflow')
        self.warehouse.drop()
        self.warehouse.deploy()
        self.serving = Serving(postgres, dist, f'airflow{airflow.generation}', 'airflow')
        self.serving.make_people()
        self.serving.deploy()
        self.served = Served(SparkEngine(spark), airflow.home / 'engine')

    def run(self, *dags):
        asked = [word for dag in dags for word in (f'first__prod__{dag}', '{}')]
        return self.airflow.script('run.py', self.dags, self.served.address, *asked, dags=self.dags,
                                   SERVING_DSN=self.serving.dsn('loader'), DATABRICKS_HTTP_PATH='none')


@pytest.fixture(scope='module')
def line(spark, postgres, pipec, project, landed, scratch, airflow):  # noqa: F811
    landing = scratch / f'airflow/landing{airflow.generation}'
    dist = pipec.build(project, '--var', 'catalog=spark_catalog', '--var', f'landing=file:{landing}',
                       out=scratch / f'airflow/line{airflow.generation}') / 'prod'
    landed.copy(1, landing)
    made = AirflowLine(spark, postgres, dist, landing, airflow)
    yield made
    made.served.close()
    made.warehouse.drop()


def test_a_failing_check_stops_the_export_and_a_good_run_calls_it(line):
    # Customer 5 has no other order, so that what they spent is negative.
    wrong = {'order_id': 900, 'customer_id': 5, 'discount': None, 'status': 'paid', 'placed_at': '2026-01-03T06:00:00Z'}
    line.land(**wrong, amount='-10.0000', updated_at='2026-03-01T10:00:00Z')
    seen = line.run('nightly')
    assert seen['runs'][0]['state'] == 'failed', seen
    states = seen['runs'][0]['tasks']
    assert states.pop('gold__customer_value.run') == 'failed', states
    assert states.pop('gold__country_ranking.run') == 'upstream_failed'
    assert set(states.values()) == {'success'}, states
    assert DUE not in seen['told'] and 'x-pipec-table://first/prod/gold/sales_daily' in seen['told']
    assert line.serving.rows() == []

    line.land(**wrong | {'status': 'cancelled'}, amount='10.0000', updated_at='2026-03-01T11:00:00Z')
    seen = line.run('nightly', 'nightly__export__customer_value')
    assert [run['state'] for run in seen['runs']] == ['success', 'success'], seen
    assert DUE in seen['told']
    assert line.serving.rows() == SERVED


def by_hand(scratch, generation, name):
    dist = Dist(scratch / f'airflow/hand{generation}/{name}', 'airflow')
    shutil.copytree(env.ROOT / 'runtime', dist.root / 'airflow/_runtime', ignore=shutil.ignore_patterns('__pycache__'))
    return dist


def dag_files(dist, *schedules):
    for i, schedule in enumerate(schedules):
        dist.write(f'airflow/dags/it{i}.py', 'import pathlib, sys; sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "_runtime"))\n'
                   'import pipec_airflow  # airflow dag\n'
                   f'globals().update(pipec_airflow.schedule(pathlib.Path(__file__).parents[1] / "manifest.json", {schedule!r}))\n')
    dist.manifest()
    return dist.root / 'airflow/dags'


def run_by_hand(airflow, dist, schedule, fake, **environment):
    dags = dag_files(dist, schedule)
    served = Served(fake, dist.root / 'engine')
    try:
        return airflow.script('run.py', dags, served.address, f'handmade__prod__{schedule}', '{}', dags=dags, **environment)
    finally:
        served.close()


@pytest.mark.parametrize('policy, state, published', [('block', 'failed', False), ('fail', 'failed', True), ('warn', 'success', True)])
def test_a_failing_check_that_stands_by_itself(airflow, scratch, policy, state, published):
    dist = by_hand(scratch, airflow.generation, policy)
    dist.node('s.a', [dist.step('a', 'A')])
    dist.node('s.b', [dist.step('b', 'B')], deps=[['s', 'a']])
    dist.node('x', [dist.step('x', 'X')], kind='export', deps=[['s', 'a']])
    dist.check('odd', 's.a', [dist.step('k', 'K', kind='gate', check='odd', policy=policy)], policy, deps=[['s', 'a']])
    dist.schedule(policy, ['s.a', 's.b', 'x'], ['odd'])
    fake = Fake({'K': (['failures'], (1,))})
    seen = run_by_hand(airflow, dist, policy, fake)
    assert seen['runs'][0]['state'] == state, seen
    assert fake.calls == ['A', 'K', 'B'] or fake.calls == ['A', 'B', 'K'] if published else fake.calls == ['A', 'K']
    assert (f'x-pipec-due://handmade/prod/{policy}/x' in seen['told']) == published


def test_the_end_of_a_run_is_told(airflow, scratch):
    channel = Channel()
    dist = by_hand(scratch, airflow.generation, 'told')
    gate = dist.step('g', 'G', kind='gate', check='c', policy='block')
    dist.node('s.a', [gate], checks=[{'name': 'c', 'policy': 'block'}])
    dist.schedule('told', ['s.a'], alerts=told('failure'))
    fake = Fake({'G': (['failures'], (2,))})
    assert run_by_hand(airflow, dist, 'told', fake, ALERTS=channel.address)['runs'][0]['state'] == 'failed'
    fake.answers['G'] = (['failures'], (0,))
    assert run_by_hand(airflow, dist, 'told', fake, ALERTS=channel.address)['runs'][0]['state'] == 'success'
    channel.close()
    [(path, message)] = channel.messages
    assert path == SECRET and message['text'].startswith('handmade (prod): told: failure, run manual__')


def test_what_starts_a_schedule_besides_the_clock(airflow, scratch):
    dist = by_hand(scratch, airflow.generation, 'starts')
    dist.node('s.a', [dist.step('a', 'A')])
    dist.node('s.b', [dist.step('b', 'B')])
    dist.part('sources', 'ga4', {'name': 'ga4', 'kind': 'external', 'tables': []})
    starts = {'hand': {'start': 'manual'}, 'next': {'start': 'after', 'after': 'hand'}, 'ever': {'start': 'continuous'},
              'loaded': {'start': 'after', 'after_source': 'ga4'}}
    for name, start in starts.items():
        dist.schedule(name, ['s.a', 's.b'], **start)
    found = airflow.probe(dag_files(dist, *starts))
    assert found['errors'] == {}
    dags = {name: found['dags'][f'handmade__prod__{name}'] for name in starts}
    assert [dags[n]['timetable'][0] for n in ('hand', 'ever')] == ['NullTimetable', 'ContinuousTimetable']
    assert dags['next']['waits_for'] == dags['hand']['tasks']['end']['outlets'] == ['x-pipec-schedule://handmade/prod/hand']
    assert dags['hand']['tasks']['end']['upstream'] == ['s__a.run', 's__b.run']
    assert dags['loaded']['waits_for'] == ['x-pipec-source://handmade/prod/ga4']
    assert all('end' not in dags[n]['tasks'] for n in ('next', 'ever', 'loaded'))


def test_airflow_takes_names_of_any_kind(airflow, scratch):
    dist = by_hand(scratch, airflow.generation, 'names')
    for i, name in enumerate(HOSTILE):
        dist.node(f's.n{i}', [dist.step('1', 'A')], key=['s', name], owner=name, description=name + '.md', tags=[name],
                  checks=[{'name': name, 'policy': 'fail'}])
        dist.part('checks', name, {'name': name, 'target': ['s', name], 'policy': 'block', 'steps': []})
        dist.schedule(name, [f's.n{i}'], [name], tags=[name], description=name + '.md')
    found = airflow.probe(dag_files(dist, *HOSTILE))
    assert found['errors'] == {} and len(found['dags']) == len(HOSTILE)
    assert {task['doc'] for dag in found['dags'].values() for task in dag['tasks'].values()} >= {n + '.md' for n in HOSTILE}


def test_a_backfill_in_batches_asks_for_three_runs(airflow, scratch):
    dist = by_hand(scratch, airflow.generation, 'backfill')
    queue = dist.step('q', 'Q', phase='backfill', params=['backfill_start', 'backfill_end'])
    dist.node('s.a', [queue, dist.step('a', 'A')], partitions={'grain_seconds': 86400, 'start': '2026-01-01', 'batch': 7})
    manifest = dist.manifest()
    dist.write('airflow/dags/it.py', 'import pathlib, sys; sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "_runtime"))\n'
               'import pipec_airflow  # airflow dag\n'
               'globals().update(pipec_airflow.backfills(pathlib.Path(__file__).parents[1] / "manifest.json"))\n')
    fake = Fake()
    served = Served(fake, dist.root / 'engine')
    try:
        seen = airflow.script('backfill.py', dist.root / 'airflow/dags', served.address, manifest, 's.a', '2026-10-01', '2026-10-21',
                              dags=dist.root / 'airflow/dags')
    finally:
        served.close()
    windows = [('2026-10-01', '2026-10-08'), ('2026-10-08', '2026-10-15'), ('2026-10-15', '2026-10-21')]
    asked = [{'start': f'{a} 00:00:00', 'end': f'{b} 00:00:00'} for a, b in windows]
    assert seen == {'dag': 'handmade__prod__s__a__table__backfill', 'asked': asked, 'state': 'success'}
    assert fake.calls == [('Q', {'backfill_start': asked[0]['start'], 'backfill_end': asked[0]['end']}), 'A']
