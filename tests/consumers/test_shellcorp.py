"""specs/shellcorp in the warehouse: every statement that it writes is executed by a real Spark with Delta, with the files of
two federations, the rates of a day, and nothing else landed yet."""
import json
import pathlib
import shutil

import pytest

from harness import env
from harness.warehouse import Warehouse
from pipec_runtime.deploy import Deployment
from pipec_runtime.engines.spark import SparkEngine


@pytest.fixture(scope='module')
def warehouse(spark, pipec, scratch):
    project, landing = scratch / 'shellcorp', scratch / 'shellcorp_landing'
    shutil.copytree(env.ROOT / 'specs/shellcorp', project)
    config = project / 'pipec.yaml'
    config.write_text(config.read_text().replace('file:/var/lib/pipec/landing', f'file:{landing}'))
    (landing / 'fees').mkdir(parents=True)
    (landing / 'fees/2026.csv').write_text('Country;Season;Fee (EUR);Valid from;Remarks\nat;2026;1,250.00;01.07.2026;\n'
                                           'DE;2026;900;01.07.2026;x\n', 'utf-8')
    (landing / 'rest/raw.fx_rates').mkdir(parents=True)
    (landing / 'rest/raw.fx_rates/1.json').write_text('{"currency": "USD", "day": "2026-11-20", "rate": 0.9}\n')
    dist = pipec.build(project, '--var', 'catalog=spark_catalog') / 'prod'
    for connector in (dist / 'kafka_connect/connectors').glob('*.json'):
        config = json.loads(connector.read_text())
        if 'file' in config:
            pathlib.Path(config['file']).touch()  # nothing has changed at the source yet
    made = Warehouse(spark, dist)
    made.drop()
    Deployment(dist, {'warehouse': SparkEngine(spark)}, say=lambda text: None).deploy()
    made.deploy()
    yield made
    made.drop()


def test_everything_runs(warehouse, monkeypatch):
    # The service is not there: what it would have answered lies in the landing.
    monkeypatch.setattr('pipec_runtime.executor.fetch', lambda document, run_id: 0)
    assert warehouse.run() == set()
    assert warehouse.rows('SELECT country, season, fee FROM raw.federation_fees') == [
        ('AT', '2026', '1250.00'), ('DE', '2026', '900.00')]
    versions = warehouse.versions()
    assert warehouse.run() == set()
    assert {name for name, version in warehouse.versions().items() if version != versions[name]} == set()


def test_what_is_there_is_as_declared(warehouse):
    drifts = Deployment(warehouse.manifest.root, {'warehouse': warehouse.engine}, say=lambda text: None).verify()
    assert [drift for drift in drifts if drift.step.startswith('warehouse/')] == []
