"""Carries out deploy.json: `python -m pipec_runtime.deploy dist/prod`. Statements run on the engines, connectors are put into
a Connect worker; what only people can do (SQL at a source, loading definitions) is said and, where there is a way to see
it, looked at. Everything may run again. `--verify` changes nothing and lists what is not as declared."""
import argparse
import dataclasses
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .engines.base import Engine, Rows

FORMAT_VERSION = 1


class DeployError(Exception):
    """A step that did not succeed; those behind it did not run."""


@dataclasses.dataclass(frozen=True)
class Drift:
    """Something that is not as the artifacts say."""
    step: str
    what: str


class Connect:
    """A Kafka Connect worker, over its REST interface."""

    def __init__(self, url: str, timeout: float = 60):
        self._url, self._timeout = url.rstrip('/'), timeout

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {'Content-Type': 'application/json'}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise DeployError(f'{method} {path}: HTTP {error.code}: {error.read().decode("utf-8", "replace")[:500]}') from error
        except urllib.error.URLError as error:
            raise DeployError(f'{method} {path}: {error.reason}') from error


class Deployment:
    def __init__(self, folder: pathlib.Path, engines: Mapping[str, Engine], connect: Connect | None = None,
                 say: Callable[[str], None] = print):
        self._folder, self._engines, self._connect, self._say = folder, engines, connect, say
        document = json.loads((folder / 'deploy.json').read_text('utf-8'))
        if document['format_version'] != FORMAT_VERSION:
            raise DeployError(f'deploy.json has format {document["format_version"]}, this runtime knows {FORMAT_VERSION}')
        self.steps = document['steps']

    def deploy(self) -> list[str]:
        """Every step in order; gives the ids of those that are left to people."""
        left = []
        for step in self.steps:
            if not self.do(step):
                left.append(step['id'])
                self._say(f'{step["id"]}: by hand: {by_hand(step["command"])}')
        return left

    def verify(self) -> list[Drift]:
        """What is not as declared. Reads only."""
        return [drift for step in self.steps if 'verify' in step for drift in self._differences(step)]

    # ---- doing
    def do(self, step: Mapping[str, Any]) -> bool:
        """False: it is left to people."""
        command = step['command']
        if command['kind'] == 'sql' and command['engine'] in self._engines:
            self._statements(self._engines[command['engine']], command['statements'])
            if found := [drift.what for drift in self.gates(step)]:
                raise DeployError(f'{step["id"]}: not as declared, and nothing can change it in its place: {"; ".join(found)}')
            return True
        if command['kind'] == 'connect' and self._connect:
            body = json.loads((self._folder / command['file']).read_text('utf-8')) if 'file' in command else None
            self._connect.call(command['method'], command['path'], body)
            return True
        return False

    def _is_needed(self, engine: Engine, statement: Mapping[str, Any], known: dict[str, bool]) -> bool:
        """`known`: whether a query differs, asked once a step, before anything is changed for it."""
        query = statement.get('when_differs')
        if query and query not in known:
            try:
                known[query] = bool(list(engine.query(self._text({'file': query}), {}).rows))
            except Exception:  # a column that is not there
                known[query] = True
        return known[query] if query else True

    def gates(self, step: Mapping[str, Any]) -> Iterator[Drift]:
        """What must not differ once the step's statements have run."""
        verify = step.get('verify', {})
        if verify.get('kind') == 'sql':
            wanted = [statement for statement in verify['statements'] if statement.get('gate')]
            yield from self._differences({**step, 'verify': {**verify, 'statements': wanted}})

    def _statements(self, engine: Engine, statements: list[Mapping[str, Any]]) -> None:
        """Statements behind one another that name the same transaction run in it."""
        open_transaction = ''
        params: dict[str, Any] = {}
        known: dict[str, bool] = {}
        try:
            for statement in statements:
                if 'platform_only' in statement and not engine.platform:
                    continue
                if not self._is_needed(engine, statement, known):
                    continue
                wanted = statement.get('transaction', '')
                if wanted != open_transaction:
                    if open_transaction:
                        engine.commit()
                    if wanted:
                        engine.begin()
                    open_transaction = wanted
                given = {name: params[name] for name in statement.get('params', ())}
                if bind := statement.get('bind'):
                    params |= self._bound(statement, engine.query(self._text(statement), given), bind)
                else:
                    engine.execute(self._text(statement), given)
            if open_transaction:
                engine.commit()
        except Exception:
            if open_transaction:
                engine.rollback()
            raise

    @staticmethod
    def _bound(statement: Mapping[str, Any], found: Rows, bind: Mapping[str, str]) -> dict[str, Any]:
        rows = [dict(zip(found.columns, row)) for row in found.rows]
        if len(rows) != 1 or not bind.keys() <= rows[0].keys():
            raise DeployError(f'{statement["file"]}: one row with {", ".join(bind)} was expected')
        return {parameter: rows[0][column] for column, parameter in bind.items()}

    def _text(self, statement: Mapping[str, Any]) -> str:
        return (self._folder / statement['file']).read_text('utf-8')

    # ---- looking
    def _differences(self, step: Mapping[str, Any]) -> Iterator[Drift]:
        verify = step['verify']
        if verify['kind'] == 'sql' and verify['engine'] in self._engines:
            engine = self._engines[verify['engine']]
            for statement in verify['statements']:
                if 'platform_only' in statement and not engine.platform:
                    continue
                try:
                    found = engine.query(self._text(statement), {})
                    for row in list(found.rows):
                        values = dict(zip(found.columns, row))
                        yield Drift(step['id'], ', '.join(f'{name} {value}' for name, value in values.items()))
                except Exception as error:  # a table or a column that is not there
                    yield Drift(step['id'], str(error).splitlines()[0])
        if verify['kind'] == 'connect' and self._connect:
            yield from self._connector(step['id'], verify)

    def _connector(self, step: str, verify: Mapping[str, Any]) -> Iterator[Drift]:
        expected = json.loads((self._folder / verify['file']).read_text('utf-8'))
        try:
            found = self._connect.call('GET', verify['path'] + '/config')
            status = self._connect.call('GET', verify['path'] + '/status')
        except DeployError as error:
            yield Drift(step, str(error))
            return
        for key in sorted(expected.keys() | found.keys()):
            if key != 'name' and expected.get(key) != found.get(key):
                yield Drift(step, f'{key}: declared {expected.get(key)!r}, found {found.get(key)!r}')
        # A connector shows RUNNING while its task has failed.
        for part in [status['connector'], *status['tasks']]:
            if part['state'] == 'FAILED':
                yield Drift(step, f'{part["state"]}: {part.get("trace", "").splitlines()[0] if part.get("trace") else ""}')
        if not status['tasks']:
            yield Drift(step, 'no task runs')


