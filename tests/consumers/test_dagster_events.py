"""What starts runs besides the clock, who is told of them, and backfills: the real Dagster on manifests written by hand."""
import http.server
import json
import logging
import sys
import threading
import time

import pytest
from harness import env

sys.path.insert(0, str(env.ROOT / 'runtime'))

import dagster as dg  # noqa: E402
from dagster._core.execution.backfill import PartitionBackfill  # noqa: E402
from dagster._core.test_utils import create_test_daemon_workspace_context  # noqa: E402
from dagster._core.workspace.load_target import PythonFileTarget  # noqa: E402
from dagster._daemon.backfill import execute_backfill_iteration  # noqa: E402

from handmade import Dist  # noqa: E402
from test_dagster_runtime import Closing, definitions  # noqa: E402

SECRET = '/services/T000/B000/not-to-be-seen'


class Channel:
    """A local server that takes messages."""

    def __init__(self):
        self.messages, self.status = [], 200
        channel = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                channel.messages.append((self.path, json.loads(self.rfile.read(int(self.headers['Content-Length'])))))
                self.send_response(channel.status)
                self.end_headers()

            def log_message(self, *args):
                pass
        self._server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
        self.address = f'http://127.0.0.1:{self._server.server_port}{SECRET}'
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()


@pytest.fixture
def channel(monkeypatch):
    made = Channel()
    monkeypatch.setenv('ALERTS', made.address)
    yield made
    made.close()


@pytest.fixture
def dist(tmp_path):
    made = Dist(tmp_path)
    made.node('s.a', [made.step('a', 'A')])
    return made


def told(*events, channel='slack'):
    return [{'events': list(events), 'channel': channel, 'reference': 'env:ALERTS'}]


def sensor_of(defs, name):
    return defs.get_repository_def().get_sensor_def(name)


def end(defs, instance, job, status):
    """A run that was there and has ended so."""
    run = instance.create_run_for_job(defs.resolve_job_def(job), status=dg.DagsterRunStatus.STARTED)
    event = {'success': 'PIPELINE_SUCCESS', 'failure': 'PIPELINE_FAILURE'}[status]
    made = dg.DagsterEvent(event, job, message='')
    instance.report_dagster_event(made, run.run_id)
    return run, made


@pytest.mark.parametrize('event', ['failure', 'success'])
def test_the_end_of_a_run_is_told(dist, channel, event):
    dist.schedule('all', ['s.a'], alerts=told(event))
    defs = definitions(dist)
    assert {s.name for s in defs.get_repository_def().sensor_defs} == {f'all__{event}__alert'}
    with dg.instance_for_test() as instance:
        run, made = end(defs, instance, 'all', event)
        context = dg.build_run_status_sensor_context(f'all__{event}__alert', made, instance, run)
        sensor_of(defs, f'all__{event}__alert')(context)
    [(path, message)] = channel.messages
    assert path == SECRET and message == {'text': f'handmade (prod): all: {event}, run {run.run_id}'}


def test_a_channel_that_does_not_answer_is_an_error_without_its_address(dist, channel, caplog):
    from pipec_runtime import alerts
    import pipec_runtime
    dist.schedule('all', ['s.a'], alerts=told('failure') + told('failure', channel='webhook'))
    manifest = pipec_runtime.load(dist.manifest())
    channel.status = 500
    with pytest.raises(alerts.NotSent, match='slack, webhook') as failed:
        alerts.tell(manifest, manifest.schedules['all'], 'failure', 'r1')
    assert len(channel.messages) == 2
    assert SECRET not in str(failed.value) + caplog.text and 'HTTP 500' in caplog.text
    alerts.tell(manifest, manifest.schedules['all'], 'success', 'r1')
    assert len(channel.messages) == 2


def test_a_run_that_is_late_is_told_once(dist, channel):
    dist.schedule('all', ['s.a'], alerts=told('late'), finish_within_seconds=1)
    defs = definitions(dist)
    with dg.instance_for_test() as instance:
        run = instance.create_run_for_job(defs.resolve_job_def('all'), status=dg.DagsterRunStatus.STARTING)
        instance.report_dagster_event(dg.DagsterEvent('PIPELINE_START', 'all', message=''), run.run_id)

        def look():
            with dg.build_sensor_context(instance=instance) as context:
                sensor_of(defs, 'all__late__alert').evaluate_tick(context)
        look()
        assert channel.messages == []
        time.sleep(1.5)
        look(), look()
    [(_, message)] = channel.messages
    assert message['text'].startswith(f'handmade (prod): all: late, run {run.run_id}: ')


