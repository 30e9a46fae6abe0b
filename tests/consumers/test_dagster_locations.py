"""A large project in several code locations: each schedule whole in one of them, and together what one would be."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from harness import definitions as seen
from harness import env

sys.path.insert(0, str(env.ROOT / 'runtime'))

import dagster as dg  # noqa: E402
import pipec_dagster  # noqa: E402
import pipec_runtime  # noqa: E402
import yaml  # noqa: E402

# Two lines that touch nowhere but in a check, one that waits for another, one of another source.
SPECIFICATION = '''
source shop { kind postgres  connection shop_db  database shop
  cdc { retention 3 days }
  table public.a ( id bigint primary key, x int )
  table public.b ( id bigint primary key, x int )
}
source other { kind postgres  connection shop_db  database other
  cdc { retention 3 days }
  table public.d ( id bigint primary key )
}
cdc bronze.a from shop.public.a { deletes hard }
cdc bronze.b from shop.public.b { deletes hard }
cdc bronze.d from other.public.d { deletes hard }

model gold.a { full  columns ( id bigint not null )  as select id from bronze.a }
model gold.b { full  columns ( id bigint not null )  as select id from bronze.b }
model gold.c { full  columns ( id bigint not null )  as select id from gold.b }
model gold.f { full  columns ( id bigint not null )  as select id from gold.b }
model gold.d { full  columns ( id bigint not null )  as select id from bronze.d }
model gold.e { full  columns ( id bigint not null )  as select 1L as id }

check no_b on gold.a { as select a.id from gold.a as a join gold.b as b on a.id = b.id }
dashboard board { tool superset  reads gold.b }

schedule first  { cron '0 1 * * *'  run downstream of bronze.a_log, bronze.a_log, gold.a }
schedule second { cron '0 2 * * *'  run downstream of bronze.b_log except (gold.c), bronze.b_log }
schedule third  { after second  run gold.c }
schedule fourth { continuous  run bronze.d_log, bronze.d, gold.d }
schedule fifth  { cron '0 3 * * *'  run gold.e }
'''
CONFIGURATION = '''
name: parts
language: 1
connections:
  shop_db: { host: shop.example, user: cdc, password: { kafka_connect: "env:PW" } }
  kafka: { brokers: "k:9092" }
  warehouse: { host: w.example, http_path: { dagster: "env:HTTP_PATH" } }
targets:
  prod:
    warehouse: { engine: databricks, landing: "file:/landing" }
    backends: { kafka_connect: {}, databricks: {}, dagster: { location_size: 4 } }
'''


@pytest.fixture(scope='module')
def dist(pipec, scratch):
    project = scratch / 'locations/project'
    project.mkdir(parents=True)
    (project / 'pipec.yaml').write_text(CONFIGURATION)
    (project / 'parts.pipe').write_text(SPECIFICATION.lstrip())
    return pipec.build(project, out=scratch / 'locations/dist') / 'prod'


@pytest.fixture(scope='module')
def repositories(dist):
    return {file.stem: pipec_dagster.load_location(file).get_repository_def() for file in (dist / 'dagster/locations').glob('*.py')}


def owned(repository):
    """What is defined in a repository: keys that others define are there too, behind what depends on them."""
    graph = repository.asset_graph
    named = {key for key in graph.get_all_asset_keys() if graph.get(key).description or graph.get(key).group_name != 'default'}
    return {seen.path(key) for key in named}


def test_each_schedule_is_whole_in_one_location(repositories):
    assert {name: sorted(seen.jobs(repository)) for name, repository in repositories.items()} == {
        'fifth': ['fifth', 'first'], 'fourth': ['fourth'], 'second': ['second', 'third']}
    assert {name: sorted(owned(repository)) for name, repository in repositories.items()} == {
        'fifth': ['bronze/a', 'bronze/a_log', 'gold/a', 'gold/e', 'shop/public/a', 'shop/public/b'],
        'fourth': ['bronze/d', 'bronze/d_log', 'gold/d', 'other/public/d'],
        'second': ['bronze/b', 'bronze/b_log', 'dashboard/superset/parts/board', 'gold/b', 'gold/c', 'gold/f']}


def test_together_they_are_what_one_would_be(dist, repositories):
    whole = pipec_dagster.load(dist / 'dagster/definitions.py').get_repository_def()
    for what in (seen.jobs, seen.checks, seen.schedules):
        parts = {}
        for repository in repositories.values():
            parts |= what(repository)
        assert parts == what(whole)
    assets, graph = seen.assets(whole), {}
    for repository in repositories.values():
        graph |= {key: value for key, value in seen.assets(repository).items() if key in owned(repository)}
    assert graph == assets
    assert {sensor.name for sensor in whole.sensor_defs} == {
        sensor.name for repository in repositories.values() for sensor in repository.sensor_defs}


def test_dagster_validates_all_of_them(dist, scratch):
    names = [entry['python_file']['location_name'] for entry in yaml.safe_load((dist / 'dagster/workspace.yaml').read_text())['load_from']]
    assert names == ['parts_prod_fifth', 'parts_prod_fourth', 'parts_prod_second']
    home = scratch / 'locations/home'
    home.mkdir()
    done = subprocess.run([sys.executable, '-m', 'dagster', 'definitions', 'validate', '-w', 'workspace.yaml'],
                          cwd=dist / 'dagster', env={**os.environ, 'DAGSTER_HOME': str(home)}, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 0 and all(f'Validation successful for code location {name}' in said for name in names), said


def test_a_list_that_is_not_of_this_manifest_is_refused(dist, tmp_path):
    shutil.copytree(dist / 'dagster', tmp_path / 'dagster')
    listed = tmp_path / 'dagster/locations/fifth.json'
    listed.write_text(json.dumps(json.loads(listed.read_text()) | {'nodes': ['gold.unknown']}))
    with pytest.raises(pipec_runtime.ManifestError, match="fifth.json does not fit the manifest .*gold.unknown"):
        pipec_dagster.load_location(pathlib.Path(tmp_path / 'dagster/locations/fifth.py'))


@pytest.mark.parametrize('size, message', [('0', 'location_size'), ('many', 'location_size'), ('-1', 'location_size')])
def test_a_size_is_a_number(pipec, scratch, size, message):
    project = scratch / f'locations/size{size}'
    project.mkdir(parents=True)
    (project / 'pipec.yaml').write_text(CONFIGURATION.replace('location_size: 4', f'location_size: {size}'))
    (project / 'parts.pipe').write_text(SPECIFICATION.lstrip())
    done = pipec.run('check', project, check=False)
    assert done.returncode == 1 and message in done.stdout + done.stderr
