"""The real Airflow, 3 and 2.10, loads what the compiler wrote for specs/first with `airflow` in the place of `dagster`, and
what it understands equals the table below, written by hand from the specification."""
import re
import shutil
import subprocess

import pytest

from harness import env
from harness.serving import Serving  # noqa: F401: makes the runtime importable
from harness.airflow import GENERATIONS, Airflow
from harness.pipec import tool
import pipec_dagster

OWNER = 'data@shop.example'
# Each node, what it waits for within a DAG, and its pool where two schedules write it (all but the ranking).
NODES = {
    'bronze__customers_log': [],
    'bronze__customers': ['bronze__customers_log.run'],
    'bronze__orders_log': [],
    'bronze__orders': ['bronze__orders_log.run'],
    'bronze__orders_history': ['bronze__orders_log.run'],
    'silver__orders_valid': ['bronze__orders.run'],
    'gold__sales_daily': ['bronze__customers.run', 'silver__orders_valid.run'],
    'gold__customer_value': ['bronze__customers.run', 'silver__orders_valid.run'],
    'gold__country_ranking': ['gold__customer_value.run'],
}
TABLE = 'x-pipec-table://first/prod/'
SCHEDULES = {
    'near_real_time': {'without': ['gold__country_ranking'], 'timetable': ['CronTriggerTimetable', '*/10 * * * *', 'UTC'],
                       'limit': 240, 'description': 'The customer page, all day long.'},
    'nightly': {'without': [], 'timetable': ['CronTriggerTimetable', '0 3 * * *', 'Europe/London'], 'limit': 3600,
                'description': 'Everything, before the office opens.'},
}


def a_task(kind, name, seconds, **more):
    return {'owner': OWNER, 'retries': 1, 'delay': 30, 'backoff': True, 'pool': 'default_pool', 'upstream': [],
            'limit': seconds + 60, 'own_limit': seconds, 'outlets': [], 'rule': 'all_success', 'kind': kind, 'rendered': [],
            'group': name, **more}


def tasks_of(schedule, limit, without):
    made = {}
    for name, upstream in NODES.items():
        if name in without:
            continue
        node = name.replace('__', '.')
        outlets = [TABLE + name.replace('__', '/')]
        if name == 'gold__customer_value':
            outlets.insert(0, f'x-pipec-due://first/prod/{schedule}/customer_value')
        shared = name not in ('gold__country_ranking',)
        made[f'{name}.run'] = a_task('RunNode', name, limit, upstream=upstream, outlets=outlets,
                                     pool=f'first.prod.{node}' if shared else 'default_pool')
        if name.endswith('_log'):
            # Lines that cannot be read turn the run red, and stop nothing.
            made[f'{name}.checks'] = a_task('TurnRed', name, limit, upstream=[f'{name}.run'], retries=0, limit=None, own_limit=None,
                                            delay=300, backoff=False)
    valid = 'silver__orders_valid'
    made[f'{valid}.check__order_after_account'] = a_task(
        'RunCheck', valid, limit, upstream=['bronze__customers.run', f'{valid}.run'])
    return made


def wanted():
    dags = {}
    shared = {'active': 1, 'catchup': False, 'paused': False, 'told': [False, False], 'tags': ['first']}
    for name, said in SCHEDULES.items():
        dags[f'first__prod__{name}'] = shared | {
            'timetable': said['timetable'], 'waits_for': [], 'description': said['description'],
            'tasks': tasks_of(name, said['limit'], said['without'])}
        dags[f'first__prod__{name}__export__customer_value'] = shared | {
            'waits_for': [f'x-pipec-due://first/prod/{name}/customer_value'], 'description': 'What the customer page shows.',
            'tasks': {'customer_value.run': a_task('RunNode', 'customer_value', said['limit'],
                                                   pool='first.prod.customer_value', outlets=[TABLE + 'customer_value'])}}
    dags['first__prod__gold__sales_daily__table__backfill'] = shared | {
        'waits_for': [], 'description': 'gold.sales_daily, built again from `start` to `end`', 'tags': ['backfill', 'first'],
        'tasks': {'gold__sales_daily.run': a_task(
            'RunWindow', 'gold__sales_daily', 0, pool='first.prod.gold.sales_daily', outlets=[TABLE + 'gold/sales_daily'],
            retries=0, delay=300, backoff=False, limit=None)}}
    return dags


