"""Resources for Strimzi, read by the model that its operators read them by."""
import re
import subprocess

import pytest
import yaml

from harness import captured, env
from test_sqlserver import SPECIFICATION


def complaints(*files):
    path = f'{env.consumers()}/strimzi/*'
    return subprocess.run(env.java('200m', '-cp', path, str(env.ROOT / 'tests/consumers/StrimziModel.java'), *map(str, files)),
                          check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.fixture(scope='module')
def site(pipec, scratch):
    folder = scratch / 'strimzi'
    project = captured.project(folder / 'office', SPECIFICATION, folder / 'landing')
    config = project / 'pipec.yaml'
    plain = pipec.build(project, out=folder / 'plain') / 'prod/kafka_connect'
    text = config.read_text()
    assert 'kafka_connect: {}' in text
    config.write_text(text.replace('kafka_connect: {}', 'kafka_connect: { host: strimzi, connect_cluster: "workers" }'))
    return plain, pipec.build(project, out=folder / 'dist') / 'prod/kafka_connect'


def resources(folder):
    return {path: yaml.safe_load(path.read_text()) for path in sorted(folder.rglob('*.yaml'))}


def test_the_model_knows_every_field(site):
    files = list(resources(site[1]))
    assert len(files) == 8 and complaints(*files) == []


@pytest.mark.parametrize('right, wrong', [('tasksMax', 'taskMax'), ('partitions:', 'partition:'), ('config', 'configs'),
                                          ('tasksMax: 1', 'tasksMax: many')])
def test_the_model_sees_a_wrong_one(site, scratch, right, wrong):
    file = next(path for path in resources(site[1]) if f'\n  {right}' in path.read_text())
    other = scratch / 'wrong.yaml'
    other.write_text(re.sub(rf'(?<=\n  ){right}', wrong, file.read_text(), count=1))
    assert len(complaints(other)) == 1


def test_names_that_kubernetes_takes(site):
    found = resources(site[1])
    for path, resource in found.items():
        name = resource['metadata']['name']
        assert re.fullmatch(r'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*', name) and len(name) <= 63
        assert path.name == f'{name}.yaml'
    assert len({(r['kind'], r['metadata']['name']) for r in found.values()}) == len(found)


def test_the_settings_are_those_of_a_worker_of_ones_own(site):
    plain = captured.configs(site[0].parent)
    connectors = [r for r in resources(site[1]).values() if r['kind'] == 'KafkaConnector']
    kept = {tuple(sorted((c['spec']['config'] | {'connector.class': c['spec']['class']}).items())) for c in connectors}
    assert kept == {tuple(sorted((k, v) for k, v in c.items() if k not in ('name', 'tasks.max'))) for c in plain.values()}
    assert {c['metadata']['labels']['strimzi.io/cluster'] for c in connectors} == {'workers'}
    topics = {r['spec']['topicName']: r['spec']['config'] for r in resources(site[1]).values() if r['kind'] == 'KafkaTopic'}
    assert topics['office.schema_history']['retention.ms'] == '-1' and 'office.Office.dbo.Staff' in topics