def by_hand(command: Mapping[str, Any]) -> str:
    """What a person has to do."""
    match command['kind']:
        case 'sql':
            return f'run {len(command["statements"])} statements on {command["engine"]}'
        case 'source_sql':
            return f'run {command["file"]} by {command["tool"]} at the source {command["source"]}'
        case 'connect':
            return f'{command["method"]} {command["path"]}' + (f' with {command["file"]}' if 'file' in command else '')
        case 'confluent':
            return f'{command["method"]} {command["path"]} at Confluent Cloud' + (
                f' with {command["file"]}, its references filled in' if 'file' in command else '')
        case 'topic':
            return f'create the topic that {command["file"]} describes, where connectors may not'
        case 'kubernetes':
            return f'kubectl {command["verb"]} -f {command["file"]}'
        case _:
            return command.get('text', command['kind'])


def _engines(folder: pathlib.Path) -> dict[str, Engine]:
    """Of the orchestrator's manifest, which knows where the values of connections are found."""
    from .engines import make
    from .manifest import load
    from .references import resolve
    manifests = sorted(folder.glob('*/manifest.json'))
    if not manifests:
        raise DeployError('no orchestrator is on, whose manifest says how the engines are reached')
    manifest = load(manifests[0])

    def opened(engine: Any) -> Engine:
        return make(engine.kind, resolve(engine.connection, manifest.connections[engine.connection]))

    return {'warehouse': opened(manifest.warehouse)} | {
        name: opened(destination) for name, destination in manifest.destinations.items()}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog='python -m pipec_runtime.deploy', description=__doc__)
    parser.add_argument('folder', type=pathlib.Path, help='dist/<target>')
    parser.add_argument('--connect', metavar='URL', help='of the Kafka Connect workers')
    parser.add_argument('--verify', action='store_true', help='change nothing; list what is not as declared')
    parser.add_argument('--list', action='store_true', help='print the steps, and do nothing')
    given = parser.parse_args(arguments)
    deployment = Deployment(given.folder, {} if given.list else _engines(given.folder),
                            Connect(given.connect) if given.connect else None)
    if given.list:
        for step in deployment.steps:
            print(f'{step["id"]}: {by_hand(step["command"])}')
        return 0
    if given.verify:
        drifts = deployment.verify()
        for drift in drifts:
            print(f'{drift.step}: {drift.what}')
        return 1 if drifts else 0
    started = time.monotonic()
    try:
        left = deployment.deploy()
    except Exception as error:
        print(f'stopped: {error}', file=sys.stderr)
        return 1
    print(f'{len(deployment.steps) - len(left)} of {len(deployment.steps)} steps in {time.monotonic() - started:.0f} s')
    return 0


if __name__ == '__main__':
    sys.exit(main())
