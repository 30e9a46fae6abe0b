"""Every type that the real PostgreSQL has, and what the real Debezium makes of it: each is in the table of native types, or is
refused there with a remedy."""
import json

import pytest

from harness import captured, env

# A value of each type that has no plain text like '1'.
VALUES = {
    'bool': 'true', 'bytea': '\\x00ff', 'name': 'a name', 'int2vector': '1 2', 'oidvector': '1 2', 'regproc': 'now',
    'regprocedure': 'abs(bigint)', 'regoper': '||/', 'regoperator': '+(integer,integer)', 'regclass': 'pg_class', 'regtype': 'integer',
    'regrole': 'postgres', 'regnamespace': 'pg_catalog', 'regcollation': '"C"', 'regconfig': 'simple', 'regdictionary': 'simple',
    'tid': '(0,1)', 'json': '{"a": 1}', 'jsonb': '{"a": 1}', 'jsonpath': '$."a"', 'xml': '<a/>', 'point': '(1,2)',
    'lseg': '[(1,2),(3,4)]', 'path': '((1,2),(3,4))', 'box': '(3,4),(1,2)', 'polygon': '((1,2),(3,4))', 'line': '{1,2,3}',
    'circle': '<(1,2),3>', 'macaddr': '08:00:2b:01:02:03', 'macaddr8': '08:00:2b:01:02:03:04:05', 'inet': '10.0.0.1',
    'cidr': '10.0.0.0/8', 'aclitem': 'postgres=r/postgres', 'date': '2026-01-02', 'time': '01:02:03', 'timetz': '01:02:03+05:30',
    'timestamp': '2026-01-02 03:04:05', 'timestamptz': '2026-01-02 03:04:05+00', 'interval': '1 day',
    'uuid': '3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a', 'pg_lsn': '16/B374D848', 'tsvector': 'a', 'tsquery': 'a',
    'txid_snapshot': '10:20:10', 'pg_snapshot': '10:20:10', 'money': '1.00'}
RANGES = {'int4': '1', 'int8': '1', 'num': '1', 'ts': '2026-01-01', 'tstz': '2026-01-01', 'date': '2026-01-01'}
VALUES |= {f'{kind}range': f'[{low},)' for kind, low in RANGES.items()} | {
    f'{kind}multirange': f'{{[{low},)}}' for kind, low in RANGES.items()}


def rules():
    data = json.loads((env.ROOT / 'compiler/platform/data/types.json').read_text())
    return [{name for rule in data[part] if rule['source'] == 'postgres' for name in rule['names']} for part in ('native', 'refused')]


# What PostgreSQL brings along and lets nobody write.
UNWRITTEN = {'gtsvector', 'pg_brin_bloom_summary', 'pg_brin_minmax_multi_summary', 'pg_dependencies', 'pg_mcv_list', 'pg_ndistinct',
             'pg_node_tree'}
# The driver asks the server for what it takes for a cursor, and the snapshot fails.
BREAKS = {'refcursor'}
# What the connector gives of a type that is refused.
GIVEN = {'bit', 'varbit', 'timetz', 'point', 'int2vector', 'oidvector', 'name'}


def office(columns):
    return ("/// x\n@allow(PIPE0602, 'what is lost is no matter here')\nsource office {\n  kind postgres  connection office_db  "
            "database native  timestamps in 'UTC'  publication theirs  slot their_slot\n  /// x\n  table public.all_types ( id bigint primary key, "
            + ', '.join(f'c_{kind} `{kind}`{"(9, 2)" if kind == "numeric" else ""}' for kind in columns)
            + " )\n}\ncdc bronze.all_types from office.public.all_types { deletes hard  log bronze.all_types_log retain 9 days }\n"
            "schedule nightly { cron '0 3 * * *'  run all }\n")


@pytest.fixture(scope='module')
def types(postgres):
    """Names of all types that a column can have and the server brings along; what is an array of another is none of them."""
    return [name for name, in postgres.sql(
        "SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm') "
        "AND NOT (typelem <> 0 AND typname LIKE '\\_%') ORDER BY 1")]


def open_source(postgres, dist):
    """Publication and slot are somebody else's: the script says what is not there yet, and makes none of it."""
    script = dist / 'kafka_connect/source/office.sql'

    def refused(why):
        with pytest.raises(RuntimeError, match=why):
            postgres.psql(script, 'native')
    postgres.sql('CREATE ROLE types_reader LOGIN REPLICATION')
    postgres.sql('CREATE PUBLICATION theirs', 'native')
    refused('theirs does not publish public.all_types')
    postgres.sql('ALTER PUBLICATION theirs ADD TABLE all_types', 'native')
    refused('no slot their_slot of pgoutput')
    postgres.sql("SELECT pg_create_logical_replication_slot('their_slot', 'pgoutput')", 'native')
    postgres.psql(script, 'native')


