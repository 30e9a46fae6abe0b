"""Queries as the artifacts have them: Spark takes each and gives it the types of the author's own words."""
import json
import os
import pathlib
import random
import subprocess

import pytest

from harness import env, pipec as program

SAMPLE = int(os.environ.get('PIPEC_QUERIES', '1000'))


def conformance():
    given = os.environ.get('PIPEC_CONFORMANCE')
    path = pathlib.Path(given) if given else env.ROOT.parent / 'shared/conformance'
    return path / 'spark_open.jsonl'


def described(frame):
    return [(field.name, field.dataType.simpleString(), field.nullable) for field in frame.schema.fields]


def declare(spark, tables):
    for name, columns in tables.items():
        shape = ', '.join(f'`{column}` {kind}{"" if nullable else " not null"}' for column, kind, nullable in columns)
        spark.createDataFrame([], shape).createOrReplaceTempView(f'`{name}`')


def test_queries_of_spark_s_own_tests(spark):
    path = conformance()
    if not path.exists():
        pytest.skip('SKIPPED: the conformance queries are not on this machine')
    cases = [json.loads(line) for line in path.open(encoding='utf-8')]
    cases = {case['id']: case for case in cases if case['label'] == 'accept'}
    given = ''.join(json.dumps({key: case[key] for key in ('id', 'query', 'rels')}) + '\n' for case in cases.values())
    done = subprocess.run([program.tool('conformance'), '--print'], input=given, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.split('\n')[:-1]]
    printed = [(answer['id'], answer['printed']) for answer in answers if answer.get('printed')]
    assert len(printed) > 0.95 * len(cases)
    sample = printed if SAMPLE >= len(printed) else random.Random(1).sample(printed, SAMPLE)
    wrong, declared, checked = [], None, 0
    for name, sql in sample:
        case = cases[name]
        try:
            if case['rels'] != declared:
                declare(spark, case['rels'])
                declared = case['rels']
            before = described(spark.sql(case['query']))
        except Exception:  # a table, a variable or a setting that the case had and this session has not
            continue
        try:
            after = described(spark.sql(sql))
        except Exception as error:
            after = str(error).split('\n')[0]
        checked += 1
        if after != before:
            wrong.append((name, case['query'], sql, before, after))
    assert checked > 0.8 * len(sample)
    assert wrong == []
