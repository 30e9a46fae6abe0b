"""Static lineage: every event of two projects taken apart into the classes of OpenLineage's own client, which are made from
its schemas, put together by them again, and sent; events and the facets of columns against the published schemas too
(tests/consumers/data/openlineage, Apache License 2.0)."""
import importlib
import json
import pkgutil
import shutil
import types
import typing

import attr
import jsonschema
import openlineage.client.generated as generated
import pytest
import referencing
from openlineage.client import OpenLineageClient
from openlineage.client.generated import base
from openlineage.client.naming import dataset as naming
from openlineage.client.serde import Serde
from openlineage.client.transport.file import FileConfig, FileTransport

from harness import env

PUBLISHED = [json.loads(path.read_text()) for path in sorted((env.ROOT / 'tests/consumers/data/openlineage').glob('*.json'))]
REGISTRY = referencing.Registry().with_resources(
    [(schema['$id'], referencing.Resource.from_contents(schema)) for schema in PUBLISHED])
MODULES = [importlib.import_module(f'{generated.__name__}.{module.name}') for module in pkgutil.iter_modules(generated.__path__)]
FACETS = {kind._get_schema(): kind for module in MODULES for kind in vars(module).values()
          if isinstance(kind, type) and issubclass(kind, base.BaseFacet)}


def first(text):
    return (text.replace('"env:SHOP_DB_HOST"', '"env:SHOP_DB_HOST", openlineage: db.shop.example')
            .replace('"env:SHOP_DB_PORT"', '"env:SHOP_DB_PORT", openlineage: 5432')
            .replace('http_path:', 'host: { openlineage: adb-1.example }\n    http_path:')
            .replace('dsn:', 'host: { openlineage: serving.example }\n    database: { openlineage: serving }\n    dsn:')
            .replace('dagster: {}', 'dagster: {}\n      openlineage: { event_time: "2026-11-22T10:00:00.5+01:00" }'))


def shellcorp(text):
    return (text.replace('dsn:', 'host: { openlineage: serving.example }, database: { openlineage: serving }, dsn:')
            .replace('dagster: {} }', 'dagster: {}, openlineage: { repository: "https://git.example/shell corp/tree/main" } }'))


def built(pipec, scratch, name, edit):
    """By "jobs/gold.x", of one project with this backend on."""
    project = scratch / f'openlineage-{name}'
    shutil.copytree(env.ROOT / 'specs' / name, project)
    config = project / 'pipec.yaml'
    config.write_text(edit(config.read_text()))
    folder = pipec.build(project) / 'prod/openlineage'
    return {f'{path.parent.name}/{path.stem}': json.loads(path.read_text()) for path in sorted(folder.rglob('*.json'))}


@pytest.fixture(scope='module')
def projects(pipec, scratch):
    return {'first': built(pipec, scratch, 'first', first), 'shellcorp': built(pipec, scratch, 'shellcorp', shellcorp)}


@pytest.fixture(scope='module')
def events(projects):
    return [event for project in projects.values() for event in project.values()]


def facets(value):
    """Every facet below a value."""
    if isinstance(value, dict):
        if '_schemaURL' in value:
            yield value
        for member in value.values():
            yield from facets(member)
    elif isinstance(value, list):
        for item in value:
            yield from facets(item)


def valid(document, url):
    jsonschema.Draft202012Validator({'$ref': url}, registry=REGISTRY).validate(document)


def typed(kind, value):
    """A JSON value as the client's class; a member that the class does not have is an error."""
    options = typing.get_args(kind) if typing.get_origin(kind) in (typing.Union, types.UnionType) else ()
    if options:
        kind, = (option for option in options if option is not type(None))
    if typing.get_origin(kind) is list:
        return [typed(*typing.get_args(kind), item) for item in value]
    if typing.get_origin(kind) is dict:
        return {key: typed(typing.get_args(kind)[1], member) for key, member in value.items()}
    if isinstance(kind, type) and issubclass(kind, base.BaseFacet):
        kind = FACETS[value['_schemaURL']]
    elif kind is typing.Any or not attr.has(kind):
        assert kind is typing.Any or type(value) is kind, (kind, value)
        return value
    fields = {field.name: field for field in attr.fields(attr.resolve_types(kind))}
    given = {fields[name].alias: typed(fields[name].type, member) for name, member in value.items()
             if fields[name].init}  # what cannot be given is the address of the schema
    return kind(**given)


def sent(event):
    return typed(base.JobEvent if event['schemaURL'].endswith('JobEvent') else base.DatasetEvent, event)


def told(value):
    """Without the empty lists and objects that the client writes for what nobody said."""
    if isinstance(value, dict):
        return {key: told(member) for key, member in value.items() if member not in ([], {})}
    return [told(item) for item in value] if isinstance(value, list) else value


def test_each_event_is_of_its_schema(events):
    assert len(events) > 200
    for event in events:
        valid(event, event['schemaURL'])
        for facet in facets(event):
            if facet['_schemaURL'].split('#')[0] in REGISTRY:
                valid(facet, facet['_schemaURL'])
    assert {facet['_schemaURL'].rsplit('/')[-1] for event in events for facet in facets(event)} == {
        'ColumnLineageDatasetFacet', 'DataQualityAssertionsDatasetFacet', 'DatasetTypeDatasetFacet', 'DocumentationDatasetFacet',
        'DocumentationJobFacet', 'JobTypeJobFacet', 'OwnershipDatasetFacet', 'OwnershipJobFacet', 'SQLJobFacet',
        'SchemaDatasetFacet', 'SourceCodeJobFacet', 'SourceCodeLocationJobFacet', 'TagsDatasetFacet', 'TagsJobFacet'}


