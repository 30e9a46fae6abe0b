"""Each trap that a merge of change events falls into, and each fault of the connectors that is silent, by its name; docs/change-data.md lists
them. Logs of harness/traps.py lie in one table, through one pipeline, in a session whose zone is New York's."""
import json
import re
import shutil
import subprocess
import sys

import pytest

from harness import captured, env, traps
from harness.warehouse import Warehouse

SPECIFICATION = '''
source shop {
  kind postgres  connection office_db  database shop  timestamps in 'Europe/London'
  cdc { retention 3 days }
  table public.t (
    id bigint primary key, v text, n numeric(38, 10) default 7, big bigint, small int, f double precision, day date,
    at timestamptz, clock timestamp, added text, Mixed text
  )
  table public.u ( id bigint primary key, t_id bigint )
}
cdc bronze.t from shop.public.t { history bronze.t_history  log bronze.t_log  deletes hard }
cdc bronze.u from shop.public.u { deletes hard }
'''
CURRENT = '''SELECT id, v, CAST(n AS string), big, small, CAST(f AS string), CAST(day AS string), unix_micros(at), unix_micros(clock), added, Mixed
             FROM bronze.t'''
HISTORY = '''SELECT id, v, unix_micros(valid_from), unix_micros(valid_to), is_deleted FROM bronze.t_history'''


def told(pipec, folder, specification):
    """Codes and words of the compiler about a specification."""
    done = pipec.run('check', captured.project(folder, specification, folder), '--format', 'json', check=False)
    return [(each['code'], each['message']) for each in json.loads(done.stdout)['diagnostics']]


