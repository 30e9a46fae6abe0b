"""What the SQL printer quotes is read back by the real engines as it was meant, and operators bind as in the tree."""
import ast
import json
import os
import pathlib
import random
import subprocess

import pytest
import yaml

from harness import env

STRINGS = [
    '', "it's", "''", '\\', "\\'", "'\\", '\\\\', '\\n', '\\u0041', '\\101', '\\%', '\\_', '%', '%s', '%(x)s', '%%', 'a%b_c',
    'line\nbreak', '\r\n', '\t', '\x01', '\x1a', '\x1f', '\x7f', '\b\f\v', '"', '`', '$', '${x}', '${env:HOME}', '${spark.app.name}',
    '${system:user.dir}', '$$', '$a$', '{{ x }}', '{{{', '{% if %}', ':name', '?', '--', '-- x\n', '/*', '*/', '/*+ x */', ';', "'; drop table t; --",
    'größe', '日本語', '🙂', '\u00a0', '\u200b', '\u2028', '\ufeff', 'e\u0301', "E'\\n'", "x'00'", 'null', 'a' * 3000]
NAMES = ['plain', 'Mixed', 'order', 'ORDER', 'select', '2024_sales', 'a b', 'a.b', 'a"b', 'a`b', '``', "it's", 'a%b', '%s', ':x', '$x', '{{x}}',
         'a;b', '--', 'a--b', '/*', '*/', 'größe', '日本', 'a\\b', '\\', 'a\tb', 'user', 'current_date', 'table', 'x' * 60, '${a', 'a\nb']


def printer(requests):
    """The answers of the printer, one a request."""
    given = os.environ.get('PIPEC')
    build = pathlib.Path(given).parents[1] if given else env.ROOT / 'build/release'
    text = ''.join(json.dumps(request) + '\n' for request in requests)
    done = subprocess.run([build / 'tests/unit/print/samples/print_samples'], input=text, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.split('\n')[:-1]]
    assert len(answers) == len(requests)
    return answers


def ask(dialect, kind, values):
    answers = printer([{'dialect': dialect, 'kind': kind, 'value': value} for value in values])
    assert [a for a in answers if 'error' in a] == []
    return answers


def hostile_strings():
    """The list above and random mixes of what is in it."""
    source = random.Random(1)
    pieces = [piece for piece in STRINGS if 0 < len(piece) < 20]
    return STRINGS + [''.join(source.choices(pieces, k=source.randint(2, 6))) for _ in range(80)]


def test_strings_on_spark(spark):
    values = hostile_strings() + ['nul\0inside']
    literals = [a['sql'] for a in ask('databricks', 'string', values)]
    row = spark.sql('select ' + ',\n'.join(f'{literal} as c{i}' for i, literal in enumerate(literals))).collect()[0]
    assert list(row) == values


def test_names_on_spark(spark):
    quoted = [a['sql'] for a in ask('databricks', 'identifier', NAMES)]
    frame = spark.sql('select ' + ', '.join(f'{i} as {name}' for i, name in enumerate(quoted)))
    assert frame.columns == NAMES
    # As a relation, its column, and a column of it that is read; Spark takes two names that differ in case for one.
    once = list({name.lower(): name for name in quoted}.values())
    relations = ', '.join(f'{name} as (select {i} as {name})' for i, name in enumerate(once))
    rows = spark.sql(f'with {relations} ' + ' union all '.join(f'select {name}.{name} from {name}' for name in once))
    assert [row[0] for row in rows.collect()] == list(range(len(once)))


def test_spark_s_own_words_as_names(spark):
    words = [row[0].lower() for row in spark.sql('select keyword from sql_keywords()').collect()]
    assert len(words) > 300
    quoted = [a['sql'] for a in ask('databricks', 'identifier', words)]
    given = ', '.join(f'{i} as {name}' for i, name in enumerate(quoted))
    assert list(spark.sql(f"select {', '.join(quoted)} from (select {given}) as r").collect()[0]) == list(range(len(words)))
    parser = spark._jsparkSession.sessionState().sqlParser()
    for name in quoted:
        parser.parsePlan(f'with {name} as (select 1 as {name}) select {name}.{name} as {name} from s.{name} as {name}')


def test_a_variable_in_a_name_is_refused(spark):
    """Because Spark would put something else there, even for a variable that it does not know."""
    assert spark.sql('select 1 as `a${b}c`').columns == ['ac']
    answer, = printer([{'dialect': 'databricks', 'kind': 'identifier', 'value': 'a${b}c'}])
    assert 'error' in answer


def test_operators_on_spark(spark):
    answers = ask('databricks', 'expression', list(range(60)))
    both = [text for answer in answers for text in (answer['sql'], answer['full'])]
    row = spark.sql('select ' + ',\n'.join(f'{text} as c{i}' for i, text in enumerate(both))).collect()[0]
    assert list(row[0::2]) == list(row[1::2])


@pytest.mark.parametrize(('dialect', 'read'), [('yaml', yaml.safe_load), ('json', json.loads), ('python', ast.literal_eval)])
def test_strings_in_documents(dialect, read):
    """Keys and values, by the parsers of those languages."""
    values = hostile_strings()
    for value, answer in zip(values, ask(dialect, 'string', values)):
        assert read(answer['sql']) == {value: [value]}


def test_strings_on_postgres(postgres):
    values = hostile_strings()
    literals = [a['sql'] for a in ask('postgres', 'string', values)]
    with postgres.connect() as connection:
        assert [connection.execute(f'select {literal}').fetchone()[0] for literal in literals] == values
    assert printer([{'dialect': 'postgres', 'kind': 'string', 'value': 'a\0b'}]) == [
        {'error': 'PostgreSQL has no text with a NUL character'}]


def test_names_on_postgres(postgres):
    with postgres.connect() as connection:
        words = [word for word, in connection.execute('select word from pg_get_keywords()')]
        names = NAMES + words
        for name, answer in zip(names, ask('postgres', 'identifier', names)):
            quoted = answer['sql']
            cursor = connection.execute(f'create temp table {quoted} as select 1 as {quoted};'.encode())
            cursor = connection.execute(f'select {quoted}.{quoted}, {quoted} as {quoted} from {quoted}'.encode())
            assert [column.name for column in cursor.description] == [name, name]
            assert cursor.fetchone() == (1, 1)
            connection.execute(f'drop table {quoted}'.encode())


def test_operators_on_postgres(postgres):
    with postgres.connect() as connection:
        for answer in ask('postgres', 'expression', list(range(500))):
            full = connection.execute(f"select {answer['full']}").fetchone()
            assert connection.execute(f"select {answer['sql']}").fetchone() == full, answer['sql']
