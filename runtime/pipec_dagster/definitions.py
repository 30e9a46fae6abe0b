"""Definitions of a manifest: assets, checks, a job a schedule of the specification, and what starts it."""
import pathlib

import dagster as dg
import pipec_runtime
from pipec_runtime import task
from pipec_runtime.manifest import Manifest, Schedule

from . import names, ops, specs, starts, told


def load(definitions_file, engines=None):
    """The definitions of the manifest beside a definitions.py. `engines` may give, by the name of a connection, a
    function that makes another engine than the manifest names."""
    return build(pipec_runtime.load(pathlib.Path(definitions_file).parent / 'manifest.json'), engines)


def load_location(definitions_file, engines=None):
    """The same of one code location of several: the parts that are listed beside its file."""
    file = pathlib.Path(definitions_file)
    return build(pipec_runtime.load(file.parent.parent / 'manifest.json', parts=file.with_suffix('.json')), engines)


def build(manifest: Manifest, engines=None):
    assets: list = [specs.source_table(source, table)
                    for source in manifest.sources.values() for table in source.tables]
    assets += [specs.dashboard(dashboard) for dashboard in manifest.dashboards.values()]
    checks: list = [ops.check(manifest, check) for check in manifest.checks.values()]
    for node in manifest.nodes.values():
        made = ops.node(manifest, node)
        assets.append(made[0])
        checks += made[1:]
        if node.partitions:
            assets.append(ops.backfill(manifest, node))
    jobs = {name: _job(manifest, schedule) for name, schedule in manifest.schedules.items()}
    return dg.Definitions(
        assets=assets, asset_checks=checks, jobs=list(jobs.values()),
        schedules=[starts.by_the_clock(schedule, jobs[name]) for name, schedule in manifest.schedules.items()
                   if schedule.start == 'timed'],
        sensors=[sensor for name, schedule in manifest.schedules.items()
                 for sensor in (*starts.by_events(manifest, schedule, jobs), *told.sensors(manifest, schedule, jobs[name]))],
        resources={names.identifier(connection): ops.engine(make)
                   for connection, make in task.makers(manifest, engines).items()},
        # Steps wait for the warehouse; a process for each of them would read the whole manifest again.
        executor=dg.in_process_executor)


def _job(manifest: Manifest, schedule: Schedule):
    nodes = [manifest.nodes[name] for name in schedule.nodes]
    checks = [dg.AssetCheckKey(names.key(node.key), names.check_name(gate.name))
              for node in nodes for gate in node.checks]
    for name in schedule.checks:
        check = manifest.checks[name]
        checks.append(dg.AssetCheckKey(names.key(check.target), names.check_name(check.name)))
    # Keys, one by one: the compiler has resolved the selection.
    selection = dg.AssetSelection.assets(*[names.key(node.key) for node in nodes]).without_checks()
    if checks:
        selection = selection | dg.AssetSelection.checks(*checks)
    # The instance's configuration lets one run of a job in at a time, by the second tag.
    tags = {'pipec/schedule': schedule.name,
            'pipec/job': names.identifier(manifest.project, manifest.target, schedule.name, longest=60)}
    if schedule.task_timeout_seconds:
        tags[ops.TIMEOUT_TAG] = str(schedule.task_timeout_seconds)
    if schedule.finish_within_seconds:
        tags['pipec/finish_within_seconds'] = str(schedule.finish_within_seconds)
    retries = dg.RetryPolicy(max_retries=schedule.retries, delay=schedule.retry_delay_seconds,
                             backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
    return dg.define_asset_job(
        names.identifier(schedule.name), selection=selection, description=schedule.description or None, tags=tags,
        executor_def=dg.in_process_executor, op_retry_policy=retries if schedule.retries else None)
