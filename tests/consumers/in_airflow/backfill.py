"""Run by the Python of an Airflow: asks it for a backfill as people do, tells what it was asked for, and runs the first batch.

    backfill.py FOLDER ADDRESS MANIFEST NODE START END
"""
import contextlib
import io
import json
import os
import sys

folder, address, *asked = sys.argv[1:]
sys.path.insert(0, os.path.dirname(__file__))

try:
    from airflow.dag_processing.dagbag import BundleDagBag, DagBag, sync_bag_to_db
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    manager = DagBundlesManager()
    manager.sync_bundles_to_db()
    [bundle] = list(manager.get_all_dag_bundles())
    sync_bag_to_db(BundleDagBag(dag_folder=folder, bundle_path=bundle.path, bundle_name=bundle.name), bundle.name, None)
    bag = DagBag(dag_folder=folder)
except ImportError:
    from airflow.models.dagbag import DagBag
    bag = DagBag(dag_folder=folder)
    bag.sync_to_db()

import remote_engine
from pipec_airflow import backfill
from pipec_runtime import engines

engines.make = lambda kind, fields: remote_engine.Remote(address)
with contextlib.redirect_stdout(io.StringIO()):
    backfill.main(*asked)

from airflow import settings
from airflow.models.dagrun import DagRun

[dag] = bag.dags.values()
runs = settings.Session().query(DagRun).filter(DagRun.dag_id == dag.dag_id).order_by(DagRun.id).all()
confs = [run.conf for run in runs]
run = dag.test(run_conf=confs[0])
if run is None:
    run = settings.Session().query(DagRun).filter(DagRun.dag_id == dag.dag_id).order_by(DagRun.id.desc()).first()
print()
print(json.dumps({'dag': dag.dag_id, 'asked': confs, 'state': str(getattr(run.state, 'value', run.state))}))
