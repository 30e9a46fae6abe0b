"""Bundles for Databricks: what is in them equals tables written by hand, they fire at the moments that the compiler says, and
their tasks, run as the scripts that they name, run the line. Databricks itself is played by harness/jobs.py."""
import json
import re
import shutil
import subprocess

import jsonschema
import pytest

from harness import env
from harness.jobs import Bundle, Run, alone, read
from harness.serving import Serving
from harness.warehouse import Warehouse
from pipec_runtime.engines.spark import SparkEngine
from test_airflow import BY_DAY, FROM, PLANS, TO, clocks, expected
from test_dagster import GERMAN_DAY, SERVED, Line

SMALL = env.ROOT / 'tests/consumers/data/jobs'
MANIFEST = '${workspace.file_path}/databricks_jobs/manifest.json'


def schema(name):
    return jsonschema.Draft202012Validator(json.loads((env.ROOT / 'docs/schemas' / name).read_text()))


def validate(bundle):
    schema('bundle.schema.json').validate(bundle.config)
    for path in set(bundle.files.values()):
        schema('bundle_resource.schema.json').validate(read(path))


# ---- what is in a bundle
# Each task of specs/first with what it waits for; the line's order is not Databricks's concern.
TASKS = {
    'bronze__customers_log': [], 'bronze__customers': ['bronze__customers_log'],
    'bronze__orders_log': [], 'bronze__orders': ['bronze__orders_log'], 'bronze__orders_history': ['bronze__orders_log'],
    'silver__orders_valid': ['bronze__orders'],
    'gold__sales_daily': ['bronze__customers', 'silver__orders_valid'],
    'gold__customer_value': ['bronze__customers', 'silver__orders_valid'],
    'gold__country_ranking': ['gold__customer_value'],
    'customer_value': ['gold__customer_value'],
    'check-order_after_account': ['silver__orders_valid', 'bronze__customers'],
    # Lines that cannot be read turn the run red, and stop nothing.
    'verdict-bronze__customers_log': ['bronze__customers_log'], 'verdict-bronze__orders_log': ['bronze__orders_log'],
}
LIMITS = {'near_real_time': 240, 'nightly': 3600}


def wanted_task(job, key):
    kind, _, name = key.rpartition('-')
    file = {'': 'nodes/' + name.replace('__', '/', 1), 'check': f'checks/{name}', 'verdict': 'nodes/' + name.replace('__', '/', 1)}[kind]
    if key == 'customer_value':
        file = 'exports/customer_value'
    words = [kind or 'run', file + '.json'] + ([f'{{{{tasks.{name}.values.failures}}}}'] if kind == 'verdict' else [])
    task = {'task_key': key, 'environment_key': 'pipec', 'disable_auto_optimization': True, 'max_retries': 0 if kind == 'verdict' else 1,
            'timeout_seconds': LIMITS[job] + 60,
            'spark_python_task': {'python_file': '../../run.py', 'parameters': [
                MANIFEST, '{{job.run_id}}', '--schedule', f'schedules/{job}.json', '--scope', 'shop', *words]}}
    if kind != 'verdict':
        task |= {'min_retry_interval_millis': 30000, 'retry_on_timeout': True}
    if TASKS[key]:
        task['depends_on'] = [{'task_key': after} for after in TASKS[key]]
    return task


SHARED = {'tags': {'pipec_project': 'first', 'pipec_target': 'prod'}, 'max_concurrent_runs': 1, 'queue': {'enabled': False},
          'environments': [{'environment_key': 'pipec', 'spec': {'environment_version': '4', 'dependencies': ['psycopg[binary]>=3.2,<4']}}]}
JOBS = {
    'near_real_time': SHARED | {
        'name': 'first__prod__near_real_time', 'description': 'The customer page, all day long.',
        'schedule': {'quartz_cron_expression': '0 0,10,20,30,40,50 * * * ?', 'timezone_id': 'UTC', 'pause_status': 'UNPAUSED'},
        'health': {'rules': [{'metric': 'RUN_DURATION_SECONDS', 'op': 'GREATER_THAN', 'value': 600}]}},
    'nightly': SHARED | {
        'name': 'first__prod__nightly', 'description': 'Everything, before the office opens.',
        'schedule': {'quartz_cron_expression': '0 0 3 * * ?', 'timezone_id': 'Europe/London', 'pause_status': 'UNPAUSED'}},
}


