"""Proof 3: the real Dagster loads what the compiler wrote for specs/first, and what it understands equals the table below,
written by hand from the specification."""
import copy
import datetime
import decimal
import importlib
import json
import os
import shutil
import subprocess
import sys
import zoneinfo

import dagster as dg
import pytest

from harness import definitions as seen
from harness import env
from harness.pipec import tool
from harness.serving import Serving  # makes the runtime importable
from harness.warehouse import Warehouse
import pipec_dagster
import pipec_runtime
from pipec_runtime.engines.spark import SparkEngine

OWNER = 'data@shop.example'
TRANSFORMED = {'group': 'gold', 'kinds': ['databricks'], 'fresh': None, 'external': False}
CAPTURED = {'group': 'bronze', 'kinds': ['databricks'], 'fresh': None, 'external': False, 'tags': []}
SOURCE = {'group': 'shop', 'kinds': ['postgres'], 'fresh': None, 'external': True, 'tags': [], 'kind': 'source', 'deps': []}
ORDERS = 'Orders as they are now, every state they were in, and every change event.'
PEOPLE = 'People who have an account.'

ASSETS = {
    'shop/public/customers': SOURCE | {'description': PEOPLE},
    'shop/public/orders': SOURCE | {'description': 'One row an order, changed until it is paid and shipped.'},
    'bronze/customers_log': CAPTURED | {'kind': 'cdc_log', 'deps': ['shop/public/customers'], 'description': PEOPLE},
    'bronze/customers': CAPTURED | {'kind': 'cdc_current', 'deps': ['bronze/customers_log'], 'description': PEOPLE},
    'bronze/orders_log': CAPTURED | {'kind': 'cdc_log', 'deps': ['shop/public/orders'], 'description': ORDERS},
    'bronze/orders': CAPTURED | {'kind': 'cdc_current', 'deps': ['bronze/orders_log'], 'description': ORDERS},
    'bronze/orders_history': CAPTURED | {'kind': 'cdc_history', 'deps': ['bronze/orders_log'], 'description': ORDERS},
    'silver/orders_valid': TRANSFORMED | {
        'kind': 'view', 'group': 'silver', 'deps': ['bronze/orders'], 'tags': ['sales'],
        'description': 'Orders that count: neither cancelled nor a test.'},
    'gold/sales_daily': TRANSFORMED | {
        'kind': 'incremental_by_time', 'deps': ['bronze/customers', 'silver/orders_valid'], 'tags': ['finance', 'sales'],
        'description': 'What was sold each day in each country.'},
    'gold/customer_value': TRANSFORMED | {
        'kind': 'incremental_by_key', 'deps': ['bronze/customers', 'silver/orders_valid'], 'tags': ['live', 'sales'],
        'description': 'Each customer with what they spent so far.'},
    'gold/country_ranking': TRANSFORMED | {
        'kind': 'full', 'deps': ['gold/customer_value'], 'tags': ['finance'],
        'description': 'Countries by what their customers spent.'},
    'backfill/gold/sales_daily/day': {
        'kind': 'backfill', 'group': 'gold', 'kinds': ['databricks'], 'deps': ['gold/sales_daily'], 'tags': [],
        'external': False, 'fresh': None, 'description': 'Grains of gold.sales_daily to be built again'},
    'customer_value': {
        'kind': 'export', 'group': 'back_office', 'kinds': ['postgres'], 'deps': ['gold/customer_value'], 'tags': [],
        'external': False, 'fresh': 900, 'description': 'What the customer page shows.'},
}
# Blocking, and what it says; a check of its own also waits for what else it reads.
CHECKS = {
    'bronze/customers_log:rejected_lines': (False, None),
    'bronze/orders_log:rejected_lines': (False, None),
    'silver/orders_valid:unique__order_id': (True, 'unique (order_id)'),
    'silver/orders_valid:expect__79629a8e': (False, 'amount >= 0'),
    'silver/orders_valid:order_after_account': (
        False, "Nobody buys before they exist: an order older than its customer's account is a fault of the shop."),
    'gold/sales_daily:unique__sales_day__country': (True, 'unique (sales_day, country)'),
    'gold/sales_daily:expect__934b6773': (True, 'revenue >= 0'),
    'gold/sales_daily:not_null__sales_day': (True, 'not null (sales_day)'),
    'gold/customer_value:unique__customer_id': (True, 'unique (customer_id)'),
    'gold/customer_value:not_null__country': (True, 'not null (country)'),
    'gold/customer_value:expect__eac1b57a': (True, 'spent >= 0'),
    'gold/country_ranking:unique__country': (True, 'unique (country)'),
    'customer_value:contract': (True, None),
    'customer_value:watermark': (True, None),
}
RUN = sorted(asset for asset in ASSETS if not asset.startswith(('shop/', 'backfill/')))
JOBS = {
    'near_real_time': {
        'assets': [asset for asset in RUN if asset != 'gold/country_ranking'],
        'checks': sorted(check for check in CHECKS if not check.startswith('gold/country_ranking:')),
        'retries': (1, 30, 'EXPONENTIAL'), 'executor': 'in_process',
        'tags': {'pipec/schedule': 'near_real_time', 'pipec/job': 'first__prod__near_real_time', 'pipec/task_timeout_seconds': '240',
                 'pipec/finish_within_seconds': '600'}},
    'nightly': {
        'assets': RUN, 'checks': sorted(CHECKS), 'retries': (1, 30, 'EXPONENTIAL'), 'executor': 'in_process',
        'tags': {'pipec/schedule': 'nightly', 'pipec/job': 'first__prod__nightly', 'pipec/task_timeout_seconds': '3600'}},
}
SCHEDULES = {
    'near_real_time__schedule': ('*/10 * * * *', 'UTC', 'near_real_time', 'RUNNING'),
    'nightly__schedule': ('0 3 * * *', 'Europe/London', 'nightly', 'RUNNING'),
}
VALUE_COLUMNS = [
    ('customer_id', 'bigint', False, None, []), ('country', 'string', False, None, []), ('orders', 'bigint', False, None, []),
    ('spent', 'decimal(28,4)', True, "Sum of all valid orders, in the shop's currency.", []),
    ('last_order_at', 'timestamp', True, None, [])]
