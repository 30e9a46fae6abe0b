"""Masks: open-source Spark has neither tags nor policies. What it has is everything else: the functions that mask, the tables,
rows in them, and the query that tells which tags are others than declared. A stand-in of the platform reads the statements
about tags and policies by their documented form, and shows each table as somebody outside of the group would see it."""
import re

import pytest
import sqlfluff

from harness import captured, env
from harness.captured import mysql_event as event
from harness.warehouse import Warehouse

PROJECT = env.ROOT / 'tests/consumers/data/masks'
NAME = r'(?:`(?:[^`]|``)+`|\w+)'
TAG = re.compile(rf"alter (table|materialized view|streaming table) ({NAME}(?:\.{NAME})*) alter column ({NAME}) "
                 r"set tags \('pipec_mask' = '(\w+)'\)\s*")
POLICY = re.compile(rf"create or replace policy ({NAME}) on schema ({NAME}\.{NAME})\ncolumn mask ({NAME}\.{NAME}\.{NAME})\n"
                    rf"to `account users` except ({NAME})\nfor tables\n"
                    r"match columns has_tag_value\('pipec_mask', '(\w+)'\) as (\w+)\non column (\w+)\s*")
# In every personal column, and nowhere else.
TEXT, BORN, PAY = 'geheim', -25169, '424242'
SHOWN = re.compile(r'geheim|1901, 2, 3|-25169|424242|Z2VoZWlt', re.I)


def statement(text):
    return '\n'.join(line for line in text.splitlines() if not line.startswith('--')) + '\n'


def plain(name):
    return name[1:-1].replace('``', '`') if name.startswith('`') else name


class Platform:
    """Which function masks which column, by the tags and policies of a deployment."""

    def __init__(self, warehouse, dist):
        self.dist, self.warehouse, self.tags, self.policies, self.readers = dist, warehouse, {}, {}, set()
        for _, steps in warehouse.steps():
            for step in steps:
                text = statement(warehouse.manifest.sql(step))
                if 'set tags (\'pipec_mask\'' in text:
                    _, table, column, value = TAG.fullmatch(text).groups()
                    self.tags.setdefault(table, {})[plain(column)] = value
                if ' policy ' in text:
                    _, schema, function, readers, value, alias, on = POLICY.fullmatch(text).groups()
                    assert alias == on
                    self.policies[schema, value] = function
                    self.readers.add(plain(readers))

    def shown(self, table):
        """The rows as others see them: the value cast to what the function takes, its result to the column's type."""
        spark, items = self.warehouse.spark, []
        for field in spark.table(table).schema.fields:
            name, kind = '`' + field.name.replace('`', '``') + '`', field.dataType.simpleString()
            value = self.tags.get(table, {}).get(field.name)
            if value:
                function = self.policies[table.rsplit('.', 1)[0], value]
                nested = kind.startswith(('struct', 'array'))  # only the platform casts a struct to a variant
                given = name if value == 'text' else f'to_variant_object({name})' if nested else f'cast({name} as variant)'
                name = f'cast({function}({given}) as {kind}) as {name}'
            items.append(name)
        return [row.asDict(recursive=True) for row in spark.sql(f'select {", ".join(items)} from {table}').collect()]


@pytest.fixture(scope='module')
def platform(spark, pipec, scratch):
    landing = scratch / 'masks'
    (landing / 'forms').mkdir(parents=True)
    dist = pipec.build(PROJECT, '--var', f'landing=file:{landing}') / 'prod'
    row = {'id': 1, 'email': f'{TEXT}@x', 'born': BORN, 'pay': f'{PAY}.0000', 'photo': 'Z2VoZWlt', 'likes': f'"{TEXT}"', 'team': 'a'}
    captured.land(landing, 'office.office.people', [
        event('r', row, pos=4, table='people'), event('u', row | {'team': 'b'}, row, pos=5, table='people'),
        event('c', row | {'id': 2}, pos=6, table='people'), event('d', row | {'id': 2}, pos=7, table='people'),
        event('c', row | {'id': 3, 'born': TEXT}, pos=8, table='people')])
    (landing / 'forms/one.csv').write_text(f'the name,age,team\n{TEXT},{PAY},a\n{TEXT} too,x{PAY},a\n')
    warehouse = Warehouse(spark, dist)
    warehouse.drop()
    warehouse.deploy()
    for text in (dist / 'databricks/platform/databricks').glob('*_mask_*.sql'):
        spark.sql(text.read_text())  # as a deployer who is not sure that it has run
    assert warehouse.run() == {('rejected_lines', 1)}
    yield Platform(warehouse, dist)
    warehouse.drop()