@pytest.fixture(scope='module')
def landed(postgres, connect, pipec, scratch, types):
    """A row of all types from the snapshot, the same row from the log, by the connector that pipec writes."""
    known, _ = rules()
    folder = scratch / 'native'
    (folder / 'landing').mkdir(parents=True)
    project = captured.project(folder / 'office', office([t for t in types if t in known]), folder / 'landing')
    config = project / 'pipec.yaml'
    config.write_text(config.read_text().replace('kafka_connect: {}', 'kafka_connect: { role: types_reader }'))
    dist = pipec.build(project) / 'prod'
    written = [kind for kind in types if kind not in UNWRITTEN | BREAKS]
    values = ', '.join(f"'{VALUES.get(kind, '1')}'" for kind in written)
    postgres.sql('CREATE DATABASE native')
    columns = ', '.join(f'c_{kind} pg_catalog."{kind}"' for kind in written)
    postgres.sql(f'CREATE TABLE all_types (id bigint PRIMARY KEY, {columns})', 'native')
    postgres.sql(f'INSERT INTO all_types VALUES (1, {values})', 'native')
    open_source(postgres, dist)
    configs = captured.configs(dist)
    source = configs['office'] | {
        'database.hostname': postgres.host, 'database.port': str(postgres.port), 'database.user': 'postgres',
        'database.password': 'none'}
    sink = configs['office.public.all_types'] | {'consumer.override.metadata.max.age.ms': '1000',
                                                 'consumer.override.auto.offset.reset': 'earliest'}
    file = folder / 'landing/office.public.all_types.jsonl'

    def rows(count):
        lines = file.read_text().splitlines() if file.exists() else []
        return [json.loads(line)['after'] for line in lines] if len(lines) >= count else None
    try:
        connect.put('office', source)
        connect.put(sink['name'], sink)
        env.wait_until('the snapshot', lambda: rows(1))
        postgres.sql(f'INSERT INTO all_types VALUES (2, {values})', 'native')
        return env.wait_until('the change', lambda: rows(2))
    finally:
        for name in (sink['name'], 'office'):
            connect.call('DELETE', f'/connectors/{name}')
        postgres.psql(dist / 'kafka_connect/source/office.undo.sql', 'native')
        slots = 'SELECT slot_name FROM pg_replication_slots WHERE database = current_database()'  # not of other suites
        assert postgres.sql(slots, 'native') == [('their_slot',)]
        assert postgres.sql('SELECT pubname FROM pg_publication', 'native') == [('theirs',)]
        postgres.drop_slot('their_slot')


def test_each_type_is_in_the_table(types):
    known, refused = rules()
    assert set(types) - known - refused == set()
    assert known & refused == set()


def test_each_known_type_arrives(landed, types):
    """In the snapshot and behind it, alike."""
    known, _ = rules()
    snapshot, change = landed
    for kind in types:
        if kind in known:
            assert snapshot[f'c_{kind}'] is not None and change[f'c_{kind}'] == snapshot[f'c_{kind}'], kind


def test_each_refused_type_is_refused_for_a_reason(landed, types):
    _, refused = rules()
    snapshot, change = landed
    assert {kind for kind in types if kind in refused and f'c_{kind}' in snapshot} == GIVEN
    assert (snapshot['c_name'], change['c_name']) == ('a name', None)
    assert snapshot['c_int2vector'] == snapshot['c_oidvector'] == []


def test_each_refused_type_has_its_remedy(pipec, tmp_path, types):
    known, _ = rules()
    others = [kind for kind in types if kind not in known]
    project = captured.project(tmp_path / 'office', office(others), tmp_path)
    done = pipec.run('check', project, '--format', 'json', check=False)
    told = [d for d in json.loads(done.stdout)['diagnostics'] if d['code'] == 'PIPE0603']
    assert len(told) == len(others)
    for kind, diagnostic in zip(others, told):
        assert f'`{kind}` cannot be captured' in json.dumps(diagnostic), kind


# Microsoft's sys.types, and MySQL 8.4's manual: "Data Types" with "Using Data Types from Other Database Engines".
DOCUMENTED = {
    'sqlserver': """bigint binary bit char date datetime datetime2 datetimeoffset decimal float geography geometry hierarchyid image int json
        money nchar ntext numeric nvarchar real rowversion smalldatetime smallint smallmoney sql_variant sysname text time timestamp
        tinyint uniqueidentifier varbinary varchar vector xml""",
    'mysql': """bigint binary bit blob bool boolean char character date datetime dec decimal double enum fixed float float4 float8 geometry
        geometrycollection int int1 int2 int3 int4 int8 integer json linestring long longblob longtext mediumblob mediumint
        mediumtext middleint multilinestring multipoint multipolygon nchar numeric nvarchar point polygon real serial set
        smallint text time timestamp tinyblob tinyint tinytext varbinary varchar vector year"""}


@pytest.mark.parametrize('database', DOCUMENTED)
def test_each_documented_type_is_in_the_table(database):
    data = json.loads((env.ROOT / 'compiler/platform/data/types.json').read_text())
    names = {name for part in ('native', 'refused') for rule in data[part] if rule['source'] == database for name in rule['names']}
    assert set(DOCUMENTED[database].split()) - names == set()