VALUE_LINEAGE = {
    'customer_id': ['bronze/customers.customer_id'], 'country': ['bronze/customers.country'],
    'orders': ['silver/orders_valid.order_id'], 'spent': ['silver/orders_valid.amount'],
    'last_order_at': ['silver/orders_valid.placed_at']}


def pool_of(asset):
    """What builds a table again waits for what builds it."""
    return asset.removeprefix('backfill/').removesuffix('/day').replace('/', '__')


def differences(definitions) -> list[str]:
    """Where the definitions are not what the tables say; empty if they are."""
    repository = definitions.get_repository_def()
    assets = {name: asset | {'owners': [OWNER], 'pools': [] if asset['external'] else [pool_of(name)]}
              for name, asset in ASSETS.items()}
    checks = {}
    for name, (blocking, description) in CHECKS.items():
        deps = {name.partition(':')[0]} | ({'bronze/customers'} if name.endswith(':order_after_account') else set())
        checks[name] = {'blocking': blocking, 'description': description, 'deps': sorted(deps)}
    found = []
    for what, wanted, got in (
            ('assets', assets, seen.assets(repository)), ('checks', checks, seen.checks(repository)),
            ('jobs', JOBS, seen.jobs(repository)), ('schedules', SCHEDULES, seen.schedules(repository)),
            ('columns', VALUE_COLUMNS, seen.columns(repository, 'gold/customer_value')),
            ('pii', [('full_name', ['pii/name']), ('email', ['pii/email'])],
             [(c[0], c[4]) for c in seen.columns(repository, 'bronze/customers') if c[4]]),
            ('partitions', ('0 0 * * *', 'UTC', '2026-01-01', 1, 7), seen.partitions(repository, 'backfill/gold/sales_daily/day')),
            ('lineage', VALUE_LINEAGE, seen.lineage(repository, 'gold/customer_value')),
            ('lineage of a log', ['shop/public/orders.amount'],
             seen.lineage(repository, 'bronze/orders_log').get('amount'))):
        if wanted != got:
            pairs = got.items() ^ wanted.items() if what == 'schedules' else (wanted, got)
            found.append(f'{what}: {pairs}')
    return found