@pytest.fixture(scope='module')
def project(scratch):
    """specs/first, run by Databricks."""
    folder = scratch / 'jobs/first'
    shutil.copytree(env.ROOT / 'specs/first', folder)
    file = folder / 'pipec.yaml'
    file.write_text(file.read_text().replace('dagster: {}', 'databricks_jobs: { secret_scope: shop }').replace('dagster', 'databricks_jobs'))
    return folder


@pytest.fixture(scope='module')
def dist(pipec, scratch, project):
    return pipec.build(project, '--var', 'catalog=spark_catalog', '--var', f'landing=file:{scratch}/jobs/landing',
                       out=scratch / 'jobs/dist') / 'prod'


@pytest.fixture(scope='module')
def bundle(dist):
    return Bundle(dist / 'databricks_jobs')


def test_the_jobs_are_what_was_specified(bundle):
    assert bundle.config == {
        'bundle': {'name': 'first'}, 'include': ['resources/schedules/*.yml', 'resources/backfills/*.yml'],
        'sync': {'paths': ['.', '../databricks', '../postgres']},
        'targets': {'prod': {'mode': 'production', 'default': True, 'workspace': {
            'root_path': '/Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}'}}}}
    assert bundle.jobs.keys() == JOBS.keys() | {'backfill-gold__sales_daily'}
    for name, job in JOBS.items():
        found = dict(bundle.jobs[name])
        tasks = {task['task_key']: {k: v for k, v in task.items() if k != 'description'} for task in found.pop('tasks')}
        assert found == job
        keys = [key for key in TASKS if name == 'nightly' or key != 'gold__country_ranking']
        assert tasks == {key: wanted_task(name, key) for key in keys}
    described = {task['task_key']: task.get('description') for task in bundle.jobs['nightly']['tasks']}
    assert described['customer_value'] == 'Owner: data@shop.example\n\nWhat the customer page shows.'


def test_the_documents_have_their_schemas(bundle, small):
    validate(bundle)
    validate(small.bundle)


def test_all_that_runs_lies_in_the_workspace(bundle, dist):
    """Each statement of a run, and the runtime, is in a folder that the bundle takes along."""
    for part in (dist / 'databricks_jobs').glob('*/**/*.json'):
        for step in json.loads(part.read_text()).get('steps', ()):
            assert bundle.synced(dist / step['path']) or step['phase'] == 'migrate', step
    assert bundle.synced(dist / 'databricks_jobs/_runtime/pipec_databricks_jobs/task.py')


def test_artifacts_hold_no_value_of_a_secret(dist):
    config = (dist / 'databricks_jobs/manifest.json').read_text()
    assert '"reference": "env:SERVING_DSN"' in config and '"value"' not in config


# ---- the same instants, by the real Quartz
def quartz_fires(scratch, plans, to=TO):
    """By number: the moments at which Quartz fires a (cron, zone)."""
    file = scratch / 'quartz.txt'
    file.write_text(''.join(f'{i}\t{zone}\t{cron}\n' for i, (cron, zone) in plans.items()))
    shown = subprocess.run(env.java('200m', '-cp', f'{env.consumers()}/quartz/*', str(env.ROOT / 'tests/consumers/QuartzFires.java'),
                                    str(file), str(FROM), str(to)), check=True, capture_output=True, text=True).stdout
    lines = [[int(word) for word in line.split()] for line in shown.splitlines()]
    return {line[0]: line[1:] for line in lines}


BOTH_KINDS = '15 2 */2 * 1'
QUARTZ = dict(zip(BY_DAY, ['0 0 3 * * ?', '0 30 2 * * ?', '0 30 0 * * ?', '0 30 23 * * ?', '0 30 1 ? * SUN', '0 0 0 1,15 * ?', None,
                           '0 0 1 * * ?']))


@pytest.fixture(scope='module')
def refused(pipec, scratch):
    """The plans that a job would start at another moment, or at none, as the compiler says: code by number."""
    project = clocks(scratch / 'jobs/all_clocks', 'databricks_jobs', list(enumerate(PLANS)))
    done = pipec.run('build', project, '--out', scratch / 'jobs/no', check=False)
    found = re.findall(r'error\[(PIPE\d+)\].*\n *--> .*it\.pipe:(\d+):', done.stdout + done.stderr)
    return {int(line) - 2: code for code, line in found}


def test_days_of_both_kinds_are_refused(refused):
    assert set(refused.values()) == {'PIPE2261', 'PIPE2262'}
    assert {i for i, code in refused.items() if code == 'PIPE2262'} == {i for i, plan in enumerate(PLANS) if plan[0] == BOTH_KINDS}


