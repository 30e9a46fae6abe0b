"""Grains built again by hand: one DAG a model that is built by time, one run a batch.

    python -m pipec_airflow.backfill MANIFEST NODE START END

asks Airflow for the runs. They wait for each other, and for the schedules that write the same table.
"""
import datetime
import pathlib
import sys

from pipec_runtime.backfill import windows
from pipec_runtime.manifest import Node

from . import names
from .compat import DAG, TaskGroup
from .schedules import SINCE
from .tasks import RunWindow, manifest_at


def dag_id(manifest, node: Node) -> str:
    return names.dag_id(manifest, *node.key, 'table', 'backfill')


def backfills(manifest_file: pathlib.Path) -> dict[str, DAG]:
    manifest = manifest_at(manifest_file)
    made = {}
    for name in manifest.order:
        node = manifest.nodes[name]
        if not node.partitions:
            continue
        with DAG(dag_id(manifest, node), schedule=None, start_date=SINCE, catchup=False, max_active_runs=1,
                 description=f'{name}, built again from `start` to `end`', tags=sorted({names.tag(manifest.project), 'backfill'}),
                 is_paused_upon_creation=False) as dag, TaskGroup(names.identifier(*node.key)):
            RunWindow(task_id='run', manifest_file=manifest_file, part=name, owner=node.owner or 'pipec',
                      doc=node.description or None, pool=manifest.pools.get(name, 'default_pool'),
                      outlets=[names.node_asset(manifest, node.key)])
        made[dag.dag_id] = dag
    return made


def main(manifest_file: str, name: str, start: str, end: str) -> None:
    from airflow.api.client import get_current_api_client
    manifest = manifest_at(pathlib.Path(manifest_file).resolve())
    node = manifest.nodes[name]
    client = get_current_api_client()
    for window in windows(node, start, end):
        asked = datetime.datetime.now(datetime.timezone.utc)
        # A run's id has no blanks. Runs asked for in the same second are told apart by their microseconds.
        id = '__'.join(text.replace(' ', 'T') for text in ('again', *window, asked.isoformat()))
        client.trigger_dag(dag_id(manifest, node), run_id=id, conf={'start': window[0], 'end': window[1]},
                           replace_microseconds=False)
        print(*window, sep=' to ')


if __name__ == '__main__':
    main(*sys.argv[1:])
