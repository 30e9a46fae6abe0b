"""Run by the Python of an Airflow, not by the tests': what that Airflow has understood of a folder of DAGs, as JSON.

    probe.py FOLDER [FROM TO]: also when each timetable fires between two moments (Unix seconds)
"""
import datetime
import json
import sys

try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag
import airflow
import pendulum
from airflow.timetables.base import DataInterval, TimeRestriction


def uris(assets):
    return sorted(asset.uri for asset in assets if hasattr(asset, 'uri'))


def waits_for(dag):
    condition = getattr(dag.timetable, 'asset_condition', None) or getattr(dag.timetable, 'dataset_condition', None)
    return uris(getattr(condition, 'objects', ())) if condition else []


def timetable(dag):
    found = dag.timetable
    zone = getattr(found, 'timezone', None) or getattr(found, '_timezone', None)
    cron = getattr(found, 'expression', None) or getattr(found, '_expression', None)
    return [type(found).__name__, cron, str(zone.name if hasattr(zone, 'name') else zone) if cron else None]


def task(found):
    return {
        'owner': found.owner, 'retries': found.retries, 'delay': found.retry_delay.total_seconds(),
        'backoff': bool(found.retry_exponential_backoff), 'pool': found.pool, 'upstream': sorted(found.upstream_task_ids),
        'limit': found.execution_timeout and found.execution_timeout.total_seconds(), 'own_limit': getattr(found, 'timeout', None),
        'outlets': uris(found.outlets), 'rule': str(getattr(found.trigger_rule, 'value', found.trigger_rule)),
        'kind': type(found).__name__, 'rendered': list(found.template_fields), 'doc': found.doc,
        'group': found.task_group.group_id if found.task_group else None}


def core(dag):
    """The timetable that fires: in Airflow 3 a file's is only its description."""
    try:
        from airflow.serialization.encoders import coerce_to_core_timetable
        return coerce_to_core_timetable(dag.timetable)
    except ImportError:
        return dag.timetable


def fires(dag, start, end):
    table, found, last = core(dag), [], None
    until = TimeRestriction(earliest=pendulum.from_timestamp(start), latest=None, catchup=True)
    while True:
        info = table.next_dagrun_info(last_automated_data_interval=last, restriction=until)
        moment = info.run_after
        if moment.timestamp() >= end:
            return found
        found.append(int(moment.timestamp()))
        last = info.data_interval or DataInterval.exact(moment)


def main(folder, *span):
    bag = DagBag(dag_folder=folder)
    dags = {}
    for dag in bag.dags.values():
        dags[dag.dag_id] = {
            'timetable': timetable(dag), 'waits_for': waits_for(dag), 'active': dag.max_active_runs, 'catchup': dag.catchup,
            'tags': sorted(dag.tags), 'description': dag.description, 'paused': bool(dag.is_paused_upon_creation),
            'told': [bool(dag.on_success_callback), bool(dag.on_failure_callback)],
            'tasks': {found.task_id: task(found) for found in dag.tasks}}
        if span and dags[dag.dag_id]['timetable'][1]:
            dags[dag.dag_id]['fires'] = fires(dag, *map(int, span))
    json.dump({'version': airflow.__version__, 'errors': {k: v for k, v in bag.import_errors.items()}, 'dags': dags}, sys.stdout)


main(*sys.argv[1:])