def test_jobs_fire_when_the_compiler_says(pipec, scratch, refused):
    kept = [(i, plan) for i, plan in enumerate(PLANS) if i not in refused]
    assert len(kept) > 60
    project = clocks(scratch / 'jobs/clocks', 'databricks_jobs', kept)
    found = Bundle(pipec.build(project, out=scratch / 'jobs/clocks_dist') / 'prod/databricks_jobs').jobs
    said = {i: found[f's{i}']['schedule'] for i, _ in kept}
    assert all(QUARTZ[plan[0]] == said[i]['quartz_cron_expression'] for i, plan in kept if plan[0] in QUARTZ)
    fires = quartz_fires(scratch, {i: (s['quartz_cron_expression'], s['timezone_id']) for i, s in said.items()})
    assert [plan for i, plan in kept if fires[i] != expected(plan)] == []


def test_what_is_refused_would_fire_at_another_moment(scratch, refused):
    """None is refused without need; some only differ in a later year."""
    from harness.pipec import tool
    plans = {i: PLANS[i] for i, code in refused.items() if code == 'PIPE2261'}
    until = FROM + 12 * 365 * 86400
    fires = quartz_fires(scratch, {i: (QUARTZ[cron], zone) for i, (cron, zone) in plans.items()}, until)
    for i, plan in plans.items():
        done = subprocess.run([tool('fires'), *plan, str(FROM), str(until)], capture_output=True, text=True, check=True)
        assert fires[i] != [int(line) for line in done.stdout.split()], plan


# ---- a small line: what stops, what goes on, what comes after
class Small:
    """tests/consumers/data/jobs with other amounts each time."""

    def __init__(self, spark, pipec, scratch):
        self.pipec, self.project, self.out = pipec, scratch / 'jobs/small', scratch / 'jobs/small_dist'
        shutil.copytree(SMALL, self.project)
        self.dist = self.pipec.build(self.project, out=self.out) / 'prod'
        self.warehouse = Warehouse(spark, self.dist, orchestrator='databricks_jobs')
        self.warehouse.drop()

    @property
    def bundle(self):
        return Bundle(self.dist / 'databricks_jobs')

    def run(self, *amounts, job='nightly'):
        rows = ''.join(f'{i},{amount}\n' for i, amount in enumerate(amounts))
        (self.project / 'amounts.csv').write_text('id,amount\n' + rows)
        self.pipec.build(self.project, out=self.out)
        self.warehouse = Warehouse(self.warehouse.spark, self.dist, orchestrator='databricks_jobs')
        self.warehouse.deploy()
        return self.bundle.run(job)

    def manual(self):
        """The job whose name no bundle takes."""
        [name] = [key for key in self.bundle.jobs if key.startswith('x-')]
        return name

    def counted(self):
        return [self.warehouse.rows(f'SELECT n FROM gold.{name}') for name in ('below_told', 'below_strict')]


@pytest.fixture(scope='module')
def small(spark, pipec, scratch):
    made = Small(spark, pipec, scratch)
    yield made
    made.warehouse.drop()


def test_what_goes_well_starts_what_comes_after(small):
    run = small.run(1, 2)
    assert run.errors == {} and set(run.states.values()) == {'success'}
    assert list(run.states) != [] and run.states['next-morning'] == 'success'
    assert [(other.job, other.states) for other in run.started] == [('morning', {'gold__below_strict': 'success'})]
    assert small.counted() == [[(2,)], [(2,)]]


def test_a_check_that_fails_is_told_and_stops_nothing(small):
    run = small.run(1, 2, -3)
    assert run.errors.keys() == {'verdict-silver__told'} and run.state == 'failed'
    assert re.fullmatch(r'WrongRows: expect__\w+: 1 rows are wrong', run.errors['verdict-silver__told'])
    assert run.states['next-morning'] == 'upstream_failed' and run.started == []
    assert {state for key, state in run.states.items() if not key.startswith(('verdict', 'next'))} == {'success'}
    assert small.counted() == [[(3,)], [(3,)]]


def test_a_check_that_blocks_stops_what_is_below(small):
    run = small.run(1, 2, 3, 400)
    assert run.errors.keys() == {'silver__strict'} and run.state == 'failed'
    assert {key for key, state in run.states.items() if state == 'upstream_failed'} == {
        'gold__below_strict', 'check-eights', 'next-morning'}
    assert small.counted() == [[(4,)], [(3,)]]


def test_a_check_that_stands_by_itself_stops_what_is_below(small):
    run = small.run(1, 2, 3, 4, 7)
    assert run.errors == {'check-sevens': 'WrongRows: sevens: 1 rows are wrong'}
    assert {key for key, state in run.states.items() if state == 'upstream_failed'} == {'gold__below_told', 'next-morning'}
    assert small.counted() == [[(4,)], [(5,)]]


