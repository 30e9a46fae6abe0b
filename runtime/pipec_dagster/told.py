"""Who is told what becomes of a schedule's runs: a sensor an event that somebody wants to hear of."""
import time

import dagster as dg
from pipec_runtime import alerts
from pipec_runtime.manifest import Manifest, Schedule

from . import names

ENDS = {'failure': dg.DagsterRunStatus.FAILURE, 'success': dg.DagsterRunStatus.SUCCESS, 'start': dg.DagsterRunStatus.STARTED}
LATE_TAG = 'pipec/late'


def sensors(manifest: Manifest, schedule: Schedule, job):
    wanted = {event for alert in schedule.alerts for event in alert.events}
    made = [_on_status(manifest, schedule, job, event, status) for event, status in ENDS.items() if event in wanted]
    if 'late' in wanted and schedule.finish_within_seconds:
        made.append(_on_late(manifest, schedule, job))
    return made


def _options(schedule, event):
    return {'name': names.identifier(schedule.name, event, 'alert'), 'minimum_interval_seconds': 30,
            'default_status': dg.DefaultSensorStatus[schedule.status.upper()]}


def _on_status(manifest, schedule, job, event, status):
    @dg.run_status_sensor(run_status=status, monitored_jobs=[job], **_options(schedule, event))
    def tell(context):
        alerts.tell(manifest, schedule, event, context.dagster_run.run_id)

    return tell


def _on_late(manifest, schedule, job):
    limit = schedule.finish_within_seconds

    @dg.sensor(**_options(schedule, 'late'))
    def tell(context):
        running = dg.RunsFilter(job_name=job.name, statuses=[dg.DagsterRunStatus.STARTED])
        for record in context.instance.get_run_records(running):
            run = record.dagster_run
            late = time.time() - (record.start_time or time.time())
            if late <= limit or LATE_TAG in run.tags:
                continue
            # Marked first: one message too few is better than one every half a minute.
            context.instance.add_run_tags(run.run_id, {LATE_TAG: f'{late:.0f}'})
            alerts.tell(manifest, schedule, 'late', run.run_id, f'{late:.0f} of {limit} seconds')
        return dg.SkipReason('nothing to be run by this')

    return tell
