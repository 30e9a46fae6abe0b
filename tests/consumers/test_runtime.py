"""The runtime on engines that only write down what they are asked: order, parameters, loops, gates, transactions."""
import sys
import time

import pytest
from harness import env

sys.path.insert(0, str(env.ROOT / 'runtime'))

import pipec_runtime as runtime  # noqa: E402
from pipec_runtime.engines.base import Rows, repeating  # noqa: E402

from handmade import Dist  # noqa: E402


class Fake:
    """Answers queries from a table of texts; an exception as an answer is raised."""

    def __init__(self, answers=None, platform=False):
        self.calls, self.answers, self.platform, self.cancelled = [], answers or {}, platform, False

    def execute(self, sql, params):
        self.calls.append((sql, params) if params else sql)
        answer = self.answers.get(sql)
        if callable(answer):
            answer(self)
        if isinstance(answer, Exception):
            raise answer

    def query(self, sql, params):
        self.execute(sql, params)
        columns, *rows = self.answers[sql]
        return Rows(columns, rows)

    def copy(self, table, columns, rows, freeze=False):
        self.calls.append(('copy', table, tuple(columns), list(rows.rows)))

    def begin(self):
        self.calls.append('begin')

    def commit(self):
        self.calls.append('commit')

    def rollback(self):
        self.calls.append('rollback')

    def cancel(self):
        self.cancelled = True


@pytest.fixture
def dist(tmp_path):
    return Dist(tmp_path)


class Trial:
    """Runs the steps of one node; what both engines were asked, in order, and the gates."""

    def __init__(self, dist):
        self.dist, self.calls, self.gates = dist, [], []

    def run(self, steps, warehouse=None, serving=None, phase='run', **options):
        self.dist.node('a.b', steps)
        manifest = runtime.load(self.dist.manifest())
        warehouse, serving = warehouse or Fake(), serving or Fake()
        warehouse.calls = serving.calls = self.calls
        executor = runtime.Executor(manifest, {'warehouse': warehouse, 'serving': serving}, 'run-1',
                                    on_gate=self.gates.append, **options)
        executor.run(manifest.nodes['a.b'].steps, phase)
        return self.calls


@pytest.fixture
def trial(dist):
    return Trial(dist)


def serving(**fields):
    return {'engine': 'serving', 'destination': 'app', **fields}


def test_only_the_steps_of_the_phase_in_their_order(dist, trial):
    steps = [dist.step('1', 'A', phase='migrate'), dist.step('2', 'B'), dist.step('3', 'C', phase='verify'),
             dist.step('4', 'D')]
    assert trial.run(steps) == ['B', 'D']


def test_a_statement_gets_the_parameters_that_it_names(dist, trial):
    warehouse = Fake({'Q': (['hi', 'lo', 'none'], (7, 3, None))})
    steps = [dist.step('1', 'Q', kind='bind', bind={'hi': 'top', 'none': 'nothing'}),
             dist.step('2', 'A', params=['top', 'run_id']), dist.step('3', 'B', params=['nothing']), dist.step('4', 'C')]
    assert trial.run(steps, warehouse) == ['Q', ('A', {'top': 7, 'run_id': 'run-1'}), ('B', {'nothing': None}), 'C']


@pytest.mark.parametrize('rows', [[], [(1,), (2,)]])
def test_a_bind_of_another_number_of_rows_is_an_error(dist, trial, rows):
    with pytest.raises(runtime.ManifestError, match=f'bind.x: one row was expected, {len(rows)} came'):
        trial.run([dist.step('bind.x', 'Q', kind='bind')], Fake({'Q': (['a'], *rows)}))


def test_a_parameter_that_nothing_gives_is_an_error(dist, trial):
    with pytest.raises(runtime.ManifestError, match='nothing gives the parameter top'):
        trial.run([dist.step('1', 'A', params=['top'])])


