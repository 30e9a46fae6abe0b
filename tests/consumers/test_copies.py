"""What a copy carries: Spark makes the lines by the generated SQL, and PostgreSQL reads out of them what was in the table."""
import json

import pytest

from harness import env
from harness.exports import Exports, served
from harness.warehouse import Warehouse

# Of each type: how Spark and how PostgreSQL write the same values. There is no other type that a destination takes.
VALUES = {
    'string': [(f"unhex('{text.encode().hex()}')", f"convert_from('\\x{text.encode().hex()}', 'UTF8')") for text in (
        '', ' ', '\\', '\\N', '\\.', 'NULL', 'null', 'a,b', 'a\tb\nc\rd\r\ne', '"', '""', '\n\\.\n', "it's \"x\", {é} 中 𝄞", '\x01\x7f', '{}')],
    'tinyint': [('-128', '-128')],
    'smallint': [('-32768', '-32768')],
    'int': [('-2147483648', '-2147483648'), ('0', '0')],
    'bigint': [('9223372036854775807', '9223372036854775807'), ('-9223372036854775808', "'-9223372036854775808'")],
    'boolean': [('true', 'true'), ('false', 'false')],
    'float': [("'3.4028235E38'", "'3.4028235E38'"), ("'1.4E-45'", "'1.4E-45'"), ("'NaN'", "'NaN'"), ("'0.1'", "'0.1'"),
              ("'-Infinity'", "'-Infinity'")],
    'double': [("'1.7976931348623157E308'", "'1.7976931348623157E308'"), ("'-4.9E-324'", "'-4.9E-324'"), ("'NaN'", "'NaN'"),
               ("'0.1'", "'0.1'"), ("'Infinity'", "'Infinity'"), ('12345678.9', '12345678.9')],
    'decimal(38,10)': [("'-0.0000000001'", '-0.0000000001'), ("'9999999999999999999999999999.9999999999'",
                                                              '9999999999999999999999999999.9999999999'), ('0', '0')],
    'date': [("'0001-01-01'", "'0001-01-01'"), ("'9999-12-31'", "'9999-12-31'")],
    # Both halves of the hour that the session's clock shows twice, and a day on which that clock had seconds of its own.
    'timestamp': [(f"'{instant}'", f"'{instant}'") for instant in (
        '2026-10-25 00:30:00Z', '2026-10-25 01:30:00.000001Z', '0001-01-01 00:00:00Z', '9999-12-31 23:59:59.999999Z',
        '1800-06-01 12:00:00Z')],
    'timestamp_ntz': [("'2026-03-29 02:30:00.1'", "'2026-03-29 02:30:00.1'"), ("'0001-01-01 00:00:00'", "'0001-01-01 00:00:00'"),
                      ("'9999-12-31 23:59:59.999999'", "'9999-12-31 23:59:59.999999'")],
    'binary': [("x''", "'\\x'"), ("x'00ff5c780a220d'", "'\\x00ff5c780a220d'")],
}
SERVED = {'string': 'text', 'tinyint': 'smallint', 'float': 'real', 'double': 'double precision', 'decimal(38,10)': 'numeric(38,10)',
          'timestamp': 'timestamptz', 'timestamp_ntz': 'timestamp', 'binary': 'bytea'}


@pytest.fixture(scope='module')
def line(pipec, scratch, spark, postgres):
    """An export of a table with a column of each type and one of its arrays."""
    names = {kind: f'c{i}' for i, kind in enumerate(VALUES)}
    columns = ['cast(0 as int) as id']
    for kind, name in names.items():
        columns += [f'cast(null as {kind}) as {name}', f'cast(null as array<{kind}>) as {name}s']
    project = served(scratch / 'copies', f'model gold.every {{ full  as select {", ".join(columns)} }}\n'
                                         'destination app { kind postgres  connection serving_db  schema app }\n'
                                         'export every to app from gold.every { key (id)  mode swap }\n')
    dist = pipec.build(project) / 'prod'
    warehouse, exports = Warehouse(spark, dist), Exports(postgres, dist, 'copies')
    warehouse.drop()
    warehouse.deploy()
    warehouse.run()
    exports.deploy()
    yield warehouse, exports, names
    warehouse.drop()


def fill(warehouse, names):
    """A row for each value of each type, all other columns NULL; and one for the types' arrays, two empty ones and a NULL among them."""
    rows = []
    for kind, values in VALUES.items():
        spark_values = [f'cast({value} as {kind})' for value, _ in values] + [f'cast(null as {kind})']
        rows += [{names[kind]: value} for value in spark_values]
        rows += [{names[kind] + 's': f'array({", ".join(spark_values)})'}, {names[kind] + 's': f'cast(array() as array<{kind}>)'}]
    every = [column for name in names.values() for column in (name, name + 's')]
    written = ', '.join(f'({i}, {", ".join(row.get(column, "null") for column in every)})' for i, row in enumerate(rows))
    warehouse.spark.sql('DELETE FROM gold.every')
    warehouse.spark.sql(f'INSERT INTO gold.every VALUES {written}')
    return rows


def expected(names):
    """The same rows as PostgreSQL writes them: column and value."""
    for kind, values in VALUES.items():
        type = SERVED.get(kind, kind)
        served = [f'cast({value} as {type})' for _, value in values] + [f'cast(NULL as {type})']
        yield from ((names[kind], value) for value in served)
        yield names[kind] + 's', f'ARRAY[{", ".join(served)}]'
        yield names[kind] + 's', f"cast('{{}}' as {type}[])"


@pytest.mark.parametrize('clock', ['UTC', 'Europe/Berlin'])
def test_every_type_arrives(line, spark, clock):
    warehouse, exports, names = line
    before = spark.conf.get('spark.sql.session.timeZone')
    spark.conf.set('spark.sql.session.timeZone', clock)
    try:
        rows = fill(warehouse, names)
        exports.load('every', warehouse.engine)
    finally:
        spark.conf.set('spark.sql.session.timeZone', before)
    assert exports.sql('SELECT count(*) FROM app.every') == [(len(rows),)]
    wrong = [(id, column, value) for id, (column, value) in enumerate(expected(names))
             if not exports.sql(f'SELECT {column} IS NOT DISTINCT FROM {value} FROM app.every WHERE id = {id}')[0][0]]
    assert not wrong
    others = ' + '.join(f'num_nonnulls({name}, {name}s)' for name in names.values())
    assert exports.sql(f'SELECT DISTINCT {others} FROM app.every ORDER BY 1') == [(0,), (1,)]


def test_the_types_are_all_that_a_destination_takes():
    rules = json.loads((env.ROOT / 'compiler/platform/data/types.json').read_text())['serving']
    assert {kind.split('(')[0] for kind in VALUES} == {rule['delta'] for rule in rules if rule['kind'] == 'postgres'}