def differences(found):
    """Where what an Airflow shows is not what the table says."""
    got, want = found['dags'], wanted()
    said = [f'errors: {found["errors"]}'] if found['errors'] else []
    if got.keys() != want.keys():
        said.append(f'DAGs: {sorted(got.keys() ^ want.keys())}')
    for name in got.keys() & want.keys():
        timetable = want[name].get('timetable')
        kind = got[name]['timetable'][0]
        if timetable and timetable != got[name]['timetable']:
            said.append(f'{name}: {got[name]["timetable"]}')
        if not timetable and not kind.startswith(('Asset', 'Dataset')) and kind != 'NullTimetable':
            said.append(f'{name}: {kind}')
        said += [f'{name}.{key}: {got[name][key]} != {value}' for key, value in want[name].items()
                 if key not in ('timetable', 'tasks') and got[name][key] != value]
        tasks = got[name]['tasks']
        if tasks.keys() != want[name]['tasks'].keys():
            said.append(f'{name}: {sorted(tasks.keys() ^ want[name]["tasks"].keys())}')
            continue
        for id, task in want[name]['tasks'].items():
            said += [f'{name}/{id}.{key}: {tasks[id][key]} != {value}' for key, value in task.items() if tasks[id][key] != value]
    return said


@pytest.fixture(scope='module')
def project(scratch):
    """specs/first, run by Airflow."""
    folder = scratch / 'airflow/first'
    shutil.copytree(env.ROOT / 'specs/first', folder, dirs_exist_ok=True)  # two suites ask for it
    file = folder / 'pipec.yaml'
    file.write_text(file.read_text().replace('dagster', 'airflow'))
    return folder


@pytest.fixture(scope='module')
def dist(pipec, scratch, project):
    return pipec.build(project, '--var', 'catalog=spark_catalog', '--var', f'landing=file:{scratch}/airflow/landing',
                       out=scratch / 'airflow/dist') / 'prod'


@pytest.fixture(scope='module', params=GENERATIONS)
def airflow(request, scratch):
    return Airflow(request.param, scratch / f'airflow/home{request.param}')


def test_what_airflow_understands_is_what_was_specified(airflow, dist):
    found = airflow.probe(dist / 'airflow/dags')
    assert found['version'].startswith(airflow.generation)
    assert differences(found) == []


def test_artifacts_hold_no_value_of_a_secret(dist):
    config = (dist / 'airflow/manifest.json').read_text()
    assert '"reference": "env:SERVING_DSN"' in config and '"value"' not in config


# ---- the same instants
FROM, DAYS = 1771545600, 400  # 2026-02-20, over the clock changes of both hemispheres
TO = FROM + DAYS * 86400
BY_DAY = ['0 3 * * *', '30 2 * * *', '30 0 * * *', '30 23 * * *', '30 1 * * 0', '0 0 1,15 * *', '15 2 */2 * 1', '0 1 * * *']
IN_UTC = ['*/10 * * * *', '15,45 * * * *', '*/15 1-3 * * *', '0 */4 * * *']
ZONES = ['UTC', 'Europe/Berlin', 'Europe/London', 'Europe/Dublin', 'America/New_York', 'America/Sao_Paulo', 'Africa/Cairo',
         'America/Havana', 'Asia/Beirut', 'Atlantic/Azores', 'Australia/Sydney', 'Africa/Casablanca']
PLANS = [(cron, zone) for cron in BY_DAY for zone in ZONES] + [(cron, 'UTC') for cron in IN_UTC]
CLOCKS = """name: clocks
language: 1
connections: {{ warehouse: {{ http_path: {{ airflow: "env:P", dagster: "env:P", databricks_jobs: "env:P" }} }} }}
targets: {{ prod: {{ warehouse: {{ engine: databricks, catalog: main }}, backends: {{ databricks: {{}}, {0}: {{}} }} }} }}
"""


def clocks(folder, orchestrator, plans):
    """A project with a schedule a plan, by its number."""
    folder.mkdir(parents=True)
    (folder / 'pipec.yaml').write_text(CLOCKS.format(orchestrator))
    zone = {'UTC': ''} | {name: f"  timezone '{name}'" for name in ZONES[1:]}
    lines = [f"schedule s{i} {{ cron '{cron}'{zone[place]}  run all }}" for i, (cron, place) in plans]
    (folder / 'it.pipe').write_text('model gold.one { full as select 1 as id }\n' + '\n'.join(lines) + '\n')
    return folder


@pytest.fixture(scope='module')
def refused(pipec, scratch):
    """The plans that Airflow would start at another moment, as the compiler says."""
    project = clocks(scratch / 'airflow/all_clocks', 'airflow', list(enumerate(PLANS)))
    done = pipec.run('build', project, '--out', scratch / 'airflow/no', check=False)
    found = re.findall(r'error\[(PIPE\d+)\].*\n *--> .*it\.pipe:(\d+):', done.stdout + done.stderr)
    assert {code for code, _ in found} == {'PIPE2251'}
    return {int(line) - 2 for _, line in found}


def expected(plan):
    done = subprocess.run([tool('fires'), *plan, str(FROM), str(TO)], capture_output=True, text=True, check=True)
    return [int(line) for line in done.stdout.split()]


