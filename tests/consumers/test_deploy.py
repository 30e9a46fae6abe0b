"""deploy.json and verify/ on the real platforms: what is deployed is as declared, and what somebody changed is found."""
import json

import jsonschema
import pytest

from harness import env
from harness.serving import Serving
from harness.warehouse import Warehouse
from pipec_runtime.deploy import Connect, Deployment, DeployError, main
from pipec_runtime.engines.postgres import PostgresEngine
from pipec_runtime.engines.spark import SparkEngine


@pytest.fixture(scope='module')
def site(spark, pipec, postgres, connect, landed, scratch):
    """specs/first, deployed by nothing but deploy.json; its source is the one that the other suites read."""
    dist = pipec.build(landed.project, '--var', 'catalog=spark_catalog', '--var', f'landing=file:{landed.folder}',
                       out=scratch / 'deployed') / 'prod'
    Warehouse(spark, dist).drop()
    serving = Serving(postgres, dist, 'deployed')
    serving.make_people()
    engine = PostgresEngine({'dsn': serving.dsn('postgres')})
    said = []
    made = Deployment(dist, {'warehouse': SparkEngine(spark), 'back_office': engine}, Connect(connect.url), said.append)
    made.said, made.serving, made.folder = said, serving, dist
    made.left = made.deploy()
    yield made
    engine.close()
    Warehouse(spark, dist).drop()


def document(site):
    return json.loads((site.folder / 'deploy.json').read_text())


def test_the_document(site):
    jsonschema.Draft202012Validator(json.loads((env.ROOT / 'docs/schemas/deploy.schema.json').read_text())).validate(
        document(site))
    done = set()
    for step in document(site)['steps']:
        assert set(step['needs']) <= done, step['id']  # what it needs stands before it
        done.add(step['id'])
        for command in (step['command'], step.get('verify', {}), step.get('undo', {})):
            for file in [command.get('file')] + [each['file'] for each in command.get('statements', [])]:
                assert file is None or (site.folder / file).is_file()
    owners = {f'warehouse/{node["name"]}' for node in json.loads((site.folder / 'index.json').read_text())['nodes']}
    assert owners - done == {'warehouse/customer_value'}  # the export lies in the serving database
    migrations = {path.relative_to(site.folder).as_posix() for path in (site.folder / 'databricks').rglob('migrate_*.sql')}
    named = {each['file'] for step in document(site)['steps'] for each in step['command'].get('statements', [])}
    assert migrations <= named


def test_what_is_left_to_people(site):
    topics = [step['id'] for step in document(site)['steps'] if step['stage'] == 'topic']
    assert len(topics) >= 2 and site.left == ['kafka_connect/source:shop', *topics, 'dagster/definitions']
    assert site.said[0] == ('kafka_connect/source:shop: by hand: run kafka_connect/source/shop.sql by psql at the source shop')


def test_nothing_has_drifted(site):
    files_on_databricks_alone = {'warehouse/bronze.customers_log', 'warehouse/bronze.orders_log'}
    assert [drift for drift in site.verify() if drift.step not in files_on_databricks_alone] == []


def test_again_changes_nothing(site, spark):
    before = Warehouse(spark, site.folder).versions()
    assert site.deploy() == site.left
    after = Warehouse(spark, site.folder).versions()
    assert {table for table in after if after[table] != before[table] and not table.endswith('_log__stage')} == set()


def drifts(site):
    return [(drift.step, drift.what) for drift in site.verify()]


def test_a_column_of_another_type(site, spark):
    spark.sql('CREATE OR REPLACE TABLE gold.country_ranking (place int, country string, customers bigint, spent double) USING delta')
    assert ('warehouse/gold.country_ranking', 'column spent, declared decimal(38,4), found double') in drifts(site)
    spark.sql('ALTER TABLE gold.country_ranking SET TBLPROPERTIES ("delta.columnMapping.mode" = "name")')
    spark.sql('ALTER TABLE gold.country_ranking DROP COLUMN customers')
    (step, what), = [drift for drift in drifts(site) if drift[0] == 'warehouse/gold.country_ranking']
    assert 'customers' in what
    spark.sql('DROP TABLE gold.country_ranking')
    (step, what), = [drift for drift in drifts(site) if drift[0] == 'warehouse/gold.country_ranking']
    assert 'country_ranking' in what
    site.deploy()
    assert drifts(site) == []


