"""The ops: one a node, one a check. A node's own checks run in its op, between building and publishing."""
import contextlib
import json

import dagster as dg
from pipec_runtime import Blocked, Executor
from pipec_runtime.manifest import Check, Manifest, Node, Step

from . import names, specs

TIMEOUT_TAG = 'pipec/task_timeout_seconds'
FAILED_TAG = 'pipec/failed/'


def resource_keys(manifest, steps):
    """The engines that steps run on."""
    connections = set()
    for step in steps:
        connections.add(manifest.engine(step).connection)
        if step.kind == 'copy':
            connections |= {manifest.warehouse.connection, manifest.destinations[step.destination].connection}
    return {names.identifier(connection): connection for connection in sorted(connections)}


class _Task:
    """One node or check in one run: its engines, its time, what its gates said."""

    def __init__(self, context, manifest, steps):
        # By check: failures of all evaluations (in a loop there is one a row), and how many there were.
        self._seen = {}
        keys = resource_keys(manifest, steps)
        engines = {connection: getattr(context.resources, key) for key, connection in keys.items()}
        timeout = float(context.run.tags.get(TIMEOUT_TAG, 0))
        self._steps = steps
        self._executor = Executor(manifest, engines, context.run.run_id, timeout=timeout, on_gate=self._note)

    def _note(self, gate):
        failures, times = self._seen.get(gate.check, (0, 0))
        self._seen[gate.check] = failures + gate.failures, times + 1

    def run(self):
        """The gate that stopped it, or None."""
        try:
            self._executor.run(self._steps)
        except Blocked as blocked:
            return blocked.gate
        return None

    def failures(self, check):
        return self._seen.get(check, (0, 0))[0]

    def result(self, asset_key, gate, even_if_unseen):
        """A check that was not evaluated passes when the node had nothing to do; behind a gate that stopped the node
        nothing is known of it."""
        failures, times = self._seen.get(gate.name, (0, 0))
        if not times and not even_if_unseen:
            return []
        return [dg.AssetCheckResult(
            asset_key=asset_key, check_name=names.check_name(gate.name), passed=failures == 0,
            severity=dg.AssetCheckSeverity.WARN if gate.policy == 'warn' else dg.AssetCheckSeverity.ERROR,
            metadata={'failures': failures, 'evaluations': times})]


def _red(check, failures):
    # The same rows would fail again.
    return dg.Failure(f'{check}: {failures} rows are wrong', allow_retries=False)


def node(manifest: Manifest, node: Node):
    """The op of a node, and, where checks fail the run without stopping it, the op that turns the run red."""
    spec = specs.asset(node)
    own = [gate for gate in node.checks if gate.policy != 'fail']
    later = [gate for gate in node.checks if gate.policy == 'fail']
    op_name = names.identifier(*node.key)

    @dg.multi_asset(name=op_name, specs=[spec], check_specs=[specs.gate(node, gate) for gate in own],
                    required_resource_keys=set(resource_keys(manifest, node.steps)), pool=op_name)
    def build(context):
        task = _Task(context, manifest, node.steps)
        stopped = task.run()
        for gate in own:
            yield from task.result(spec.key, gate, even_if_unseen=not stopped)
        if stopped:
            raise _red(stopped.check, stopped.failures)
        if later:
            counts = {gate.name: task.failures(gate.name) for gate in later}
            context.instance.add_run_tags(context.run.run_id, {FAILED_TAG + op_name: json.dumps(counts)})
        yield dg.MaterializeResult(asset_key=spec.key)

    return [build, _late_checks(node, later, op_name)] if later else [build]


def _late_checks(node, gates, op_name):
    """Checks with `else fail`: the node is published and what is below it goes on, but the run is red. Its op cannot
    fail without stopping what is below it, so another one does, by what it left in the run's tags."""
    @dg.multi_asset_check(name=names.identifier(*node.key, 'else_fail'), specs=[specs.gate(node, gate) for gate in gates])
    def turn_red(context):
        tags = context.instance.get_run_by_id(context.run.run_id).tags
        if FAILED_TAG + op_name not in tags:
            raise dg.Failure(f'{node.name} was not built in this run', allow_retries=False)
        counts = json.loads(tags[FAILED_TAG + op_name])
        for gate in gates:
            yield dg.AssetCheckResult(asset_key=names.key(node.key), check_name=names.check_name(gate.name),
                                      passed=counts[gate.name] == 0, metadata={'failures': counts[gate.name]})
        for gate in gates:
            if counts[gate.name]:
                raise _red(gate.name, counts[gate.name])

    return turn_red


def check(manifest: Manifest, check: Check):
    spec = specs.check(check)

    @dg.multi_asset_check(name=names.identifier('check', check.name), specs=[spec],
                          required_resource_keys=set(resource_keys(manifest, check.steps)))
    def evaluate(context):
        task = _Task(context, manifest, check.steps)
        task.run()
        yield from task.result(spec.asset_key, check, even_if_unseen=True)
        if check.policy != 'warn' and task.failures(check.name):
            raise _red(check.name, task.failures(check.name))

    return evaluate


def engine(make):
    """A resource that makes an engine when the first op of a run asks for one, and closes it after the last."""
    @dg.resource
    def open_engine(_context):
        with contextlib.closing(make()) as made:
            yield made

    return open_engine