def test_a_warning_stops_nothing(small):
    run = small.run(1, 2, 8)
    assert run.errors == {} and run.state == 'success'


def test_a_schedule_of_any_name_runs(small):
    assert small.run(5, job=small.manual()).states == {'silver__strict': 'success', 'check-eights': 'success'}


def test_a_task_needs_nothing_but_its_files(small):
    """In an interpreter of its own, that sees neither this repository nor a variable of it."""
    key = 'verdict-silver__told'
    assert alone(small.bundle, 'nightly', key, **{'silver__told.failures': [0]}).returncode == 0
    failed = alone(small.bundle, 'nightly', key, **{'silver__told.failures': [2]})
    assert failed.returncode == 1 and re.search(r'WrongRows: expect__\w+: 2 rows are wrong', failed.stderr)
    # The task before it has told nothing: Databricks leaves the reference as it is.
    assert alone(small.bundle, 'nightly', key).returncode == 1


def test_jobs_that_wait_to_be_started(small, pipec, scratch):
    quiet = Bundle(pipec.build(SMALL, '--target', 'quiet', out=scratch / 'jobs/quiet') / 'quiet/databricks_jobs')
    validate(quiet)
    assert quiet.jobs['nightly']['schedule']['pause_status'] == 'PAUSED'
    tasks = [task for job in quiet.jobs.values() for task in job['tasks']]
    assert not any('run_job_task' in task for task in tasks)
    assert {task['existing_cluster_id'] for task in tasks} == {'0923-164208-meows279'}
    assert all([library['pypi']['package'] for library in task['libraries']] == ['numpy==2.1.3', 'tzdata'] for task in tasks)


def test_who_is_told(small):
    config, nightly = small.bundle.config, small.bundle.jobs['nightly']
    [(variable, said)] = config['variables'].items()
    assert said['lookup'] == {'notification_destination': 'ops webhook'}
    told = [{'id': f'${{var.{variable}}}'}]
    assert nightly['webhook_notifications'] == {'on_failure': told, 'on_success': told}
    assert config['targets']['prod']['workspace']['host'] == 'https://adb-1.example'
    described = nightly['tasks'][0]['description']
    assert described == 'Owner: ops@small.example\n\nAmounts, as somebody wrote them: $ {var.secret} and {{job.id}}.'


# ---- where statements run
def test_a_session_is_set_as_statements_want_it(spark, small, monkeypatch):
    from pipec_databricks_jobs import platform
    spark.conf.set('spark.sql.session.timeZone', 'Asia/Tokyo')
    assert not platform.engine().platform
    assert spark.conf.get('spark.sql.session.timeZone') == 'UTC' and spark.conf.get('spark.sql.ansi.enabled') == 'true'
    monkeypatch.setenv('DATABRICKS_RUNTIME_VERSION', 'client.4')
    assert platform.engine().platform


def test_statements_go_to_the_warehouse_where_they_are_to(small, pipec, scratch, monkeypatch):
    assert small.run(5, job=small.manual()).errors == {}  # what the other job reads
    folder = scratch / 'jobs/on_warehouse'
    shutil.copytree(small.project, folder)
    file = folder / 'pipec.yaml'
    file.write_text(file.read_text().replace('{ packages:', '{ statements: warehouse, secret_scope: shop, packages:'))
    bundle = Bundle(pipec.build(folder, out=scratch / 'jobs/on_warehouse_dist') / 'prod/databricks_jobs', {'shop': {'HTTP_PATH': '/sql/1'}})
    validate(bundle)
    assert bundle.jobs['morning']['environments'][0]['spec']['dependencies'][0] == 'databricks-sql-connector>=4,<5'
    made = []

    def make(kind, fields):
        made.append((kind, dict(fields)))
        return SparkEngine(small.warehouse.spark)

    monkeypatch.setattr('pipec_runtime.engines.make', make)
    assert bundle.run('morning').errors == {}
    assert made == [('databricks', {'host': 'adb-1.example', 'http_path': '/sql/1'})]


# ---- names and texts that hold what a bundle or a job takes for its own
REFERENCES = re.compile(r'\$\{(workspace\.file_path|resources\.jobs\.[\w-]+\.id|var\.[\w-]+)\}')


def texts(value):
    match value:
        case dict():
            for key, member in value.items():
                yield key
                yield from texts(member)
        case list():
            for item in value:
                yield from texts(item)
        case str():
            yield value


