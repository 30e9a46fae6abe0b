"""What starts the runs of a schedule: the clock, the end of another one, somebody's load, its own end, or nobody but people.

A run that is under way is not overtaken: what was missed, the ledger in the warehouse lets the next one make up for."""
import dagster as dg
from pipec_runtime.manifest import Manifest, Schedule

from . import names

IN_PROGRESS = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING,
               dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def _under_way(context, job):
    running = context.instance.get_runs(dg.RunsFilter(job_name=job.name, statuses=IN_PROGRESS), limit=1)
    return dg.SkipReason(f'run {running[0].run_id} is not done') if running else None


def by_the_clock(schedule: Schedule, job):
    def tick(context):
        return _under_way(context, job) or dg.RunRequest()

    return dg.ScheduleDefinition(
        name=names.identifier(schedule.name, 'schedule'), job=job, cron_schedule=schedule.cron,
        execution_timezone=schedule.timezone, execution_fn=tick, description=schedule.description or None,
        default_status=dg.DefaultScheduleStatus[schedule.status.upper()])


def by_events(manifest: Manifest, schedule: Schedule, jobs):
    """The sensor that starts it, if it is one that does."""
    job = jobs[schedule.name]
    options = {'name': names.identifier(schedule.name, 'start'), 'description': schedule.description or None,
               'default_status': dg.DefaultSensorStatus[schedule.status.upper()]}
    match schedule.start:
        case 'continuous':
            return [_when_it_ended(job, options)]
        case 'after' if schedule.after:
            return [_when_done(jobs[schedule.after], job, options)]
        case 'after':
            keys = [names.key(table.key) for table in manifest.sources[schedule.after_source].tables]
            return [_when_loaded(keys, job, options)]
    return []


def _when_it_ended(job, options):
    @dg.sensor(job=job, minimum_interval_seconds=5, **options)
    def again(context):
        return _under_way(context, job) or dg.RunRequest()

    return again


def _when_done(other, job, options):
    """A run that ended well; the next one that does catches up with what it found under way."""
    @dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, monitored_jobs=[other], request_job=job, **options)
    def follow(context):
        return _under_way(context, job) or dg.RunRequest(run_key=context.dagster_run.run_id)

    return follow


def _when_loaded(keys, job, options):
    """Who loads a source reports a materialization of one of its tables, as Dagster's API takes it from outside."""
    @dg.multi_asset_sensor(monitored_assets=keys, job=job, minimum_interval_seconds=30, **options)
    def loaded(context):
        events = context.latest_materialization_records_by_key()
        if not any(events.values()):
            return dg.SkipReason('nothing was loaded')
        waiting = _under_way(context, job)
        if waiting:
            return waiting
        context.advance_all_cursors()
        return dg.RunRequest()

    return loaded