@pytest.fixture(scope='module')
def dist(pipec, scratch):
    return pipec.build('first', '--var', 'catalog=spark_catalog', '--var', f'landing=file:{scratch}/dagster/landing',
                       out=scratch / 'dagster/dist') / 'prod'


@pytest.fixture(scope='module')
def manifest(dist):
    return pipec_runtime.load(dist / 'dagster/manifest.json')


def test_what_dagster_understands_is_what_was_specified(dist):
    # As a code location loads it: the file itself, with the runtime beside it.
    shown = subprocess.run([sys.executable, '-c', 'import definitions, pipec_dagster, sys;'
                            'print(pipec_dagster.__file__); sys.exit(type(definitions.defs).__name__ != "Definitions")'],
                           cwd=dist / 'dagster', capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == str(dist / 'dagster/_runtime/pipec_dagster/__init__.py')
    assert differences(pipec_dagster.load(dist / 'dagster/definitions.py')) == []


def test_dagster_validates_the_workspace(dist, scratch):
    home = scratch / 'dagster/home'
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([sys.executable, '-m', 'dagster', 'definitions', 'validate', '-w', 'workspace.yaml'],
                          cwd=dist / 'dagster', env={**os.environ, 'DAGSTER_HOME': str(home)}, capture_output=True, text=True)
    assert done.returncode == 0 and 'Validation successful for code location first_prod' in done.stderr + done.stdout, (
        done.stdout + done.stderr)


def test_an_instance_takes_the_limits(dist, scratch):
    home = scratch / 'dagster/limited'
    home.mkdir()
    shutil.copy(dist / 'dagster/dagster.yaml', home)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        config = instance.get_concurrency_config()
        assert config.pool_config.default_pool_limit == 1
        assert config.run_queue_config.tag_concurrency_limits == [
            {'key': 'pipec/job', 'value': {'applyLimitPerUniqueValue': True}, 'limit': 1}]


def test_artifacts_hold_no_value_of_a_secret(dist):
    config = (dist / 'dagster/manifest.json').read_text()
    assert '"reference": "env:SERVING_DSN"' in config and '"value"' not in config


# ---- faults put into the runtime on purpose: each must be seen
MUTANTS = {
    'a backfill takes one grain at a time': ('ops.py', 'multi_run(node.partitions.batch)', 'multi_run(1)'),
    'grains are counted from another day': ('specs.py', 'fromisoformat(node.partitions.start)', "fromisoformat('2026-01-02')"),
    'the grain under way cannot be built again': ('specs.py', 'end_offset=1', 'end_offset=0'),
    'the last dependency is dropped': ('specs.py', 'for dep in node.deps]', 'for dep in node.deps[:-1]]'),
    'no check blocks': ('specs.py', "blocking=gate.policy == 'block'", 'blocking=False'),
    'every check blocks': ('specs.py', "blocking=gate.policy == 'block'", 'blocking=True'),
    'a check of its own blocks': ('specs.py', "blocking=check.policy == 'block'", 'blocking=True'),
    'what else a check reads is forgotten': ('specs.py', 'additional_deps=[', 'additional_deps=[][:0] and ['),
    'owners are dropped': ('specs.py', '[names.owner(node.owner)] if node.owner else []', '[]'),
    'owners of sources are dropped': ('specs.py', 'owners=[names.owner(source.owner)] if source.owner else []', 'owners=[]'),
    'lineage names the wrong column': ('specs.py', 'TableColumnDep(names.key(key), source)',
                                       'TableColumnDep(names.key(key), source[::-1])'),
    'columns lose their order': ('specs.py', 'for column in columns])', 'for column in columns[::-1]])'),
    'columns may all be NULL': ('specs.py', 'nullable=column.nullable', 'nullable=True'),
    'personal data is not marked': ('specs.py', "for kind in column.pii} or None", 'for kind in ()} or None'),
    'tags are dropped': ('specs.py', "tags={names.tag(tag): '' for tag in node.tags}", 'tags={}'),
    'kinds are dropped': ('specs.py', 'set(node.kinds)', 'set()'),
    'descriptions are dropped': ('specs.py', 'description=node.description or None', 'description=None'),
    'groups are mixed up': ('specs.py', 'names.identifier(node.group)', 'names.identifier(node.kind)'),
    'freshness is dropped': ('specs.py', 'freshness_policy=freshness', 'freshness_policy=None'),
    'freshness is too lax': ('specs.py', 'seconds=max(node.freshness_seconds, 60)', 'minutes=max(node.freshness_seconds, 60)'),
    'sources are left out': ('definitions.py', 'for source in manifest.sources.values() for table in source.tables]',
                             'for source in manifest.sources.values() for table in source.tables[:-1]]'),
    'the zone is UTC': ('starts.py', 'execution_timezone=schedule.timezone', "execution_timezone='UTC'"),
    'the cron is another': ('starts.py', 'cron_schedule=schedule.cron', "cron_schedule='0 * * * *'"),
    'schedules wait to be started': ('starts.py', 'DefaultScheduleStatus[schedule.status.upper()]', "DefaultScheduleStatus['STOPPED']"),
    'a job runs all': ('definitions.py', 'dg.AssetSelection.assets(*[names.key(node.key) for node in nodes])',
                       "dg.AssetSelection.all() - dg.AssetSelection.groups('shop')"),
    'a job misses a node': ('definitions.py', 'for node in nodes]).without', 'for node in nodes[:-1]]).without'),
    'a job misses its own checks': ('definitions.py', 'for name in schedule.checks:', 'for name in ():'),
    'nothing is tried again': ('definitions.py', 'op_retry_policy=retries if schedule.retries else None',
                               'op_retry_policy=None'),
    'tried again at once': ('definitions.py', 'delay=schedule.retry_delay_seconds', 'delay=0'),
    'no timeout': ('definitions.py', 'if schedule.task_timeout_seconds:', 'if False:'),
    'a process a step': ('definitions.py', 'executor_def=dg.in_process_executor', 'executor_def=dg.multiprocess_executor'),
    'no pools': ('ops.py', ', pool=op_name)', ')'),
    'a backfill waits for nobody': ('ops.py', ', pool=names.identifier(*node.key),', ','),
}


@pytest.mark.parametrize('fault', MUTANTS)
def test_a_fault_in_the_runtime_is_seen(fault, manifest, dist, scratch):
    file, right, wrong = MUTANTS[fault]
    package = f'mutant_{list(MUTANTS).index(fault)}'
    folder = scratch / 'dagster/mutants' / package
    shutil.copytree(dist / 'dagster/_runtime/pipec_dagster', folder)
    text = (folder / file).read_text()
    assert text.count(right) == 1, f'{right!r} is not once in {file}'
    (folder / file).write_text(text.replace(right, wrong))
    sys.path.insert(0, str(folder.parent))
    try:
        mutant = importlib.import_module(package).build(manifest)
        assert differences(mutant)
    except dg.DagsterError:
        pass  # Dagster itself refused it
    finally:
        sys.path.remove(str(folder.parent))


# ---- fire times
CRONS = ['0 3 * * *', '*/10 * * * *', '30 2 * * *', '0 1 * * *', '30 0 * * *', '0 0 * * *', '30 23 * * *', '0 * * * *',
         '* * * * *', '15,45 * * * *', '0,30 2 * * *', '*/15 1-3 * * *', '30 1 * * 0', '30 2 * * mon-fri', '30 2 1 * *',
         '30 1 28 * *', '0 0 1,15 * *', '0 0 29 2 *', '15 2 */2 * 1', '0 5 * * 6-7', '0 */4 * * *', '59 1 * * sun',
         '30 2 25-31 3,10 0', '5 2 31 * *', '*/20 * * * 0', '0 0 1-31 * 1', '0 0 */1 * 1', '0 12 1-7 * 1']
ZONES = ['UTC', 'Europe/Berlin', 'Europe/London', 'Europe/Dublin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kolkata',
         'Australia/Sydney', 'Africa/Cairo', 'America/Havana', 'Asia/Beirut', 'Atlantic/Azores', 'Pacific/Auckland',
         'America/St_Johns', 'Africa/Casablanca']
# Unix seconds: over the clock changes of both hemispheres, and a leap day.
SPANS = [(1771545600, 1777593600), (1787184000, 1794700800), (1829260800, 1835827200)]
HOUR, DAY = 3600, 86400


def around_clock_changes(zone):
    """Two days before and behind each change of the clock within the spans."""
    def offset(moment):
        return datetime.datetime.fromtimestamp(moment, zoneinfo.ZoneInfo(zone)).utcoffset()
    return [(hour - 2 * DAY, hour + 2 * DAY) for start, end in SPANS for hour in range(start, end, HOUR)
            if offset(hour - HOUR) != offset(hour)]


@pytest.mark.parametrize('zone', ZONES)
def test_fire_times_are_those_of_dagster(zone):
    from dagster._utils.schedules import schedule_execution_time_iterator
    for cron in CRONS:
        # Crons of every hour fire too often to be followed for months.
        every_hour = cron.split()[1] == '*'
        for start, end in around_clock_changes(zone) or [(SPANS[0][0], SPANS[0][0] + DAY)] if every_hour else SPANS:
            wanted = []
            for moment in schedule_execution_time_iterator(start, cron, zone):
                if moment.timestamp() >= end:
                    break
                wanted.append(int(moment.timestamp()))
            done = subprocess.run([tool('fires'), cron, zone, str(start), str(end)], capture_output=True, text=True,
                                  check=True)
            assert [int(line) for line in done.stdout.split()] == wanted, (cron, zone)


# ---- the line, run by Dagster
def row(id, country, orders, spent, last):
    moment = last and datetime.datetime.fromisoformat(last).replace(tzinfo=datetime.timezone.utc)
    return id, country, orders, spent and decimal.Decimal(spent), moment


# What the first batch of the sample makes, worked out by hand; tests/consumers/data/first/batch1.sql.
SERVED = [row(1, 'GB', 3, '132.3456', '2026-03-01 06:15:00'), row(2, 'DE', 1, '50.5000', '2026-01-03 23:59:59.999999'),
          row(3, 'FR', 2, '30.0000', '2026-03-01 09:00:00'), row(4, 'GB', 1, '99999999999999.9999', '2026-02-10 11:00:00'),
          row(5, 'DE', 0, None, None)]
GERMAN_DAY = "SELECT orders, revenue FROM gold.sales_daily WHERE country = 'DE' AND sales_day = TIMESTAMP '2026-01-03'"


class Line:
    """specs/first from landed files to the serving database; `run` is a run of one of its jobs."""

    def __init__(self, spark, postgres, dist, landing):
        self.landing = landing
        self.warehouse = Warehouse(spark, dist)
        self.warehouse.drop()
        self.warehouse.deploy()
        self.serving = Serving(postgres, dist, 'dagster')
        self.serving.make_people()
        self.serving.deploy()
        # The serving database is found as in production, by the reference; Spark stands in for Databricks.
        self.definitions = pipec_dagster.load(dist / 'dagster/definitions.py',
                                              {'warehouse': lambda: SparkEngine(spark)})

    def run(self, job):
        """How the run ended, what was materialized, and which checks did not pass."""
        with dg.instance_for_test() as instance, pytest.MonkeyPatch.context() as patch:
            patch.setenv('SERVING_DSN', self.serving.dsn('loader'))
            result = self.definitions.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False)
            status = instance.get_run_by_id(result.run_id).status.value
            made = {seen.path(event.asset_key) for event in result.get_asset_materialization_events()}
            checks = {f'{seen.path(c.asset_key)}:{c.check_name}': c.passed for c in result.get_asset_check_evaluations()}
        return status, made, checks

    def again(self, first, last):
        """A backfill's run over some days."""
        key = dg.AssetKey(['backfill', 'gold', 'sales_daily', 'day'])
        tags = {'dagster/asset_partition_range_start': first, 'dagster/asset_partition_range_end': last}
        job = self.definitions.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(asset_selection=[key], tags=tags).success

    def land(self, **after):
        """One more event of an order, behind all that has landed: the sinks append."""
        file = self.landing / 'shop.public.orders.jsonl'
        events = [json.loads(line) for line in file.read_text().splitlines()]
        event = copy.deepcopy(next(e for e in events if e['op'] in 'rc'))
        lsn = max(e['source']['lsn'] for e in events) + 1000
        known = any(e['after'] and e['after']['order_id'] == after['order_id'] for e in events)
        event |= {'op': 'u' if known else 'c'}
        event['source'] |= {'lsn': lsn, 'sequence': json.dumps([str(lsn), str(lsn)]), 'snapshot': None}
        event['after'] |= after
        with file.open('a') as out:
            out.write(json.dumps(event) + '\n')


