"""The part of JSON Schema that our own schemas use; whatever else they hold is an error here."""
import re

KNOWN = {'$schema', '$id', '$defs', '$ref', 'title', 'description', 'type', 'required', 'additionalProperties', 'properties',
         'items', 'const', 'enum', 'pattern', 'minimum', 'minLength', 'minItems'}
TYPES = {'object': dict, 'array': list, 'string': str, 'integer': int, 'number': (int, float), 'boolean': bool, 'null': type(None)}


def check(case, value, schema, root=None, path='$'):
    root = root or schema
    case.assertLessEqual(set(schema), KNOWN, f'{path}: the schema uses what this reader does not know')
    if '$ref' in schema:
        target = root
        for part in schema['$ref'].removeprefix('#/').split('/'):
            target = target[part]
        check(case, value, target, root, path)
    if 'type' in schema:
        names = schema['type'] if isinstance(schema['type'], list) else [schema['type']]
        is_one = any(isinstance(value, TYPES[name]) and (name == 'boolean' or not isinstance(value, bool)) for name in names)
        case.assertTrue(is_one, f'{path}: {value!r} is no {names}')
    if 'const' in schema:
        case.assertEqual(value, schema['const'], path)
    if 'enum' in schema:
        case.assertIn(value, schema['enum'], path)
    if 'pattern' in schema:
        case.assertRegex(value, re.compile(schema['pattern']), path)
    if 'minimum' in schema:
        case.assertGreaterEqual(value, schema['minimum'], path)
    if 'minLength' in schema or 'minItems' in schema:
        case.assertGreaterEqual(len(value), schema.get('minLength', schema.get('minItems')), path)
    for name in schema.get('required', []):
        case.assertIn(name, value, path)
    if isinstance(value, dict):
        for name, member in value.items():
            if name in schema.get('properties', {}):
                check(case, member, schema['properties'][name], root, f'{path}.{name}')
            elif isinstance(schema.get('additionalProperties'), dict):
                check(case, member, schema['additionalProperties'], root, f'{path}.{name}')
            else:
                case.assertTrue(schema.get('additionalProperties', True), f'{path}: {name} is not in the schema')
    if isinstance(value, list) and 'items' in schema:
        for number, item in enumerate(value):
            check(case, item, schema['items'], root, f'{path}[{number}]')
