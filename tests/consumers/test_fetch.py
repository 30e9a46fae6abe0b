"""Rows of a service: asked for over real HTTP, landed, loaded by the warehouse on a real Spark."""
import http.server
import json
import shutil
import threading
import urllib.parse

import pytest

from harness import env
from harness.warehouse import Warehouse
from pipec_runtime import MissingReference
from pipec_runtime.fetch import FetchError, fetch

ROWS = [{'currency': f'C{i}', 'rate': i, 'nobody': ['asked']} for i in range(7)]
KEPT = [{'currency': row['currency'], 'rate': row['rate']} for row in ROWS]
SPEC = """
source rates {
  kind rest
  base_url 'URL/v1'
  auth bearer secret('rates-token')
  rate 1000 per second
  resource daily {
    path '/daily'
    paginate cursor (next)
    records '$.data.rates'
    columns ( currency string not null, day date not null, rate decimal(18, 8) not null )
    key (currency, day)
  }
}
load raw.rates from rates.daily { incremental on day { lag 7 days }  write merge }
load raw.rates_now from rates.daily { full }
schedule nightly { cron '0 3 * * *' run all }
"""


class Service:
    """Three rows a page; remembers what it was asked."""

    def __init__(self):
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urllib.parse.urlsplit(self.path)
                query = {name: values[-1] for name, values in urllib.parse.parse_qs(parts.query).items()}
                service.asked.append((parts.path, query, self.headers.get('Authorization') or self.headers.get('X-Key')))
                status, headers, body = service.answer(parts.path, query)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self._server.server_port}'
        self.asked, self.rows, self.failures = [], ROWS, []
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path, query):
        if self.failures:
            return self.failures.pop(0)
        at = int(query.get('offset', 3 * (int(query.get('page', 1)) - 1)) or 0) or int(query.get('cursor', 0))
        page = self.rows[at:at + 3]
        more = at + 3 < len(self.rows)
        headers = {'Link': f'<{path}?offset={at + 3}>; rel="next"'} if path == '/link' and more else {}
        if path == '/stolen':
            headers = {'Link': '<http://127.0.0.2:9/>; rel="next"'}
        return 200, headers, {'next': str(at + 3) if more else None, 'data': {'rates': page}}

    def close(self):
        self._server.shutdown()


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv('RATES_TOKEN', 'word')
    made = Service()
    yield made
    made.close()


def document(service, folder, path='/x', **more):
    return {'url': service.url + path, 'records': '$.data.rates', 'paginate': {'kind': 'none'}, 'into': f'file:{folder}', 'columns': ['currency', 'rate', 'more'],
            'replace': False} | more


def landed(folder):
    return [json.loads(line) for file in sorted(folder.glob('*.json')) for line in file.read_text().splitlines()]


@pytest.mark.parametrize('path, paginate', [
    ('/x', {'kind': 'cursor', 'with': ['next']}), ('/x', {'kind': 'page'}), ('/x', {'kind': 'offset'}), ('/link', {'kind': 'link'})])
def test_every_page_once(service, tmp_path, path, paginate):
    assert fetch(document(service, tmp_path, path, paginate=paginate), 'run') == 7
    assert landed(tmp_path) == KEPT


def test_how_it_is_asked(service, tmp_path):
    fetch(document(service, tmp_path, '/x?a=1', auth={'kind': 'bearer', 'reference': 'env:RATES_TOKEN'}), 'run')
    fetch(document(service, tmp_path, auth={'kind': 'header', 'name': 'X-Key', 'reference': 'env:RATES_TOKEN'}), 'run')
    fetch(document(service, tmp_path, auth={'kind': 'basic', 'name': 'me', 'reference': 'env:RATES_TOKEN'}), 'run')
    assert service.asked == [('/x', {'a': '1'}, 'Bearer word'), ('/x', {}, 'word'), ('/x', {}, 'Basic bWU6d29yZA==')]


def test_a_service_that_is_busy_is_asked_again(service, tmp_path):
    waited = []
    service.failures = [(429, {'Retry-After': '7'}, {}), (503, {}, {})]
    assert fetch(document(service, tmp_path), 'run', waited.append) == 3
    assert waited == [7.0, 4]


def test_what_fails_leaves_nothing(service, tmp_path, monkeypatch):
    cases = [((404, {}, {}), 'HTTP 404'), ((200, {}, b'<html>'), 'no JSON'), ((200, {}, {'data': {}}), r'nothing at \$.data.rates'),
             ((200, {}, {'data': {'rates': 1}}), 'is no list'), ((200, {}, {'data': {'rates': [1]}}), 'is no object')]
    for answer, words in cases:
        service.failures = [answer]
        with pytest.raises(FetchError, match=words):
            fetch(document(service, tmp_path), 'run')
    with pytest.raises(FetchError, match='another service'):
        fetch(document(service, tmp_path, '/stolen', paginate={'kind': 'link'}), 'run')
    monkeypatch.delenv('RATES_TOKEN')
    with pytest.raises(MissingReference, match='the environment variable RATES_TOKEN is not set'):
        fetch(document(service, tmp_path, auth={'kind': 'bearer', 'reference': 'env:RATES_TOKEN'}), 'run')
    assert list(tmp_path.glob('*.json')) == []


def test_the_last_answer_is_all_there_is(service, tmp_path):
    fetch(document(service, tmp_path, replace=True), 'run 1')
    fetch(document(service, tmp_path, replace=True), 'run/2: "x"')
    assert [file.name for file in tmp_path.glob('*.json')] == ['run%2f2%3a%20%22x%22.json']


def test_into_the_warehouse(service, spark, pipec, tmp_path):
    project = tmp_path / 'project'
    project.mkdir()
    shutil.copy(env.ROOT / 'tests/consumers/data/loads/pipec.yaml', project)
    (project / 'm.pipe').write_text(SPEC.replace('URL', service.url))
    dist = pipec.build(project, '--var', f'landing=file:{tmp_path}/landing') / 'prod'
    for name in ('raw.rates', 'raw.rates_now'):
        (tmp_path / 'landing/rest' / name).mkdir(parents=True)
        (tmp_path / 'landing/rest' / name / 'nothing.json').write_text('')
    warehouse = Warehouse(spark, dist)
    warehouse.drop()
    warehouse.deploy()
    service.rows = [{'currency': 'USD', 'day': '2026-01-01', 'rate': 1.1}, {'currency': 'GBP', 'day': '2026-01-01', 'rate': 0.8}]
    warehouse.run('raw.rates')
    query = 'SELECT currency, day, rate FROM raw.rates'
    first = warehouse.rows(query)
    assert [(row[0], row[2]) for row in first] == [('GBP', '0.80000000'), ('USD', '1.10000000')]
    versions = warehouse.versions()['raw.rates']
    warehouse.run('raw.rates')  # the same answer: no row is written
    assert warehouse.versions()['raw.rates'] == versions
    service.rows = [{'currency': 'USD', 'day': '2026-01-01', 'rate': 1.2}, {'currency': 'USD', 'day': '2026-01-02', 'rate': 1.3}]
    warehouse.run('raw.rates')
    assert [(row[0], row[2]) for row in warehouse.rows(query)] == [('GBP', '0.80000000'), ('USD', '1.20000000'), ('USD', '1.30000000')]
    warehouse.run('raw.rates_now')
    assert len(warehouse.rows('SELECT * FROM raw.rates_now')) == 2
    assert all(auth == 'Bearer word' for _, _, auth in service.asked)
    warehouse.drop()