def test_a_connector_that_somebody_changed(site, connect, landed):
    name = 'shop.public.orders'
    connect.put(name, landed.configs[name] | {'errors.retry.timeout': '1'})
    # Its task may be starting anew, which is said too.
    (step, what), = [drift for drift in drifts(site) if 'errors.retry' in drift[1]]
    assert step == f'kafka_connect/{name}' and what.startswith('errors.retry.timeout: declared ')
    site.deploy()
    env.wait_until('the sink to run as declared', lambda: drifts(site) == [], 60)


def test_a_serving_table_that_somebody_changed(site):
    own, table = 'back_office/customer_value', 'shop_data_data.customer_value'
    sql = site.serving.sql
    sql(f'ALTER TABLE {table} ADD COLUMN more int')
    assert drifts(site) == []  # what is added is nobody's business
    sql('DROP VIEW shop_data.customer_value')
    assert drifts(site) == [(own, 'object shop_data.customer_value, declared view, found None')]
    sql(f'ALTER TABLE {table} DROP CONSTRAINT customer_value_pkey, ALTER country DROP NOT NULL, ALTER spent TYPE numeric(10, 2), '
        'DROP COLUMN orders')
    sql(f'CREATE VIEW shop_data.customer_value AS SELECT customer_id, country, spent::float8 AS spent, last_order_at FROM {table}')
    view = 'object shop_data.customer_value, column'
    assert sorted(drifts(site)) == sorted((own, what) for what in (
        f'object {table}, column country, declared text not null, found text',
        f'object {table}, column orders, declared bigint not null, found None',
        f'object {table}, column spent, declared numeric(28,4), found numeric(10,2)',
        f'object {table}, declared {{customer_id}}, found None',
        f'{view} orders, declared bigint, found None', f'{view} spent, declared numeric(28,4), found double precision'))
    sql(f'ALTER TABLE {table} ADD PRIMARY KEY (country, customer_id)')
    assert (own, f'object {table}, declared {{customer_id}}, found {{country,customer_id}}') in drifts(site)
    sql(f'DROP VIEW shop_data.customer_value; ALTER TABLE {table} RENAME TO away; CREATE VIEW {table} AS SELECT 1 AS customer_id')
    assert (own, f'object {table}, declared table, found view') in drifts(site)
    sql(f'DROP VIEW {table}; DROP TABLE shop_data_data.away')
    assert drifts(site) == [(own, f'object {table}, declared table, found None'),
                            (own, 'object shop_data.customer_value, declared view, found None')]
    site.deploy()
    assert drifts(site) == []


def test_a_statement_that_fails_stops(site, tmp_path):
    class Broken:
        platform = True

        def execute(self, sql, params):
            raise RuntimeError('no')

    with pytest.raises(RuntimeError, match='no'):
        Deployment(site.folder, {'warehouse': Broken()}, say=lambda text: None).deploy()
    with pytest.raises(DeployError, match='HTTP 404'):
        Connect(site._connect._url).call('GET', '/connectors/nobody/config')


def test_the_command(site, capsys, monkeypatch):
    assert main([str(site.folder), '--list']) == 0
    assert 'kafka_connect/shop: PUT /connectors/shop/config with kafka_connect/connectors/shop.json' in capsys.readouterr().out
    for name in ('SERVING_DSN', 'DATABRICKS_HTTP_PATH'):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Exception, match='DATABRICKS_HTTP_PATH is not set'):
        main([str(site.folder), '--verify'])