def tables(platform):
    """All relations that hold rows: Delta tables, and the doubles of what the platform keeps."""
    spark = platform.warehouse.spark
    for schema in ('bronze', 'gold', 'pipec', 'raw', 'silver'):
        views = {row.viewName for row in spark.sql(f'SHOW VIEWS IN {schema}').collect()}
        for row in spark.sql(f'SHOW TABLES IN {schema}').collect():
            name = f'spark_catalog.{schema}.{row.tableName}'
            landed = row.tableName.endswith(('__lines', '__listing')) or row.tableName.startswith('files_')
            if not landed and (row.tableName not in views or name in platform.tags):
                yield name


def test_nothing_personal_is_shown(platform):
    seen = {name: str(platform.warehouse.spark.table(name).collect()) for name in tables(platform)}
    personal = {name for name, text in seen.items() if SHOWN.search(text)}
    assert len(personal) >= 10 and {'spark_catalog.bronze.people__rows', 'spark_catalog.pipec.bronze__people_log__rejected',
                                    'spark_catalog.raw.answers_refused'} <= personal
    for name in seen:
        found = SHOWN.search(str(platform.shown(name)))
        assert not found, (name, found)
    assert platform.readers == {"people's `care`"}


def test_what_is_shown(platform):
    """Texts as three stars, else NULL, in columns that are NOT NULL as well; the rest of a row as it is."""
    assert platform.shown('spark_catalog.silver.people') == [{'id': 1, 'mail': '***', 'born': None, 'pays': None, 'team': 'b'}]
    assert platform.shown('spark_catalog.gold.teams') == [{'team': 'b', 'people': 1}]


def test_a_run_needs_to_see_through(platform):
    """In front of everything that a node does; nodes that read and hold nothing personal ask nobody."""
    for owner, steps in platform.warehouse.steps():
        runs = [step for step in steps if step.phase == 'run']
        gates = [step.id for step in runs if step.id == 'sees_personal_data']
        assert gates == [runs[0].id for _ in gates], owner
        assert bool(gates) == (owner.startswith(('bronze.', 'gold.', 'live.', 'silver.')) or owner == 'raw.answers'), owner
        if gates:
            assert runs[0].policy == 'block' and runs[0].platform_only
    spark = platform.warehouse.spark
    gate = next(step for owner, steps in platform.warehouse.steps() for step in steps if step.id == 'sees_personal_data')
    text = statement(platform.warehouse.manifest.sql(gate))
    for answer, failures in (('true', 0), ('false', 1), ('null', 1)):
        spark.sql(f"create or replace temporary function is_account_group_member(g string) returns boolean return "
                  f"case when g = 'people''s `care`' then {answer} end".replace("''", "\\'"))
        assert spark.sql(text).collect()[0].failures == failures
    spark.sql('drop temporary function is_account_group_member')


def test_masks_that_are_others_than_declared(platform):
    """The drift queries, on a catalog's table of tags as Unity Catalog's: information_schema.column_tags."""
    spark, root = platform.warehouse.spark, platform.dist
    queries = {path.relative_to(root).as_posix(): path.read_text() for path in sorted((root / 'verify').rglob('masks.sql'))}
    spark.sql('create schema information_schema')
    try:
        spark.sql('create table information_schema.column_tags (catalog_name string, schema_name string, table_name string, '
                  'column_name string, tag_name string, tag_value string) using delta')
        rows = [(*map(plain, table.split('.')), column, 'pipec_mask', value)
                for table, columns in platform.tags.items() for column, value in columns.items()]
        columns = ['catalog_name', 'schema_name', 'table_name', 'column_name', 'tag_name', 'tag_value']
        spark.createDataFrame(rows, columns).write.insertInto('information_schema.column_tags')

        def drift():
            return {name: [tuple(row) for row in spark.sql(text).collect()] for name, text in queries.items()
                    if spark.sql(text).collect()}
        assert len(queries) == 10 and drift() == {}
        spark.sql("delete from information_schema.column_tags where table_name = 'people__rows' and column_name = 'email'")
        spark.sql("insert into information_schema.column_tags values ('spark_catalog', 'gold', 'teams', 'TEAM', 'pipec_mask', 'text'), "
                  "('spark_catalog', 'gold', 'teams', 'team', 'pii', '')")
        spark.sql("update information_schema.column_tags set tag_value = 'text' where table_name = 'answers' and column_name = 'age'")
        assert drift() == {'verify/databricks/bronze/people/masks.sql': [('email', 'text', None)],
                           'verify/databricks/gold/teams/masks.sql': [('team', 'text')],
                           'verify/databricks/raw/answers/masks.sql': [('age', 'other', 'text')]}
    finally:
        spark.sql('drop schema information_schema cascade')


def test_statements_about_tags_are_parsed(platform):
    """By sqlfluff's grammar of Databricks, which knows no policies: those are held against their documented form alone."""
    parsed = 0
    for _, steps in platform.warehouse.steps():
        for step in steps:
            text = statement(platform.warehouse.manifest.sql(step))
            if "'pipec_mask'" in text and ' policy ' not in text and text.startswith('alter table'):
                sqlfluff.parse(text, dialect='databricks')
                parsed += 1
    assert parsed > 30
