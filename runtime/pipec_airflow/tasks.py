"""The operators. They hold names only and read the manifest when they run; none has a field that Jinja renders."""
import functools
import logging

import pipec_runtime
from pipec_runtime import task

from .compat import AirflowFailException, BaseOperator

log = logging.getLogger(__name__)


@functools.lru_cache(maxsize=4)
def manifest_of(path, _modified):
    return pipec_runtime.load(path, lazily=True)


def manifest_at(path):
    """Read once a process and version: a file of DAGs is parsed again and again."""
    return manifest_of(str(path), path.stat().st_mtime_ns)


class Operator(BaseOperator):
    template_fields = ()
    template_ext = ()

    def __init__(self, *, manifest_file, part, timeout=0, **options):
        super().__init__(**options)
        self.manifest_file, self.part, self.timeout = manifest_file, part, timeout

    def run_steps(self, context, part, window=None):
        """The task when it has run, and the gate that stopped it or None."""
        manifest = manifest_at(self.manifest_file)
        run = context['dag_run']
        with task.opened(manifest, part.steps) as engines:
            done = task.Task(manifest, part, engines, f'{run.dag_id}/{run.run_id}', self.timeout)
            return done, done.run(window)


def red(check, failures):
    # The same rows would fail again: not tried again.
    return AirflowFailException(f'{check}: {failures} rows are wrong')


class RunNode(Operator):
    """Builds a node; its own checks run in it, between building and publishing. Gives the failures of each."""

    def execute(self, context):
        node = manifest_at(self.manifest_file).nodes[self.part]
        done, stopped = self.run_steps(context, node, self.window(context))
        if stopped:
            raise red(stopped.check, stopped.failures)
        for gate in node.checks:
            if done.failures(gate.name):
                log.warning('%s: %d rows are wrong (%s)', gate.name, done.failures(gate.name), gate.policy)
        return {gate.name: done.failures(gate.name) for gate in node.checks}

    def window(self, context):
        return None


class RunWindow(RunNode):
    """Builds the grains again that the run's configuration names."""

    def window(self, context):
        conf = context['dag_run'].conf or {}
        if not {'start', 'end'} <= conf.keys():
            raise AirflowFailException('a backfill needs {"start": "2026-01-01", "end": "2026-01-08"}: the first moment, '
                                       'and the first one behind')
        return conf['start'], conf['end']


class RunCheck(Operator):
    """A check that stands by itself."""

    def execute(self, context):
        check = manifest_at(self.manifest_file).checks[self.part]
        done, _ = self.run_steps(context, check)
        failures = done.failures(check.name)
        if failures and check.policy == 'warn':
            log.warning('%s: %d rows are wrong (warn)', check.name, failures)
        elif failures:
            raise red(check.name, failures)
        return failures


class TurnRed(BaseOperator):
    """`else fail`: the node is published and what is below it goes on, but the run is red."""
    template_fields = ()

    def __init__(self, *, checks, of_task, **options):
        super().__init__(**options)
        self.checks, self.of_task = checks, of_task

    def execute(self, context):
        failures = context['ti'].xcom_pull(task_ids=self.of_task)
        for check in self.checks:
            if failures[check]:
                raise red(check, failures[check])


class Publish(BaseOperator):
    """Does nothing: its outlets say that the tasks before it went well."""
    template_fields = ()

    def execute(self, context):
        pass