def test_the_client_would_say_the_same(events, tmp_path):
    """The addresses of schemas are those of the client's classes, for it writes its own."""
    client = OpenLineageClient(transport=FileTransport(FileConfig(log_file_path=str(tmp_path / 'events'), append=True)))
    for event in events:
        taken = sent(event)
        assert told(Serde.to_dict(taken)) == told(event)
        client.emit(taken)
    lines = (tmp_path / 'events').read_text().splitlines()
    assert [told(json.loads(line)) for line in lines] == told(events)


def test_a_wrong_member_is_seen(events):
    event = next(event for event in events if 'job' in event)
    with pytest.raises(KeyError):
        sent({**event, 'run': {}})
    with pytest.raises(jsonschema.ValidationError):
        valid({**event, 'run': {}}, event['schemaURL'])


def test_names_are_the_clients(projects):
    def names(project, event):
        dataset = projects[project][event]['dataset']
        return dataset['namespace'], dataset['name']

    def of(name):
        return name.get_namespace(), name.get_name()
    assert names('first', 'sources/shop.public.orders') == of(naming.Postgres('db.shop.example', '5432', 'shop', 'public', 'orders'))
    assert names('first', 'datasets/customer_value') == of(
        naming.Postgres('serving.example', '5432', 'serving', 'shop_data', 'customer_value'))
    space = naming.AzureSynapse('replica.shellcorp.example', '1433', 'dbo', 'x').get_namespace()
    servers = {event['dataset']['namespace'] for name, event in projects['shellcorp'].items() if name.startswith('sources/')}
    assert space in servers
    assert names('first', 'datasets/gold.sales_daily') == ('unitycatalog://adb-1.example', 'main.gold.sales_daily')


def test_what_is_read_is_known(projects):
    """Every dataset that a job names, and every column of its lineage, has an event that tells what it is."""
    for project in projects.values():
        told = {(event['dataset']['namespace'], event['dataset']['name']): event['dataset']
                for event in project.values() if 'dataset' in event}
        columns = {name: {field['name'] for field in dataset['facets']['schema']['fields']} for name, dataset in told.items()}
        for event in project.values():
            for dataset in event.get('inputs', []) + event.get('outputs', []):
                assert (dataset['namespace'], dataset['name']) in told
            for output in event.get('outputs', []):
                lineage = output['facets'].get('columnLineage', {'fields': {}})
                assert lineage['fields'].keys() <= columns[output['namespace'], output['name']]
                for field in [f for way in lineage['fields'].values() for f in way['inputFields']] + lineage.get('dataset', []):
                    assert field['field'] in columns[field['namespace'], field['name']]


def ways(field):
    return {(f['name'].removeprefix('main.'), f['field'], t['type'], t['subtype']) for f in field for t in f['transformations']}


def test_columns_of_a_model(projects):
    """gold.sales_daily, read by hand: specs/first/models.pipe."""
    job = projects['first']['jobs/gold.sales_daily']
    lineage = job['outputs'][0]['facets']['columnLineage']
    fields = {name: ways(field['inputFields']) for name, field in lineage['fields'].items()}
    assert fields == {
        'sales_day': {('silver.orders_valid', 'placed_at', 'DIRECT', 'TRANSFORMATION')},
        'country': {('bronze.customers', 'country', 'DIRECT', 'IDENTITY')},
        'revenue': {('silver.orders_valid', 'amount', 'DIRECT', 'AGGREGATION')},
        # By the function `ratio`, which lineage takes whole.
        'discount_share': {('silver.orders_valid', 'discount', 'DIRECT', 'AGGREGATION'),
                           ('silver.orders_valid', 'amount', 'DIRECT', 'AGGREGATION')}}
    assert ways(lineage['dataset']) == {
        ('silver.orders_valid', 'customer_id', 'INDIRECT', 'JOIN'), ('bronze.customers', 'customer_id', 'INDIRECT', 'JOIN'),
        ('silver.orders_valid', 'placed_at', 'INDIRECT', 'GROUP_BY'), ('bronze.customers', 'country', 'INDIRECT', 'GROUP_BY')}
    assert [dataset['name'] for dataset in job['inputs']] == ['main.bronze.customers', 'main.silver.orders_valid']
    known = {(a['assertion'], a['column']) for a in job['inputs'][0]['inputFacets']['dataQualityAssertions']['assertions']}
    assert ('unique', 'customer_id') in known and ('not_null', 'customer_id') in known


def test_a_time_that_is_none(pipec, scratch):
    project = scratch / 'openlineage-first'
    config = project / 'pipec.yaml'
    text = config.read_text()
    config.write_text(text.replace('2026-11-22T10', 'yesterday'))
    done = pipec.run('build', project, '--out', scratch / 'never', check=False)
    config.write_text(text)
    assert done.returncode == 1 and 'PIPE0816' in done.stderr and 'an instant' in done.stderr
