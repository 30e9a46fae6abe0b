"""Small artifacts written by hand, for tests of the runtime that need no compiler."""
import hashlib
import json
import pathlib


class Dist:
    """dist/<target> with the manifest that the backend of an orchestrator would write."""

    def __init__(self, root: pathlib.Path, orchestrator='dagster'):
        self.root, self.orchestrator = root, orchestrator
        self.index = {
            'format_version': 1, 'project': 'handmade', 'target': 'prod', 'order': [], 'nodes': {}, 'checks': {},
            'schedules': {}, 'sources': {}, 'platforms': {}, 'dashboards': {},
            'warehouse': {'kind': 'databricks', 'connection': 'warehouse'},
            'destinations': {'app': {'kind': 'postgres', 'connection': 'serving'}},
            'connections': {'serving': {'dsn': {'reference': 'env:HANDMADE_DSN'}}, 'warehouse': {}}}

    def write(self, path: str, text: str) -> str:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return hashlib.sha256(text.encode()).hexdigest()

    def step(self, id: str, sql: str, **fields) -> dict:
        path = f'sql/{hashlib.sha256((id + sql).encode()).hexdigest()[:16]}.sql'
        return {'id': id, 'path': path, 'sha256': self.write(path, sql), **fields}

    def part(self, part: str, name: str, value) -> None:
        file = f'{part}/{hashlib.sha256(name.encode()).hexdigest()[:16]}.json'
        self.index[part][name] = {'file': file, 'sha256': self.write(f'{self.orchestrator}/{file}', json.dumps(value))}

    def node(self, name: str, steps=(), **fields) -> None:
        key = name.split('.')
        self.index['order'].append(name)
        self.part('nodes', name, {'name': name, 'key': key, 'kind': 'model', 'group': key[0], 'kinds': ['databricks'],
                                  'code_version': 'x', 'steps': list(steps), **fields})

    def check(self, name: str, target: str, steps, policy='block', **fields) -> None:
        self.part('checks', name, {'name': name, 'target': target.split('.'), 'policy': policy, 'steps': steps, **fields})

    def schedule(self, name: str, nodes, checks=(), cron='0 3 * * *', timezone='UTC', **fields) -> None:
        self.part('schedules', name, {'name': name, 'cron': cron, 'timezone': timezone, 'nodes': list(nodes),
                                      'checks': list(checks), **fields})

    def manifest(self) -> pathlib.Path:
        self.write(f'{self.orchestrator}/manifest.json', json.dumps(self.index))
        return self.root / self.orchestrator / 'manifest.json'