def test_airflow_fires_when_the_compiler_says(pipec, scratch, airflow, refused):
    assert len(PLANS) / 2 > len(refused) > 5
    kept = [(i, plan) for i, plan in enumerate(PLANS) if i not in refused]
    project = clocks(scratch / f'airflow/clocks{airflow.generation}', 'airflow', kept)
    dist = pipec.build(project, out=scratch / f'airflow/clocks_dist{airflow.generation}') / 'prod'
    dags = airflow.probe(dist / 'airflow/dags', FROM, TO)['dags']
    assert len(dags) == len(kept)
    assert [plan for i, plan in kept if dags[f'clocks__prod__s{i}']['fires'] != expected(plan)] == []


def test_what_is_refused_would_fire_at_another_moment(scratch, refused):
    """By Airflow's own timetable: none is refused without need."""
    from handmade import Dist
    dist = Dist(scratch / 'airflow/refused', 'airflow')
    dist.node('s.a', [])
    for i in refused:
        dist.schedule(f's{i}', ['s.a'], cron=PLANS[i][0], timezone=PLANS[i][1])
        dist.write(f'airflow/dags/s{i}.py', f'import pathlib, sys; sys.path.insert(0, {str(env.ROOT / "runtime")!r})\n'
                   'import pipec_airflow  # airflow dag\n'
                   f'globals().update(pipec_airflow.schedule(pathlib.Path({str(dist.root)!r}) / "airflow/manifest.json", "s{i}"))\n')
    dist.manifest()
    # Some only differ in a later year.
    until = FROM + 12 * 365 * 86400
    dags = Airflow('3', scratch / 'airflow/home3').probe(dist.root / 'airflow/dags', FROM, until)['dags']
    for i in refused:
        done = subprocess.run([tool('fires'), *PLANS[i], str(FROM), str(until)], capture_output=True, text=True, check=True)
        assert dags[f'handmade__prod__s{i}']['fires'] != [int(line) for line in done.stdout.split()], PLANS[i]


def test_dagster_fires_when_the_compiler_says(pipec, scratch):
    from dagster._utils.schedules import schedule_execution_time_iterator
    project = clocks(scratch / 'airflow/clocks_dagster', 'dagster', list(enumerate(PLANS)))
    dist = pipec.build(project, out=scratch / 'airflow/clocks_dagster_dist') / 'prod'
    repository = pipec_dagster.load(dist / 'dagster/definitions.py').get_repository_def()
    for i, plan in enumerate(PLANS):
        schedule = repository.get_schedule_def(f's{i}__schedule')
        found = []
        for moment in schedule_execution_time_iterator(FROM, schedule.cron_schedule, schedule.execution_timezone):
            if moment.timestamp() >= TO:
                break
            found.append(int(moment.timestamp()))
        assert found == expected(plan), plan


# ---- faults put into the runtime on purpose: each must be seen
MUTANTS = {
    'the last dependency is dropped': ('schedules.py', 'for dep in node.deps:', 'for dep in node.deps[:-1]:'),
    'what a check reads is forgotten': ('schedules.py', 'for dep in check.deps:', 'for dep in ():'),
    'the zone is UTC': ('schedules.py', 'timezone=schedule.timezone', "timezone='UTC'"),
    'runs overlap': ('schedules.py', 'max_active_runs=1', 'max_active_runs=2'),
    'what was missed is caught up': ('schedules.py', 'catchup=False', 'catchup=True'),
    'owners are dropped': ('schedules.py', "'owner': part.owner or 'pipec'", "'owner': 'pipec'"),
    'nothing is tried again': ('schedules.py', "'retries': schedule.retries", "'retries': 0"),
    'no time limit': ('schedules.py', "'timeout': limit", "'timeout': 0"),
    'no pools': ('schedules.py', "self._manifest.pools.get(part.name, 'default_pool')", "'default_pool'"),
    'an export waits for nothing': ('schedules.py', "if node.kind == 'export' and", "if node.kind == 'exports' and"),
    'exports are not told': ('schedules.py', 'for export in self._exports if node.key in export.deps', 'for export in ()'),
    'Jinja renders': ('tasks.py', 'class Operator(BaseOperator):\n    template_fields = ()',
                      "class Operator(BaseOperator):\n    template_fields = ('part',)"),
}


@pytest.mark.parametrize('fault', MUTANTS)
def test_a_fault_in_the_runtime_is_seen(fault, dist, scratch):
    file, right, wrong = MUTANTS[fault]
    folder = scratch / f'airflow/mutants/{list(MUTANTS).index(fault)}'
    shutil.copytree(dist / 'airflow', folder / 'airflow')
    code = folder / 'airflow/_runtime/pipec_airflow' / file
    assert code.read_text().count(right) == 1, f'{right!r} is not once in {file}'
    code.write_text(code.read_text().replace(right, wrong))
    assert differences(Airflow('3', scratch / 'airflow/home3').probe(folder / 'airflow/dags'))