@pytest.fixture(scope='module')
def line(spark, postgres, dist, landed, scratch):
    landing = scratch / 'dagster/landing'
    landed.copy(1, landing)
    made = Line(spark, postgres, dist, landing)
    yield made
    made.warehouse.drop()


def test_a_job_runs_the_line(line):
    status, made, checks = line.run('nightly')
    assert (status, sorted(made)) == ('SUCCESS', RUN)
    assert checks == {check: True for check in CHECKS}
    assert line.serving.rows() == SERVED


def test_a_failing_check_stops_what_is_below_it_and_nothing_else(line):
    # Customer 5 has no other order, so that what they spent is negative; the day that it falls on is not.
    line.land(order_id=900, customer_id=5, amount='-10.0000', discount=None, status='paid',
              placed_at='2026-01-03T06:00:00Z', updated_at='2026-03-01T10:00:00Z')
    ranking = line.warehouse.rows('SELECT * FROM gold.country_ranking')
    status, made, checks = line.run('nightly')
    below = {'gold/customer_value', 'gold/country_ranking', 'customer_value'}
    assert (status, made) == ('FAILURE', set(RUN) - below)
    assert {check for check, passed in checks.items() if not passed} == {
        'gold/customer_value:expect__eac1b57a', 'silver/orders_valid:expect__79629a8e'}
    assert not any(check.startswith(('gold/country_ranking:', 'customer_value:')) for check in checks)
    # The other branch has the order, what is served is as it was.
    assert line.warehouse.rows(GERMAN_DAY) == [(2, '40.5000')]
    assert line.serving.rows() == SERVED
    assert line.warehouse.rows('SELECT * FROM gold.country_ranking') == ranking


