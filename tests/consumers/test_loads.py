"""Files and seeds into tables, on a real Spark with Delta. Only read_files is a double."""
import datetime
import decimal
import os
import shutil

import pytest

from harness import env
from harness.warehouse import Counted, Crash, Warehouse

PROJECT = env.ROOT / 'tests/consumers/data/loads'
FEES = 'SELECT country, season, fee, valid_on FROM raw.federation_fees'
REFUSED = 'SELECT row, reason FROM raw.federation_fees_refused'
GRADES = 'SELECT player_id, grade, tags, seen_at FROM raw.grades'
HEADER = 'Country;Season;Fee (EUR);Valid from;Remarks\n'


class Files:
    def __init__(self, spark, pipec, folder):
        self.folder, self.project = folder, folder / 'project'
        (folder / 'landing/fees').mkdir(parents=True)
        (folder / 'landing/grades').mkdir(parents=True)
        shutil.copytree(PROJECT, self.project)
        self.spark, self.pipec, self.clock = spark, pipec, 1_700_000_000
        self.build()
        self.warehouse.drop()
        self.put('fees/nothing.csv', HEADER)
        self.put('grades/nothing.json', '')
        self.warehouse.deploy()

    def build(self):
        dist = self.pipec.build(self.project, '--var', f'landing=file:{self.folder}/landing', out=self.folder / 'dist')
        self.warehouse = Warehouse(self.spark, dist / 'prod')

    def put(self, name, text):
        path = self.folder / 'landing' / name
        path.write_text(text, encoding='utf-8')
        self.clock += 60
        os.utime(path, (self.clock, self.clock))  # each file has a time of its own

    def rows(self, query):
        return self.warehouse.rows(query)


@pytest.fixture
def files(spark, pipec, tmp_path):
    made = Files(spark, pipec, tmp_path)
    yield made
    made.warehouse.drop()


def day(text):
    return datetime.date.fromisoformat(text)


def fee(country, amount, on='2026-07-01', season='2026'):
    return country, season, amount, day(on)


def test_a_file_is_read_once(files):
    files.put('fees/one.csv', HEADER + ' at ;2026;"1,234.50";01.07.2026;x\nDE;2026;10;01.07.2026;\n')
    assert files.warehouse.run() == set()
    expected = [fee('AT', '1234.50'), fee('DE', '10.00')]
    assert files.rows(FEES) == expected
    versions = files.warehouse.versions()
    files.warehouse.deploy()  # as a deployer who is not sure that it has run
    assert files.warehouse.run() == set() and files.warehouse.versions() == versions
    # Again under another name, with one row more: the rows that are there already are dropped.
    files.put('fees/two.csv', HEADER + 'AT;2026;1234.5;01.07.2026;y\nFR;2026;7;31.12.2026;\nFR;2026;7.00;31.12.2026;\n')
    assert files.warehouse.run() == set()
    assert files.rows(FEES) == expected + [fee('FR', '7.00', '2026-12-31')]
    assert files.rows('SELECT country, name FROM gold.fees') == [('AT', 'Austria, Republic'), ('DE', 'Ger"many'), ('FR', None)]


def test_rows_that_cannot_be_read_are_set_aside(files):
    files.put('fees/one.csv', HEADER + 'AT;2026;12,5x;01.07.2026;\nDE;;1;01.07.2026;\nFR;2026;1;32.07.2026;\n'
              'GB;2026;1;01.07.2026;\nIT;2026;2;01.07.2026;\nES;2026;3;01.07.2026;\n')
    assert files.warehouse.run() == set()  # half of them may be bad
    assert files.rows(FEES) == [fee('ES', '3.00'), fee('GB', '1.00'), fee('IT', '2.00')]
    assert [reason for _, reason in files.rows(REFUSED)] == ['fee: no decimal(18,2)', 'season: nothing', 'valid_on: no date']
    assert '"Fee (EUR)":"12,5x"' in files.rows(REFUSED)[0][0]


def test_too_many_stop_the_load(files):
    files.put('fees/one.csv', HEADER + 'AT;2026;x;01.07.2026;\nDE;2026;y;01.07.2026;\nFR;2026;1;01.07.2026;\n')
    with pytest.raises(Exception, match='bad_rows: 2 failures'):
        files.warehouse.run()
    assert files.rows(FEES) == [] and len(files.rows(REFUSED)) == 2
    with pytest.raises(Exception, match='bad_rows: 2 failures'):
        files.warehouse.run()
    assert len(files.rows(REFUSED)) == 2  # set aside once
    files.put('fees/one.csv', HEADER + 'AT;2026;5;01.07.2026;\nDE;2026;6;01.07.2026;\nFR;2026;1;01.07.2026;\n')
    assert files.warehouse.run() == set()
    assert len(files.rows(FEES)) == 3


def test_a_crash_at_every_statement(files):
    """The run dies before its n-th writing statement, and another one follows: the rows are there, each once."""
    count = 0
    for at in range(100):
        files.put(f'fees/{at}.csv', HEADER + f'C{at:02};2026;{at};01.07.2026;\n' * 2)
        engine = Counted(files.warehouse.engine, at)
        try:
            files.warehouse.run('raw.federation_fees', engine=engine)
        except Crash:
            count += 1
        files.warehouse.run('raw.federation_fees')
        assert files.rows(FEES) == [fee(f'C{n:02}', f'{n}.00') for n in range(at + 1)]
        if engine.executed < at:
            break
    assert count >= 5


def test_full_follows_the_folder(files):
    files.put('grades/a.json', '{"player": 1, "grade": 7.5, "tags": ["fast", null], "seen at": "2026/01/02 03:04"}\n'
              '{"player": null}\n{"player": 2, "grade": 100}\n')
    files.put('grades/b.json', '{"player": 1, "grade": 9}\n{"player": 3, "seen at": "never"}\n')
    first = (1, '7.50', ['fast', None], '2026-01-02 03:04:00')
    files.warehouse.run('raw.grades')
    # The first file has player 1; what cannot be read is dropped.
    assert files.rows(GRADES)[0] == first
    (files.folder / 'landing/grades/a.json').unlink()
    files.warehouse.run('raw.grades')
    assert files.rows(GRADES) == [(1, '9.00', None, None)]
    versions = files.warehouse.versions()
    files.warehouse.run('raw.grades')
    assert files.warehouse.versions() == versions


def test_a_seed_is_filled_when_its_file_changes(files):
    query = 'SELECT code, name, members, since FROM ref.countries'
    files.warehouse.run('ref.countries')
    assert files.rows(query) == [('AT', 'Austria, Republic', 12, day('1995-01-01')), ('DE', 'Ger"many', None, None),
                                 ('XX', '', -1, day('2020-02-29'))]
    versions = files.warehouse.versions()
    files.warehouse.run('ref.countries')
    assert files.warehouse.versions() == versions
    (files.project / 'countries.csv').write_text('name,code,members,since\n"O\'Nowhere \\ ${x} {{y}} :z",ZZ,2147483647,\n')
    files.build()
    files.warehouse.run('ref.countries')
    assert files.rows(query) == [('ZZ', "O'Nowhere \\ ${x} {{y}} :z", 2147483647, None)]
    (files.project / 'countries.csv').write_text('code,name,members,since\n')
    files.build()
    files.warehouse.run('ref.countries')
    assert files.rows(query) == []
