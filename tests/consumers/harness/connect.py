"""One Kafka broker (KRaft) and one distributed Connect worker with the Debezium Postgres plug-in and the file sink."""
import json
import os
import pathlib
import subprocess
import urllib.error
import urllib.request

from . import env

LOG4J = """
appender.c.type=Console
appender.c.name=C
appender.c.layout.type=PatternLayout
appender.c.layout.pattern=%d{HH:mm:ss.SSS} %p %c{1} - %m%n
rootLogger.level=INFO
rootLogger.appenderRef.c.ref=C
"""


def properties(values: dict) -> str:
    return ''.join(f'{key}={value}\n' for key, value in values.items())


class Broker:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.port, controller = env.free_port(), env.free_port()
        self.address = f'127.0.0.1:{self.port}'
        folder.mkdir(parents=True)
        (folder / 'log4j2.properties').write_text(LOG4J)
        conf = folder / 'kraft.properties'
        conf.write_text(properties({
            'process.roles': 'broker,controller', 'node.id': 1,
            'controller.quorum.voters': f'1@127.0.0.1:{controller}',
            'listeners': f'PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{controller}',
            'advertised.listeners': f'PLAINTEXT://{self.address}',
            'controller.listener.names': 'CONTROLLER',
            'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
            'log.dirs': folder / 'data', 'num.partitions': 1,
            'offsets.topic.replication.factor': 1, 'offsets.topic.num.partitions': 1,
            'transaction.state.log.replication.factor': 1, 'transaction.state.log.min.isr': 1,
            'transaction.state.log.num.partitions': 1,
            'share.coordinator.state.topic.replication.factor': 1, 'share.coordinator.state.topic.min.isr': 1,
            'group.initial.rebalance.delay.ms': 0}))
        log4j, path = f'-Dlog4j2.configurationFile={folder}/log4j2.properties', f'{env.consumers()}/kafka/*'
        done = subprocess.run(env.java('128m', log4j, '-cp', path, 'kafka.tools.StorageTool', 'format',
                                       '-t', 'Yp0M3RsGT9u5BkIpZQ3Q1g', '-c', str(conf)), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f'formatting the broker: {done.stdout}{done.stderr}')
        self._command = env.java('320m', log4j, '-cp', path, 'kafka.Kafka', str(conf))
        self.start()

    def start(self):
        """At first, and again after it was killed: with the same address and data."""
        self.process = env.Process('broker', self._command, self.folder / 'broker.log', cwd=self.folder)
        try:
            self.process.wait_ready(env.port_open(self.port))
        except BaseException:
            self.close()
            raise

    def create(self, topics: list[dict]) -> dict[str, tuple[int, dict]]:
        """Topics as their documents say; gives partitions and settings by name, as the broker has them."""
        lines = ['\t'.join([topic['name'], str(topic['partitions']), *(f'{k}={v}' for k, v in topic['configs'].items())])
                 for topic in topics]
        done = subprocess.run(env.java('128m', f'-Dlog4j2.configurationFile={self.folder}/log4j2.properties', '-cp',
                                       f'{env.consumers()}/kafka/*', str(env.ROOT / 'tests/consumers/Topics.java'), self.address),
                              input='\n'.join(lines), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f'creating topics: {done.stdout}{done.stderr}')
        described = (line.split('\t')[1:] for line in done.stdout.splitlines() if line.startswith('topic\t'))
        return {name: (int(partitions), dict(pair.split('=', 1) for pair in settings)) for name, partitions, *settings in described}

    def close(self):
        self.process.close()


class ConnectError(Exception):
    def __init__(self, status, body):
        super().__init__(f'HTTP {status}: {body}')
        self.status, self.body = status, body


