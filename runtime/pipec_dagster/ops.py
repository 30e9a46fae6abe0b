"""The ops: one a node, one a check. A node's own checks run in its op, between building and publishing."""
import contextlib
import json

import dagster as dg
from pipec_runtime import task
from pipec_runtime.manifest import Check, Manifest, Node

from . import names, specs

TIMEOUT_TAG = 'pipec/task_timeout_seconds'
FAILED_TAG = 'pipec/failed/'


def resource_keys(manifest, steps):
    """The engines that steps run on."""
    return {names.identifier(connection): connection for connection in task.connections(manifest, steps)}


def _task(context, manifest, part):
    engines = {connection: getattr(context.resources, key) for key, connection in resource_keys(manifest, part.steps).items()}
    return task.Task(manifest, part, engines, context.run.run_id, float(context.run.tags.get(TIMEOUT_TAG, 0)))


def _result(done, asset_key, gate, even_if_unseen):
    """A check that was not evaluated passes when the node had nothing to do; behind a gate that stopped the node
    nothing is known of it."""
    failures, times = done.seen(gate.name)
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
        done = _task(context, manifest, node)
        stopped = done.run()
        for gate in own:
            yield from _result(done, spec.key, gate, even_if_unseen=not stopped)
        if stopped:
            raise _red(stopped.check, stopped.failures)
        if later:
            counts = {gate.name: done.failures(gate.name) for gate in later}
            context.instance.add_run_tags(context.run.run_id, {FAILED_TAG + op_name: json.dumps(counts)})
        yield dg.MaterializeResult(asset_key=spec.key)

    return [build, _late_checks(node, later, op_name)] if later else [build]


def backfill(manifest: Manifest, node: Node):
    """An asset of grains beside the table of a model that is built by time: what Dagster is asked to backfill there is built
    again, whatever the warehouse holds, so many grains a run as the model takes at a time. Schedules run the table itself,
    whose windows the warehouse knows."""
    spec = specs.grains(node)
    table = names.key(node.key)

    @dg.multi_asset(name=names.identifier(*node.key, 'backfill'), specs=[spec],
                    required_resource_keys=set(resource_keys(manifest, node.steps)), pool=names.identifier(*node.key),
                    backfill_policy=dg.BackfillPolicy.multi_run(node.partitions.batch))
    def build_again(context):
        window = context.partition_time_window
        done = _task(context, manifest, node)
        stopped = done.run(tuple(moment.replace(tzinfo=None).isoformat(' ') for moment in (window.start, window.end)))
        if stopped:
            raise _red(stopped.check, stopped.failures)
        context.log_event(dg.AssetMaterialization(table, description=f'built again: {window.start} to {window.end}'))
        yield dg.MaterializeResult(asset_key=spec.key)

    return build_again


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
        done = _task(context, manifest, check)
        done.run()
        yield from _result(done, spec.asset_key, check, even_if_unseen=True)
        if check.policy != 'warn' and done.failures(check.name):
            raise _red(check.name, done.failures(check.name))

    return evaluate


def engine(make):
    """A resource that makes an engine when the first op of a run asks for one, and closes it after the last."""
    @dg.resource
    def open_engine(_context):
        with contextlib.closing(make()) as made:
            yield made

    return open_engine