def test_a_bundle_finds_no_reference_in_names_and_texts(pipec, scratch):
    folder = scratch / 'jobs/hostile'
    shutil.copytree(env.ROOT / 'tests/consumers/data/hostile', folder)
    file = folder / 'pipec.yaml'
    file.write_text(file.read_text().replace('dagster: {}', 'databricks_jobs: { secret_scope: shop }').replace('dagster', 'databricks_jobs'))
    bundle = Bundle(pipec.build(folder, out=scratch / 'jobs/hostile_dist') / 'prod/databricks_jobs')
    validate(bundle)
    [job] = bundle.jobs.values()
    assert not [text for text in texts(job) if '${' in REFERENCES.sub('', text)]
    parameters = [text for task in job['tasks'] for text in task['spark_python_task']['parameters']]
    keys = [task['task_key'] for task in job['tasks']]
    values = {f'{{{{tasks.{key}.values.failures}}}}' for key in keys}
    assert {text for text in parameters if '{{' in text} - values == {'{{job.run_id}}'}
    assert len(set(keys)) == len(keys) >= 6
    # Each part is found by its file.
    index = json.loads((bundle.folder / 'manifest.json').read_text())
    known = {entry['file'] for part in index.values() if isinstance(part, dict) for entry in part.values() if 'file' in entry}
    assert {text for text in parameters if text.endswith('.json') and not text.startswith('$')} <= known


# ---- the line of specs/first, to the serving database
class JobsLine(Line):
    """As Dagster's, with other runs."""

    def __init__(self, spark, postgres, dist, landing):
        self.landing, self.warehouse = landing, Warehouse(spark, dist, orchestrator='databricks_jobs')
        self.warehouse.drop()
        self.warehouse.deploy()
        self.serving = Serving(postgres, dist, 'jobs', 'databricks_jobs')
        self.serving.make_people()
        self.serving.deploy()
        self.bundle = Bundle(dist / 'databricks_jobs', {'shop': {'SERVING_DSN': self.serving.dsn('loader')}})

    def run(self, job, **parameters):
        return self.bundle.run(job, **parameters)


@pytest.fixture(scope='module')
def line(spark, postgres, dist, landed, scratch, small):
    landing = scratch / 'jobs/landing'
    landed.copy(1, landing)
    made = JobsLine(spark, postgres, dist, landing)
    yield made
    made.warehouse.drop()


WRONG = {'order_id': 900, 'customer_id': 5, 'discount': None, 'status': 'paid', 'placed_at': '2026-01-03T06:00:00Z'}


def test_a_failing_check_stops_the_export(line):
    # Customer 5 has no other order, so that what they spent is negative.
    line.land(**WRONG, amount='-10.0000', updated_at='2026-03-01T10:00:00Z')
    run = line.run('nightly')
    assert run.errors.keys() == {'gold__customer_value'} and run.state == 'failed'
    assert {key for key, state in run.states.items() if state == 'upstream_failed'} == {'gold__country_ranking', 'customer_value'}
    assert line.serving.rows() == []
    assert line.warehouse.rows(GERMAN_DAY) == [(2, '40.5000')]


def test_a_good_run_serves_the_rows(line):
    line.land(**WRONG | {'status': 'cancelled'}, amount='10.0000', updated_at='2026-03-01T11:00:00Z')
    run = line.run('nightly')
    assert run.errors == {} and run.state == 'success'
    assert line.serving.rows() == SERVED


def test_grains_are_built_again_by_hand(line):
    before = line.warehouse.rows(GERMAN_DAY)
    line.warehouse.spark.sql("DELETE FROM gold.sales_daily WHERE sales_day < TIMESTAMP '2026-01-05'")
    assert line.warehouse.rows(GERMAN_DAY) == []
    run = line.run('backfill-gold__sales_daily', start='2026-01-01', end='2026-01-12')
    assert run.errors == {}
    assert line.warehouse.rows(GERMAN_DAY) == before != []
    failed = line.run('backfill-gold__sales_daily')
    assert 'a backfill needs `start` and `end`' in failed.errors['gold__sales_daily']


def test_a_secret_that_is_not_there_is_named_and_not_shown(line):
    run = Run(Bundle(line.bundle.folder, {'shop': {}}), 'nightly', '1', {}, states={'gold__customer_value': 'success'})
    run.task(run.definition('customer_value'))
    assert run.errors == {'customer_value': 'MissingReference: connection serving_db, field dsn: in the scope of secrets shop the key '
                                            'SERVING_DSN is not set'}