class Connect:
    """The worker and a client of its REST interface."""

    def __init__(self, folder: pathlib.Path, broker: Broker, environment: dict | None = None):
        self.broker = broker
        installed, port = env.consumers(), env.free_port()
        self.url = f'http://127.0.0.1:{port}'
        # Configurations may read ${file:PATH:KEY} and ${dir:PATH:FILE} from here, and ${env:NAME}.
        self.secrets = folder / 'secrets'
        self.secrets.mkdir(parents=True)
        (folder / 'log4j2.properties').write_text(LOG4J)
        providers = 'org.apache.kafka.common.config.provider.'
        converter = 'org.apache.kafka.connect.json.JsonConverter'
        conf = folder / 'connect.properties'
        conf.write_text(properties({
            'bootstrap.servers': broker.address, 'group.id': 'pipec-tests',
            'key.converter': converter, 'value.converter': converter,
            'config.storage.topic': '_configs', 'config.storage.replication.factor': 1,
            'offset.storage.topic': '_offsets', 'offset.storage.replication.factor': 1, 'offset.storage.partitions': 1,
            'status.storage.topic': '_status', 'status.storage.replication.factor': 1, 'status.storage.partitions': 1,
            # The file sink writes its buffer out when offsets are committed: soon, or every test waits.
            'offset.flush.interval.ms': 500,
            'listeners': self.url, 'rest.advertised.host.name': '127.0.0.1',
            # Scanning class paths takes ten times as long; all plug-ins used here have service files.
            'plugin.path': installed / 'plugins', 'plugin.discovery': 'service_load',
            'exactly.once.source.support': 'enabled', 'scheduled.rebalance.max.delay.ms': 0,
            'connector.client.config.override.policy': 'All',
            'config.providers': 'env,file,dir',
            'config.providers.env.class': providers + 'EnvVarConfigProvider',
            'config.providers.file.class': providers + 'FileConfigProvider',
            'config.providers.file.param.allowed.paths': self.secrets,
            'config.providers.dir.class': providers + 'DirectoryConfigProvider',
            'config.providers.dir.param.allowed.paths': self.secrets}))
        self._folder, self._environment = folder, {**os.environ, **(environment or {})}
        self._command = env.java('512m', f'-Dlog4j2.configurationFile={folder}/log4j2.properties', '-cp',
                                 f'{installed}/kafka/*', 'org.apache.kafka.connect.cli.ConnectDistributed', str(conf))
        self.start()

    def start(self):
        """At first, and again after it was killed."""
        self.process = env.Process('connect', self._command, self._folder / 'connect.log', cwd=self._folder, env=self._environment)
        try:
            self.process.wait_ready(self.connectors)
        except BaseException:
            self.close()
            raise

    def call(self, method: str, path: str, body=None, timeout=60):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {'Content-Type': 'application/json'}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return json.loads(answer.read() or b'null')
        except urllib.error.HTTPError as e:
            if e.code in (404, 409, 503) and path == '/connectors':
                raise OSError('the worker is still starting') from e
            raise ConnectError(e.code, e.read().decode()) from e

    def connectors(self) -> list[str]:
        return self.call('GET', '/connectors')

    def plugins(self) -> dict[str, str]:
        return {p['class']: p['version'] for p in self.call('GET', '/connector-plugins')}

    def validate(self, config: dict) -> dict[str, list[str]]:
        """The errors by key. Debezium connects only when every key is right: a connectivity error alone means valid."""
        name = config['connector.class'].rsplit('.', 1)[-1]
        answer = self.call('PUT', f'/connector-plugins/{name}/config/validate', {'name': 'x', **config})
        # Debezium 3.6.1 on Kafka 4.3.1 gives one key (internal.legacy.snapshot.max.threads) with a null value.
        values = [entry['value'] for entry in answer['configs'] if entry['value']]
        return {value['name']: value['errors'] for value in values if value['errors']}

    def put(self, name: str, config: dict):
        """Validates first: on an error PUT answers HTTP 500 and hides the reason (same bug)."""
        errors = self.validate(config)
        if errors:
            raise ConnectError(400, json.dumps(errors))
        return self.call('PUT', f'/connectors/{name}/config', config)

    def status(self, name: str) -> dict:
        return self.call('GET', f'/connectors/{name}/status')

    def wait_running(self, name: str, seconds=60):
        """Looks at the tasks: a connector shows RUNNING while its task is FAILED."""
        def running():
            try:
                status = self.status(name)
            except ConnectError as e:
                if e.status == 404:
                    return False
                raise
            for part in [status['connector'], *status['tasks']]:
                if part['state'] == 'FAILED':
                    raise RuntimeError(f'{name}: {part.get("trace")}')
            return status['tasks'] and all(t['state'] == 'RUNNING' for t in status['tasks'])
        env.wait_until(f'{name} to run', running, seconds)

    def delete(self, name: str):
        self.call('DELETE', f'/connectors/{name}')

    def close(self):
        self.process.close()
