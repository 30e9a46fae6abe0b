"""Hostile names in the scripts for SQL Server and MySQL: no server of these can be had, so a lexer of each dialect that is none
of ours (sqlfluff's) tells where names and strings end. What went in has to come back, and nothing else. That lexer does not know a
bracket in a bracketed name: such names stand in a string here, which it reads, and are taken apart by the rule of Transact-SQL's
documentation (`]]` is one bracket)."""
import re

import pytest
import sqlfluff
from sqlfluff.core import Lexer

from harness import captured

COLUMNS = ["it's", "''", 'a]b', 'a[b', ']]', 'say "x"', 'semi;colon', '-- no comment', '/* open', '*/ closed', 'go', "N'x", '`tick`',
           'ünï 𝄞', '%s {0} $x', '@p']
ROLE = "o'Neil ; drop table dbo.Staff -- \"x\" `y`"


def tokens(text, dialect):
    segments, errors = Lexer(dialect=dialect).lex(text)
    assert not errors, errors
    assert ''.join(segment.raw for segment in segments) == text
    return [segment.raw for segment in segments if not segment.is_type('whitespace', 'newline', 'comment', 'end_of_file')]


def strings(found, opening="'"):
    return [raw[len(opening):-1].replace("''", "'") for raw in found if raw.startswith(opening)]


def names(found):
    return [raw[1:-1].replace(']]', ']') for raw in found if raw.startswith('[')]


def listed_names(text):
    found = re.findall(r'\[(?:[^\]]|\]\])*\]', text)
    assert ', '.join(found) == text
    return names(found)


def built(pipec, folder, source, role):
    landing = folder / 'landing'
    landing.mkdir(parents=True)
    project = captured.project(folder / 'project', source, landing)
    config = project / 'pipec.yaml'
    quoted = role.replace('\\', '\\\\').replace('"', '\\"')
    config.write_text(config.read_text().replace('kafka_connect: {}', f'kafka_connect: {{ role: "{quoted}" }}')
                      .replace('user: { kafka_connect: "env:OFFICE_USER" }', f'user: "{quoted}"'))
    dist = pipec.build(project) / 'prod/kafka_connect/source'
    return {path.name: path.read_text() for path in dist.iterdir()}


def specification(kind, table, columns):
    listed = ', '.join(f'`{name.replace("`", "``")}` int' for name in columns)
    return (f"/// x\nsource office {{\n  kind {kind}  connection office_db  database office  timestamps in 'UTC'\n"
            f"  cdc {{ retention 3 days  signals in_database }}\n  /// x\n  table {table} ( id int primary key, {listed} )\n}}\n"
            f"cdc bronze.staff from office.{table} {{ deletes hard  log bronze.staff_log retain 9 days }}\n"
            "schedule nightly { cron '0 3 * * *'  run all }\n")


def test_transact_sql(pipec, tmp_path):
    scripts = built(pipec, tmp_path, specification('sqlserver', 'dbo.Staff', COLUMNS), ROLE)
    assert sorted(scripts) == ['office.old.sql', 'office.sql', 'office.undo.sql']
    for text in scripts.values():
        sqlfluff.parse(text, dialect='tsql')
    found = tokens(scripts['office.sql'], 'tsql')
    said = strings(found, "N'")
    at = said.index(COLUMNS[0])
    assert said[at - 1:at + len(COLUMNS)] == ['id', *COLUMNS]  # of a check, each as a string
    listed = [text for text in said if text.startswith('[id], ')]
    assert len(listed) == 1 and listed_names(listed[0]) == ['id', *COLUMNS]  # in a string, each as a name
    known = {'dbo', 'Staff', 'cdc', 'pipec_office', 'pipec_signals_office', 'pipec_office_signals_CT', 'change_tables',
             'captured_columns', 'lsn_time_mapping', ROLE}
    assert {name for name in names(found) if not name.startswith('pipec_office_dbo_Staff_')} == known
    assert ROLE in said and ROLE in names(tokens(scripts['office.undo.sql'], 'tsql'))
    broken = strings(tokens(scripts['office.sql'].replace("N'it''s'", "N'it's'"), 'tsql'), "N'")
    assert broken != said  # that this means something
    words = ' '.join(raw.lower() for raw in found if raw[0] not in "[N'")
    assert 'drop' not in words.split()


@pytest.mark.parametrize('host', ['', '10.0.0.%'])
def test_mysql(pipec, tmp_path, host):
    name = ROLE[:32]
    scripts = built(pipec, tmp_path, specification('mysql', 'office.staff', ['a']), f'{name}@{host}' if host else name)
    for script in ('office.sql', 'office.undo.sql'):
        found = tokens(scripts[script], 'mysql')
        said = strings(found)
        assert len(said) >= 6 and set(zip(said[::2], said[1::2])) == {(name, host or '%')}, script
        assert {raw for raw in found if raw.startswith('`')} == {'`office`', '`staff`', '`pipec_signals_office`'}