def test_what_was_stopped_is_made_up_for(line):
    line.land(order_id=900, customer_id=5, amount='40.0000', discount=None, status='paid',
              placed_at='2026-01-03T06:00:00Z', updated_at='2026-03-01T11:00:00Z')
    status, made, checks = line.run('nightly')
    assert (status, sorted(made)) == ('SUCCESS', RUN)
    assert line.warehouse.rows(GERMAN_DAY) == [(2, '90.5000')]
    assert line.serving.rows() == SERVED[:4] + [row(5, 'DE', 1, '40.0000', '2026-01-03 06:00:00')]
    # Nothing new: everything is materialized again, and nothing is written.
    before = line.warehouse.versions(), line.serving.written()
    assert line.run('nightly')[0] == 'SUCCESS'
    assert (line.warehouse.versions(), line.serving.written()) == before


def test_days_are_built_again_when_somebody_asks(line):
    table = 'SELECT * FROM gold.sales_daily'
    rows = line.warehouse.rows(table)
    line.warehouse.spark.sql("DELETE FROM gold.sales_daily WHERE sales_day < TIMESTAMP '2026-01-10'")
    damaged = line.warehouse.rows(table)
    # Nobody has told the ledger, so that a run has nothing to do.
    assert line.run('nightly')[0] == 'SUCCESS' and line.warehouse.rows(table) == damaged != rows
    assert line.again('2026-01-01', '2026-01-09')
    assert line.warehouse.rows(table) == rows
