"""A schedule: one DAG for its nodes and checks, and one an export, which starts when the table that it reads is done."""
import datetime
import pathlib

from pipec_runtime import alerts, task
from pipec_runtime.manifest import Manifest, Node, Schedule

from . import names
from .compat import DAG, DOUBLED, ContinuousTimetable, CronTriggerTimetable, TaskGroup
from .tasks import Publish, RunCheck, RunNode, TurnRed, manifest_at

# Not a time at which anything starts: nothing is caught up, and Airflow wants one in the past.
SINCE = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
# Airflow's own clock ends a task that does not answer to ours, which cancels the statement under way.
GRACE = datetime.timedelta(minutes=1)


def schedule(manifest_file: pathlib.Path, name: str) -> dict[str, DAG]:
    """The DAGs of a schedule, by their ids."""
    manifest = manifest_at(manifest_file)
    made = Schedules(manifest, manifest_file, manifest.schedules[name])
    return {dag.dag_id: dag for dag in [made.main(), *made.exports()]}


class Schedules:
    def __init__(self, manifest: Manifest, manifest_file: pathlib.Path, schedule: Schedule):
        self._manifest, self._file, self._schedule = manifest, manifest_file, schedule
        nodes = [manifest.nodes[name] for name in schedule.nodes]
        built = {node.key for node in nodes}
        # An export whose table this schedule builds waits for that table alone.
        self._exports = [node for node in nodes if node.kind == 'export' and built & set(node.deps)]
        self._nodes = [node for node in nodes if node not in self._exports]
        self._groups: dict[tuple[str, ...], TaskGroup] = {}
        self._runs: dict[tuple[str, ...], RunNode] = {}
        self._ends: dict[tuple[str, ...], RunNode | Publish] = {}

    # ---- DAGs
    def main(self) -> DAG:
        schedule = self._schedule
        with self._dag((schedule.name,), self._when(), schedule.description) as dag:
            for node in self._nodes:
                self._node(node)
            for node in self._nodes:
                for dep in node.deps:
                    if dep in self._ends:
                        self._ends[dep] >> self._runs[node.key]
            for name in schedule.checks:
                self._check(name)
            self._end(dag)
        return dag

    def exports(self) -> list[DAG]:
        made = []
        for node in self._exports:
            when = [names.due(self._manifest, self._schedule.name, node.name)]
            with self._dag((self._schedule.name, 'export', node.name), when, node.description) as dag:
                self._node(node)
            made.append(dag)
        return made

    def _when(self):
        manifest, schedule = self._manifest, self._schedule
        match schedule.start:
            case 'timed':
                return CronTriggerTimetable(schedule.cron, timezone=schedule.timezone)
            case 'continuous':
                return ContinuousTimetable()
            case 'after' if schedule.after:
                return [names.schedule_asset(manifest, schedule.after)]
            case 'after':
                return [names.source_asset(manifest, schedule.after_source)]
        return None

    def _dag(self, parts, when, description) -> DAG:
        schedule = self._schedule
        return DAG(
            names.dag_id(self._manifest, *parts), schedule=when, start_date=SINCE, catchup=False, max_active_runs=1,
            description=description or None, tags=sorted({names.tag(tag) for tag in (self._manifest.project, *schedule.tags)}),
            is_paused_upon_creation=schedule.status == 'stopped', render_template_as_native_obj=False,
            on_success_callback=self._told('success'), on_failure_callback=self._told('failure'))

    # ---- tasks
    def _node(self, node: Node) -> None:
        """A group: the node, the checks that turn the run red, and, where other checks stop it, what follows them."""
        group = self._groups[node.key] = TaskGroup(names.identifier(*node.key), tooltip=node.description)
        with group:
            run = self._runs[node.key] = RunNode(task_id='run', part=node.name, **self._options(node))
            later = [gate.name for gate in node.checks if gate.policy == 'fail']
            if later:
                run >> TurnRed(task_id='checks', checks=later, of_task=run.task_id, owner=node.owner or 'pipec', retries=0)
            stopping = [name for name in self._schedule.checks
                        if self._manifest.checks[name].target == node.key
                        and self._manifest.checks[name].policy == 'block']
            end = Publish(task_id='publish', owner=node.owner or 'pipec') if stopping else run
            self._ends[node.key] = end
            if end is not run:
                run >> end
            end.outlets.extend(self._outlets(node))

    def _outlets(self, node: Node):
        manifest = self._manifest
        return [names.node_asset(manifest, node.key),
                *(names.due(manifest, self._schedule.name, export.name) for export in self._exports if node.key in export.deps)]

    def _check(self, name: str) -> None:
        check = self._manifest.checks[name]
        with self._groups[check.target]:
            run = RunCheck(task_id=names.identifier('check', name, longest=120), part=name, **self._options(check))
        self._runs[check.target] >> run
        for dep in check.deps:
            if dep != check.target and dep in self._ends:
                self._ends[dep] >> run
        if check.policy == 'block':
            run >> self._ends[check.target]

    def _end(self, dag: DAG) -> None:
        """What says that a run has ended well, where another schedule waits for it."""
        if not any(other.after == self._schedule.name for other in self._manifest.schedules.values()):
            return
        leaves = list(dag.leaves)
        end = Publish(task_id='end', outlets=[names.schedule_asset(self._manifest, self._schedule.name)])
        leaves >> end

    def _options(self, part):
        schedule = self._schedule
        limit = task.limit(part, schedule.task_timeout_seconds)
        return {
            'manifest_file': self._file, 'timeout': limit, 'owner': part.owner or 'pipec', 'doc': part.description or None,
            'retries': schedule.retries, 'retry_delay': datetime.timedelta(seconds=schedule.retry_delay_seconds or 30),
            'retry_exponential_backoff': DOUBLED if schedule.retries else False,
            'execution_timeout': datetime.timedelta(seconds=limit) + GRACE if limit else None,
            'pool': self._manifest.pools.get(part.name, 'default_pool') if isinstance(part, Node) else 'default_pool'}

    # ---- alerts
    def _told(self, event: str):
        """What a DAG calls when a run has ended: who wants to hear of such an end, or that it came too late."""
        schedule, manifest = self._schedule, self._manifest
        wanted = {wanted for alert in schedule.alerts for wanted in alert.events}
        if not wanted & {event, 'late'}:
            return None

        def tell(context):
            run = context['dag_run']
            alerts.tell(manifest, schedule, event, run.run_id)
            started = getattr(run, 'start_date', None)
            limit = schedule.finish_within_seconds
            if started and limit:
                taken = (datetime.datetime.now(datetime.timezone.utc) - started).total_seconds()
                if taken > limit:
                    alerts.tell(manifest, schedule, 'late', run.run_id, f'{taken:.0f} of {limit} seconds')

        return tell
