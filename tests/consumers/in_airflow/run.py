"""Run by the Python of an Airflow: one run of DAGs of a folder, in this process, on engines that the tests hold.

    run.py FOLDER ADDRESS|- [DAG CONF-JSON]...: for each the state of the run and of its tasks

`ADDRESS` is a socket where the tests' process answers for the warehouse (remote_engine.py); `-`: no engine is
another's.
"""
import json
import sys

folder, address, *wanted = sys.argv[1:]

try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag

bag = DagBag(dag_folder=folder)
assert not bag.import_errors, bag.import_errors
if hasattr(bag, 'sync_to_db'):  # Airflow 2 tells of assets that its database knows; 3 does so by itself
    bag.sync_to_db()

if address != '-':
    import os
    sys.path.insert(0, os.path.dirname(__file__))
    import remote_engine
    from pipec_runtime import engines
    made = engines.make
    engines.make = lambda kind, fields: remote_engine.Remote(address) if kind == 'databricks' else made(kind, fields)


def assets_told():
    """The uris of events so far."""
    from airflow import settings
    session = settings.Session()
    try:
        from airflow.models.asset import AssetEvent, AssetModel
        rows = session.query(AssetModel.uri).join(AssetEvent, AssetEvent.asset_id == AssetModel.id)
    except ImportError:
        from airflow.models.dataset import DatasetEvent, DatasetModel
        rows = session.query(DatasetModel.uri).join(DatasetEvent, DatasetEvent.dataset_id == DatasetModel.id)
    return sorted({row[0] for row in rows})


result = []
for dag_id, conf in zip(wanted[::2], wanted[1::2]):
    try:
        run = bag.dags[dag_id].test(run_conf=json.loads(conf))
        if run is None:
            from airflow import settings
            from airflow.models.dagrun import DagRun
            run = settings.Session().query(DagRun).filter(DagRun.dag_id == dag_id).order_by(DagRun.id.desc()).first()
        states = {ti.task_id: str(getattr(ti.state, 'value', ti.state)) for ti in run.get_task_instances()}
        result.append({'state': str(getattr(run.state, 'value', run.state)), 'tasks': states})
    except Exception as error:  # 2.10 raises where a task failed
        result.append({'state': 'raised', 'error': f'{type(error).__name__}: {error}'[:2000]})
print()
print(json.dumps({'runs': result, 'told': assets_told()}))