class Line:
    """All traps through one pipeline; the rows of each are looked at after each batch."""

    def __init__(self, spark, pipec, folder):
        self.spark, self.landing = spark, folder / 'landing'
        self.landing.mkdir(parents=True)
        self.dist = pipec.build(captured.project(folder / 'project', SPECIFICATION, self.landing), out=folder / 'dist') / 'prod'
        for table in 'tu':
            (self.landing / f'shop.public.{table}.jsonl').write_text('')  # where nothing is, Spark makes no view
        self.warehouse = Warehouse(spark, self.dist)
        self.warehouse.drop()
        self.warehouse.deploy()
        self.rows = []
        for batch in range(traps.BATCHES):
            self.land(batch)
            self.warehouse.run()
            self.rows.append(self.by_trap(CURRENT))
        self.history, self.other = self.by_trap(HISTORY), self.by_trap('SELECT id, t_id FROM bronze.u')
        self.aside = dict(map(tuple, spark.sql('SELECT line, problem FROM pipec.bronze__t_log__rejected').collect()))

    def land(self, batch):
        for table in 'tu':
            lines = [line for trap in traps.TRAPS.values() for of, line in trap.batches[batch] if of == table]
            (self.landing / f'shop.public.{table}.{batch}.jsonl').write_text(''.join(line + '\n' for line in lines))

    def by_trap(self, query):
        found = {}
        for id, *values in map(tuple, self.spark.sql(query).collect()):
            found.setdefault(id // 10, []).append((id % 10, *values))
        return found


@pytest.fixture(scope='module')
def line(spark, pipec, scratch):
    zone = spark.conf.get('spark.sql.session.timeZone')
    spark.conf.set('spark.sql.session.timeZone', 'America/New_York')
    made = Line(spark, pipec, scratch / 'traps')
    yield made
    made.warehouse.drop()
    spark.conf.set('spark.sql.session.timeZone', zone)


def in_order(rows):
    return sorted(rows, key=repr)


@pytest.mark.parametrize('name', traps.TRAPS)
def test_trap(line, name):
    look(line, traps.TRAPS[name])


def look(line, trap):
    """After each batch its rows; at the end what was kept aside, and the history."""
    for batch, expected in enumerate(trap.expected):
        rows = [(key, *values) for key, values in (expected or {}).items()]
        assert in_order(line.rows[batch].get(trap.number, [])) == in_order(rows), f'after batch {batch + 1}'
    assert {text: problem for text, problem in line.aside.items() if text in trap.aside} == trap.aside
    if trap.history is not None:
        def moment(at):
            return None if at is None else traps.DAY + at
        expected = [(key, v, moment(since), moment(until), gone) for key, v, since, until, gone in trap.history]
        assert in_order(line.history.get(trap.number, [])) == in_order(expected)
    if trap.other is not None:
        assert [(trap.key(key), *values) for key, *values in line.other[trap.number]] == trap.other


def test_nothing_else_is_kept_aside(line):
    assert line.aside.keys() == {text for trap in traps.TRAPS.values() for text in trap.aside}


def test_trap_30_the_same_batch_again(line):
    """Files under other names, and the same once more: no version of any table of rows."""
    before = line.warehouse.versions()
    for file in list(line.landing.iterdir()):
        shutil.copy(file, file.with_name(file.name.replace('.jsonl', '.again.jsonl')))
    line.warehouse.run()
    after = line.warehouse.versions()
    assert {name.rsplit('__')[-1] for name in before if before[name] != after[name]} <= {'files', 'stage'}
    between = line.warehouse.versions()
    line.warehouse.run()
    assert line.warehouse.versions() == between
    assert line.by_trap(CURRENT) == line.rows[-1] and line.by_trap(HISTORY) == line.history


# ---- what the compiler says


def test_trap_19_a_table_without_a_key(pipec, tmp_path):
    text = SPECIFICATION.replace('id bigint primary key, t_id bigint', 'id bigint not null, t_id bigint')
    (code, message), = told(pipec, tmp_path / 'none', text)
    assert code == 'PIPE0601' and '`public.u` has no primary key' in message
    assert told(pipec, tmp_path / 'said', text.replace('from shop.public.u { ', 'from shop.public.u { key (id)  ')) == []


def test_trap_23_columns_and_tables_that_differ_by_case_alone(pipec, tmp_path):
    """The warehouse does not tell them apart."""
    assert 'PIPE0211' in {code for code, _ in told(pipec, tmp_path / 'columns', SPECIFICATION.replace('added text', 'mixed text'))}
    two = SPECIFICATION.replace('table public.u (', 'table public.T ( id bigint primary key )\n  table public.u (')
    assert told(pipec, tmp_path / 'tables', two) != []


def test_trap_26_each_sink_reads_one_topic(line):
    """No heartbeats, signals or ends of transactions, by no pattern."""
    for name, config in captured.configs(line.dist).items():
        if name != 'shop':
            assert config['topics'] == name and 'topics.regex' not in config


@pytest.mark.parametrize('setting', ["'time.precision.mode' 'adaptive'", "'time.precision.mode' 'isostring'", "'time.precision.mode' 'connect'",
                                     "'decimal.handling.mode' 'double'", "'value.converter.replace.null.with.default' 'true'",
                                     "'unavailable.value.placeholder' 'x'", "'skipped.operations' 't'"])
def test_faults_01_02_03_06_settings_that_lose_values(pipec, tmp_path, setting):
    """Nobody can ask for what makes the NULLs, the false Z and the cut digits: the keys are pipec's own."""
    (code, message), = told(pipec, tmp_path / 'set', SPECIFICATION.replace('retention 3 days', f'retention 3 days  set {setting}'))
    assert code == 'PIPE2009' and message == f"`{setting.split()[0][1:-1]}` is not the author's to set"


def test_faults_01_02_06_07_09_what_the_connectors_are_told(pipec, tmp_path):
    expected = {'postgres': {'interval.handling.mode': 'string'}, 'sqlserver': {}, 'mysql': {'bigint.unsigned.handling.mode': 'precise'}}
    schemas = {'postgres': 'public', 'sqlserver': 'dbo', 'mysql': 'shop'}
    for kind, own in expected.items():
        text = (f'source shop {{\n  kind {kind}  connection office_db  database shop\n  table t ( id bigint primary key )\n}}\n'
                f'cdc bronze.t from shop.{schemas[kind]}.t {{ deletes hard }}\n')
        made = captured.project(tmp_path / kind, text, tmp_path / kind)
        config = captured.configs(pipec.build(made, out=tmp_path / f'{kind}.dist') / 'prod')['shop']
        assert config | own | {'time.precision.mode': 'microseconds', 'decimal.handling.mode': 'string',
                               'value.converter.replace.null.with.default': 'false'} == config


# ---- the list of all


def test_the_docs_name_each_and_no_other():
    """The table of docs/change-data.md, against the tests that there are."""
    named = set(re.findall(r'`(test_\w+\.py::[^`]+)`', (env.ROOT / 'docs/change-data.md').read_text()))
    files = sorted({name.split('::')[0] for name in named})
    done = subprocess.run([sys.executable, '-m', 'pytest', '--collect-only', '-q', *files], capture_output=True, text=True,
                          cwd=env.ROOT / 'tests/consumers', check=True)
    there = {line for line in done.stdout.splitlines() if '::' in line}
    whole = {line.split('[')[0] for line in there}  # all cases of a test
    assert named <= there | whole, named - there - whole
    ours = {line for line in there if re.search(r'::test_(trap|fault)', line)}
    assert {line for line in ours if line not in named and line.split('[')[0] not in named} == set()
    numbers = {int(number) for number in re.findall(r'^\| (\d+) \|', (env.ROOT / 'docs/change-data.md').read_text(), re.M)}
    assert numbers == set(range(1, 31))