def test_a_loop_runs_once_a_row_with_its_columns(dist, trial):
    warehouse = Fake({'Q': (['day'], (1,), (2,)), 'R': (['hour'], (5,))})
    steps = [dist.step('q', 'Q', kind='for_each'), dist.step('a', 'A', loop='q', params=['day']),
             dist.step('r', 'R', kind='for_each', loop='q'), dist.step('b', 'B', loop='r', params=['hour', 'day']),
             dist.step('c', 'C')]
    assert trial.run(steps, warehouse) == [
        'Q', ('A', {'day': 1}), 'R', ('B', {'hour': 5, 'day': 1}),
        ('A', {'day': 2}), 'R', ('B', {'hour': 5, 'day': 2}), 'C']


def test_a_loop_over_no_rows_does_nothing(dist, trial):
    steps = [dist.step('q', 'Q', kind='for_each'), dist.step('a', 'A', loop='q')]
    assert trial.run(steps, Fake({'Q': (['day'],)})) == ['Q']


def test_a_blocking_gate_stops_the_steps_behind_it(dist, trial):
    steps = [dist.step('g', 'G', kind='gate', check='unique__id'), dist.step('a', 'A')]
    with pytest.raises(runtime.Blocked, match='unique__id: 2 failures'):
        trial.run(steps, Fake({'G': (['failures'], (2,))}))
    assert trial.calls == ['G']
    assert trial.gates == [runtime.GateResult('unique__id', 'block', 2)]


@pytest.mark.parametrize('policy', ['warn', 'fail'])
def test_other_gates_let_the_steps_behind_them_run(dist, trial, policy):
    steps = [dist.step('g', 'G', kind='gate', check='c', policy=policy), dist.step('a', 'A')]
    assert trial.run(steps, Fake({'G': (['failures'], (2,))})) == ['G', 'A']
    assert [gate.passed for gate in trial.gates] == [False]


def test_steps_of_one_transaction_commit_together(dist, trial):
    app = Fake({'W': (['v'], (4,))})
    warehouse = Fake({'Q': (['id'], (1,), (2,))})
    steps = [dist.step('1', 'A', **serving(transaction='t')),
             dist.step('2', 'W', kind='for_each', **serving(transaction='t')),
             dist.step('3', 'Q', kind='copy', destination='app', transaction='t', loop='2', params=['v'],
                       copy_table='"s"', copy_columns=['id']),
             dist.step('4', 'B', **serving(transaction='t', loop='2')),
             dist.step('5', 'C', **serving()), dist.step('6', 'D', **serving(transaction='u'))]
    assert trial.run(steps, warehouse, app) == [
        'begin', 'A', 'W', ('Q', {'v': 4}), ('copy', '"s"', ('id',), [(1,), (2,)]), 'B', 'commit', 'C', 'begin', 'D',
        'commit']


def test_a_failure_rolls_back(dist, trial):
    steps = [dist.step('1', 'A', **serving(transaction='t')), dist.step('2', 'B', **serving(transaction='t'))]
    with pytest.raises(RuntimeError, match='lost'):
        trial.run(steps, serving=Fake({'B': RuntimeError('lost')}))
    assert trial.calls == ['begin', 'A', 'B', 'rollback']


def test_a_gate_that_blocks_rolls_back(dist, trial):
    steps = [dist.step('1', 'A', **serving(transaction='t')),
             dist.step('2', 'G', kind='gate', check='c', **serving(transaction='t'))]
    with pytest.raises(runtime.Blocked):
        trial.run(steps, serving=Fake({'G': (['failures'], (1,))}))
    assert trial.calls == ['begin', 'A', 'G', 'rollback']


def test_what_only_the_platform_can_run_is_left_out_elsewhere(dist, trial):
    steps = [dist.step('1', 'A', platform_only='tags'), dist.step('2', 'B')]
    assert trial.run(steps) == ['B']
    assert trial.run(steps, Fake(platform=True)) == ['B', 'A', 'B']


