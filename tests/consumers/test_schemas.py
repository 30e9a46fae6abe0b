"""pipec's own documents against their published schemas."""
import json
import pathlib

import jsonschema
import pytest
import referencing

SCHEMAS = pathlib.Path(__file__).parents[2] / 'docs' / 'schemas'
SPECS = pathlib.Path(__file__).parents[2] / 'specs'


def validator(name):
    schema = json.loads((SCHEMAS / name).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(scope='module')
def built(pipec):
    return pathlib.Path(pipec.build(SPECS / 'first'))


def test_nodes_and_index(built):
    target = built / 'prod'
    index = json.loads((target / 'index.json').read_text())
    validator('index.schema.json').validate(index)
    node = validator('node.schema.json')
    assert len(index['nodes']) == 10
    for entry in index['nodes']:
        document = json.loads((target / entry['file']).read_text())
        node.validate(document)
        assert document['name'] == entry['name']
        for step in document.get('steps', []):
            assert (target / step['file']).is_file(), step


def test_diagnostics(pipec, tmp_path):
    (tmp_path / 'pipec.yaml').write_text((SPECS / 'first' / 'pipec.yaml').read_text())
    (tmp_path / 'broken.pipe').write_text("/// x\nmodel gold.a { view as select nope, 1 + from gold.b }\n")
    result = pipec.run('check', str(tmp_path), '--format', 'json', check=False)
    validator('diagnostics.schema.json').validate(json.loads(result.stdout))


def test_sarif(pipec, tmp_path):
    """Against the schema that OASIS publishes."""
    (tmp_path / 'pipec.yaml').write_text((SPECS / 'first' / 'pipec.yaml').read_text())
    (tmp_path / 'broken.pipe').write_text("modle gold.x { }\nmodel gold.a { view as select nope, 1 as x, 2 as x from gold.b }\n"
                                          "model gold.b { view as select 1 as x }\n")
    (tmp_path / 'gone.pipe').symlink_to('nowhere')
    schema = json.loads((pathlib.Path(__file__).parent / 'data/sarif-schema-2.1.0.json').read_text())
    result = pipec.run('check', str(tmp_path), '--format', 'sarif', check=False)
    log = json.loads(result.stdout)
    assert len(log['runs'][0]['results']) >= 3
    jsonschema.Draft4Validator(schema).validate(log)


def test_openlineage(pipec):
    """Against the schemas that OpenLineage publishes (spec 2-0-2, facets 1-2-0; Apache License 2.0)."""
    folder = pathlib.Path(__file__).parent / 'data' / 'openlineage'
    published = [json.loads(path.read_text()) for path in sorted(folder.glob('*.json'))]
    registry = referencing.Registry().with_resources(
        [(schema['$id'], referencing.Resource.from_contents(schema)) for schema in published])

    def valid(document, url):
        jsonschema.Draft202012Validator({'$ref': url}, registry=registry).validate(document)

    events = json.loads(pipec.run('lineage', str(SPECS / 'first'), '--format', 'openlineage').stdout)
    assert len(events) >= 9
    for event in events:
        valid(event, event['schemaURL'])
        for facet in event['outputs'][0]['facets'].values():
            valid(facet, facet['_schemaURL'])
    with pytest.raises(jsonschema.ValidationError):
        valid({**events[0], 'run': {}}, events[0]['schemaURL'])
    with pytest.raises(jsonschema.ValidationError):
        facet = events[0]['outputs'][0]['facets']['columnLineage']
        valid({key: value for key, value in facet.items() if key != 'fields'}, facet['_schemaURL'])
