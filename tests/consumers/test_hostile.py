"""A project whose names and texts hold everything that some parser takes for its own: it is deployed and run on the real
platforms, and every word comes back as it was written."""
import ast
import json
import pathlib
import re

import pytest
import yaml

from harness import env
from harness.warehouse import Warehouse
from pipec_runtime.deploy import Deployment
from pipec_runtime.engines.postgres import PostgresEngine
from pipec_runtime.engines.spark import SparkEngine

PROJECT = env.ROOT / 'tests/consumers/data/hostile'
TEXT = ('It\'s "quoted" `ticks` {{ jinja }} {% if %} ${env:HOME} $$ $1 %s %(x)s 100% \\n \\\\ C:\\temp -- no comment /* nor this */ ; '
        'drop table t; größe 日本語 🙂')
MODEL = 'best'  # Spark itself, unlike Databricks, takes only letters, digits and `_` in the names of tables
ORDER = {'order id': 7, 'größe': 'a\'b"c\\ {{x}} ${y} %s 🙂\n\t$$', 'a\'b"c{{d}}%s': None, '日本': '12.50', 'select': '`'}
EVENT = {'before': None, 'after': ORDER, 'op': 'c',
         'source': {'schema': 'public', 'table': 'OrderLines', 'lsn': 100, 'sequence': '[null,"100"]', 'ts_us': 1_767_225_600_000_000}}
VALUE = ORDER['größe'] + 'it\'s {{x}} ${y} %s \\ "q" $$ -- x'


def quoted(*names):
    return '.'.join('`' + name.replace('`', '``') + '`' for name in names)


@pytest.fixture(scope='module')
def site(spark, pipec, postgres, scratch):
    landing = scratch / 'hostile_landing'
    landing.mkdir()
    (landing / 'shop.public.OrderLines+0.json').write_text(json.dumps(EVENT, ensure_ascii=False) + '\n', 'utf-8')
    dist = pipec.build(PROJECT, '--var', f'landing=file:{landing}', out=scratch / 'hostile') / 'prod'
    warehouse = Warehouse(spark, dist)
    warehouse.drop()
    postgres.sql('DROP DATABASE IF EXISTS hostile')
    postgres.sql('CREATE DATABASE hostile')
    engine = PostgresEngine({'dsn': f'host={postgres.host} port={postgres.port} dbname=hostile user=postgres'})
    Deployment(dist, {'warehouse': SparkEngine(spark), 'app "db"': engine}, say=lambda text: None).deploy()
    warehouse.deploy()  # the views of the landing folder
    warehouse.run()
    warehouse.dist, warehouse.serving = dist, engine
    yield warehouse
    engine.close()
    warehouse.drop()


def files(folder, *suffixes):
    return [path for path in sorted(folder.rglob('*')) if path.suffix in suffixes and '_runtime' not in path.parts]


def test_rows_and_descriptions_of_the_warehouse(site, spark):
    table = quoted('gold', MODEL)
    assert [tuple(row) for row in spark.sql(f'SELECT * FROM {table}').collect()] == [(7, VALUE, 12.5)]
    assert spark.table(table).columns == ['order id', "größe's {{x}} %s", '日本']
    described = {row.col_name: row for row in spark.sql(f'DESCRIBE EXTENDED {table}').collect()}
    assert described['Comment'].data_type == TEXT
    assert described["größe's {{x}} %s"].comment == 'it\'s 100% "sure" {{x}} ${y} \\ $$'
    seed = spark.sql('SELECT * FROM ref.countries').collect()
    assert [tuple(row) for row in seed] == [('A', 'it\'s "{{x}}" ${y} %s \\ $$ -- größe 日本')]
    dimension = quoted("größe's {{x}} %s")
    rows = spark.sql(f'SELECT {dimension}, measure(money) FROM metrics.money GROUP BY ALL').collect()
    assert [tuple(row) for row in rows] == [(VALUE, 12.5)]


def test_every_check_was_asked(site):
    assert {gate.check for gate in site.gates} >= {'it\'s "odd" {{check}}'}
    assert all(gate.passed for gate in site.gates)


def test_rows_and_descriptions_of_the_serving_database(site, spark, postgres):
    from pipec_runtime import Executor
    name = 'best\'s {{export}} 100%'
    engines = {'serving': site.serving, 'warehouse': site.engine}
    Executor(site.manifest, engines, 'load').run(site.manifest.nodes[name].steps)
    view = 'FROM "my ""schema"" {{x}}"."best\'s {{export}} 100%"'
    assert postgres.sql(f'SELECT "order id", "größe\'s {{{{x}}}} %s", "日本" {view}', 'hostile') == [(7, VALUE, 12.5)]
    comments = postgres.sql("SELECT description FROM pg_description d JOIN pg_class c ON c.oid = d.objoid WHERE relname LIKE 'best''s%' "
                            "AND relkind = 'v' AND objsubid = 0".replace('%', '%'), 'hostile')
    assert comments == [("It's {{ an }} ${export} 100%",)]


def test_every_document_is_read_back(site):
    """JSON, YAML, Python and SQL by their own parsers."""
    for path in files(site.dist, '.json'):
        json.loads(path.read_text('utf-8'), object_pairs_hook=once)
    for path in files(site.dist, '.yaml', '.yml'):
        yaml.safe_load(path.read_text('utf-8'))
    for path in files(site.dist, '.py'):
        ast.parse(path.read_text('utf-8'))
    node = json.loads((site.dist / 'index.json').read_text())['nodes']
    document = next(json.loads((site.dist / entry['file']).read_text()) for entry in node if entry['name'] == f'gold.{MODEL}')
    assert document['description'] == TEXT and document['owner'] == "o'brien@x.example"


def once(pairs):
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def test_every_statement_of_the_warehouse_is_parsed(site, spark):
    only = {step.path for _, steps in site.steps() for step in steps if step.platform_only}
    parser = spark._jsparkSession.sessionState().sqlParser()
    parsed = 0
    for path in files(site.dist / 'databricks', '.sql') + files(site.dist / 'verify/databricks', '.sql'):
        if path.relative_to(site.dist).as_posix() not in only:
            parser.parsePlan(path.read_text('utf-8'))
            parsed += 1
    assert parsed > 40


CREDENTIAL = re.compile(r'://[^/\s"\']*:[^/\s"\'@]*@|dapi[0-9a-f]{32}|AKIA[0-9A-Z]{16}|(?i:password|token|secret)[\w.]*"?\s*[=:]\s*"?(?!\$\{|env:|file:|\{|\')[\w!@#]{3,}')


@pytest.mark.parametrize('project', ['first', PROJECT])
def test_file_names_and_credentials(pipec, project):
    """Names that no file system confuses, refuses or cuts; nothing that looks like a credential, in any artifact."""
    dist = pathlib.Path(pipec.build(project))
    seen = set()
    for path in dist.rglob('*'):
        name = path.relative_to(dist).as_posix()
        assert name.lower() not in seen and re.fullmatch(r'[\x21-\x7e]+', name), name
        seen.add(name.lower())
        assert all(len(part) <= 200 and not part.endswith(('.', ' ')) and not set(part) & set('<>:"\\|?*') for part in name.split('/'))
        if path.is_file() and '_runtime' not in path.parts:
            found = CREDENTIAL.search(path.read_text('utf-8'))
            assert not found, (name, found and found[0])