def test_by_hand_and_after_each_other_and_without_a_pause(dist):
    dist.schedule('hand', ['s.a'], start='manual')
    dist.schedule('next', ['s.a'], start='after', after='hand')
    dist.schedule('ever', ['s.a'], start='continuous')
    defs = definitions(dist)
    repository = defs.get_repository_def()
    assert repository.schedule_defs == []
    assert {s.name for s in repository.sensor_defs} == {'next__start', 'ever__start'}
    with dg.instance_for_test() as instance:
        run, made = end(defs, instance, 'hand', 'success')
        follow = sensor_of(defs, 'next__start')
        context = dg.build_run_status_sensor_context('next__start', made, instance, run)
        assert follow(context).run_key == run.run_id
        with dg.build_sensor_context(instance=instance) as context:
            ever = sensor_of(defs, 'ever__start').evaluate_tick(context)
            assert len(ever.run_requests) == 1
            instance.create_run_for_job(defs.resolve_job_def('ever'), status=dg.DagsterRunStatus.STARTED)
            ever = sensor_of(defs, 'ever__start').evaluate_tick(context)
            assert ever.run_requests == [] and 'is not done' in ever.skip_message


def test_after_somebody_elses_load(dist):
    dist.part('sources', 'ga4', {'name': 'ga4', 'kind': 'external', 'tables': [{'key': ['ga4', 'g', t]} for t in 'xy']})
    dist.schedule('loaded', ['s.a'], start='after', after_source='ga4')
    defs = definitions(dist)
    start = sensor_of(defs, 'loaded__start')
    with dg.instance_for_test() as instance:
        cursor = None

        def look():
            nonlocal cursor
            repository = defs.get_repository_def()
            context = dg.build_multi_asset_sensor_context(monitored_assets=[dg.AssetKey(['ga4', 'g', t]) for t in 'xy'],
                                                          repository_def=repository, instance=instance, cursor=cursor)
            seen = start.evaluate_tick(context)
            cursor = seen.cursor or cursor
            return len(seen.run_requests)
        assert look() == 0
        instance.report_runless_asset_event(dg.AssetMaterialization(dg.AssetKey(['ga4', 'g', 'y'])))
        assert [look(), look()] == [1, 0]


BACKFILLED = '''
import sys
sys.path.insert(0, {runtime!r})
import pipec_dagster, pipec_runtime
defs = pipec_dagster.build(pipec_runtime.load({manifest!r}))
'''
START, END = 'dagster/asset_partition_range_start', 'dagster/asset_partition_range_end'


def test_a_backfill_of_twenty_days_in_batches_of_seven_makes_three_runs(tmp_path):
    dist = Dist(tmp_path)
    queue = dist.step('q', 'Q', phase='backfill', params=['backfill_start', 'backfill_end'])
    dist.node('s.a', [queue, dist.step('a', 'A')], partitions={'grain_seconds': 86400, 'start': '2026-01-01', 'batch': 7})
    dist.schedule('all', ['s.a'])
    file = tmp_path / 'definitions.py'
    file.write_text(BACKFILLED.format(runtime=str(env.ROOT / 'runtime'), manifest=str(dist.manifest())))
    key = dg.AssetKey(['backfill', 's', 'a', 'day'])
    warehouse = Closing()
    job = definitions(dist, warehouse).resolve_implicit_global_asset_job_def()
    with dg.instance_for_test() as instance:
        # What the daemon does with a backfill that somebody asked for.
        target = PythonFileTarget(python_file=str(file), attribute=None, working_directory=str(tmp_path), location_name='l')
        with create_test_daemon_workspace_context(target, instance) as workspace:
            graph = workspace.create_request_context().asset_graph
            instance.add_backfill(PartitionBackfill.from_asset_partitions(
                backfill_id='b', asset_graph=graph, dynamic_partitions_store=instance, backfill_timestamp=time.time(),
                asset_selection=[key], tags={}, title=None, description=None, all_partitions=False, run_config=None,
                partition_names=[f'2026-10-{day:02}' for day in range(1, 21)]))
            list(execute_backfill_iteration(workspace, logging.getLogger('backfill')))
        asked = sorted((run.tags[START], run.tags[END]) for run in instance.get_runs())
        assert asked == [('2026-10-01', '2026-10-07'), ('2026-10-08', '2026-10-14'), ('2026-10-15', '2026-10-20')]
        for start, end in asked:
            assert job.execute_in_process(instance=instance, asset_selection=[key], tags={START: start, END: end}).success
        assert len(instance.get_materialized_partitions(key)) == 20
        assert instance.get_latest_materialization_event(dg.AssetKey(['s', 'a']))
    windows = [('2026-10-01', '2026-10-08'), ('2026-10-08', '2026-10-15'), ('2026-10-15', '2026-10-21')]
    assert warehouse.calls == [call for a, b in windows for call in (
        ('Q', {'backfill_start': f'{a} 00:00:00', 'backfill_end': f'{b} 00:00:00'}), 'A')]