def test_a_task_that_takes_too_long_is_cancelled(dist, trial):
    def slow(engine):
        for _ in range(200):
            if engine.cancelled:
                raise RuntimeError('cancelled')
            time.sleep(0.01)
    with pytest.raises(runtime.TimedOut, match='the time of the task is over'):
        trial.run([dist.step('1', 'A'), dist.step('2', 'B')], Fake({'A': slow}), timeout=0.05)
    assert trial.calls == ['A']


def test_a_session_through_connect_is_cancelled_too():
    """It has neither a context nor groups of jobs."""
    from pipec_runtime.engines.spark import SparkEngine
    calls = []
    session = type('Session', (), {'interruptAll': lambda self: calls.append('interrupted'),
                                   'sql': lambda self, sql: calls.append(sql)})()
    engine = SparkEngine(session, platform=True)
    engine.execute('A', {})
    engine.cancel()
    assert calls == ['A', 'interrupted'] and engine.platform and not SparkEngine(session).platform


def test_conflicts_of_writers_are_tried_again_and_nothing_else():
    errors = [Exception('[DELTA_CONCURRENT_APPEND.WITH_PARTITION_HINT] ...'), Exception('ConcurrentWriteException')]
    assert repeating(lambda: 'done' if not errors else (_ for _ in ()).throw(errors.pop()), 3, 0) == 'done'
    for error, attempts in ((Exception('DELTA_CONCURRENT_APPEND'), 3), (Exception('no such table'), 1)):
        tried = []

        def attempt(error=error, tried=tried):
            tried.append(1)
            raise error
        with pytest.raises(Exception, match=str(error)):
            repeating(attempt, 3, 0)
        assert len(tried) == attempts


# ---- the manifest
def test_a_statement_changed_by_hand_is_refused(dist, trial):
    step = dist.step('1', 'A')
    dist.write(step['path'], 'B')
    with pytest.raises(runtime.ManifestError, match='not what the compiler wrote'):
        trial.run([step])
    assert trial.calls == []


def test_a_part_of_the_manifest_changed_by_hand_is_refused(dist):
    dist.node('a.b')
    manifest = dist.manifest()
    dist.write('dagster/' + dist.index['nodes']['a.b']['file'], '{}')
    with pytest.raises(runtime.ManifestError, match='not what the compiler wrote'):
        runtime.load(manifest)


def test_another_format_is_refused(dist):
    dist.index['format_version'] = 2
    with pytest.raises(runtime.ManifestError, match='format version 2, this runtime reads 1'):
        runtime.load(dist.manifest())


def test_a_member_that_is_not_known_is_refused(dist):
    dist.node('a.b', [dist.step('1', 'A', when='always')])
    with pytest.raises(runtime.ManifestError, match="step '1' has members that this runtime does not know: when"):
        runtime.load(dist.manifest())


def test_paths_stay_inside(dist, trial, tmp_path):
    (tmp_path.parent / 'x.sql').write_text('A')
    with pytest.raises(runtime.ManifestError, match='outside'):
        trial.run([dist.step('1', 'A') | {'path': '../x.sql'}])


def test_references_name_where_and_never_show_values(monkeypatch, tmp_path):
    monkeypatch.setenv('A_DSN', 'secret')
    secrets = tmp_path / 'app.properties'
    secrets.write_text('# password=old\nuser = loader\npassword=hush=1\n')
    fields = {'dsn': {'reference': 'env:A_DSN'}, 'host': {'value': 'localhost'},
              'password': {'reference': f'file:{secrets}#password'}}
    assert runtime.resolve('serving', fields) == {'dsn': 'secret', 'host': 'localhost', 'password': 'hush=1'}
    monkeypatch.delenv('A_DSN')
    with pytest.raises(runtime.MissingReference, match='connection serving, field dsn: .* A_DSN is not set'):
        runtime.resolve('serving', fields)
    for reference, message in (('vault:x', 'not `vault:`'), (f'file:{secrets}#pass', 'has no entry pass'),
                               ('file:/nowhere#x', '/nowhere: No such file')):
        with pytest.raises(runtime.MissingReference, match=message):
            runtime.resolve('serving', {'dsn': {'reference': reference}})
