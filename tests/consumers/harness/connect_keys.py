"""The tables of connector keys that pipec checks against, made from the real worker and the real plug-ins.

A worker takes any key and says nothing of a misspelt one, so the compiler must know them all. Three sources:
  rest        what the worker's REST interface lists for a plug-in
  reflection  what classes declare beside that (scripts/ConnectKeys.java): Debezium's keys that its own list leaves out,
              the driver's and the Kafka clients' properties
  prefix      a family of keys of which the rest is free text

In a name, `*` stands for one word without a dot: the alias that the user gave (transforms.*.type); a name that ends
with a dot is a prefix, whatever follows it. `of` names the classes that a converter's or a transformation's key
belongs to. There is no prefix `database.`: Debezium passes such keys on to the driver, but `driver.` does that
better, and with it database.hostnam would count as known.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from . import connect as connect_harness
from . import env

DATA = env.ROOT / 'compiler/platform/data/connect_keys'
# The plug-in, its connector, the class of its configuration, its driver, a URL that the driver takes for its own.
DEBEZIUM = {
    'postgres': ('io.debezium.connector.postgresql.PostgresConnector', 'org.postgresql.Driver', 'jdbc:postgresql:x'),
    'sqlserver': ('io.debezium.connector.sqlserver.SqlServerConnector', 'com.microsoft.sqlserver.jdbc.SQLServerDriver',
                  'jdbc:sqlserver://x'),
    'mysql': ('io.debezium.connector.mysql.MySqlConnector', 'com.mysql.cj.jdbc.Driver', 'jdbc:mysql://x/')}
SINK = 'org.apache.kafka.connect.file.FileStreamSinkConnector'
PLUGGED = {'converter': ['key.converter.', 'value.converter.'], 'header_converter': ['header.converter.'],
           'transformation': ['transforms.*.'], 'predicate': ['predicates.*.']}
# Set by the worker itself, not by a user.
NOT_OURS = {'key.converter.converter.type', 'value.converter.converter.type', 'header.converter.converter.type'}


def reflected(database: str) -> dict[str, list[tuple[str, str]]]:
    folder = env.consumers()
    connector, driver, url = DEBEZIUM[database]
    path = ':'.join(f'{folder}/{part}/*' for part in ('kafka', 'plugins/connect-file', f'plugins/debezium-connector-{database}'))
    text = subprocess.run(env.java('200m', '-cp', path, str(env.ROOT / 'scripts/ConnectKeys.java'), connector,
                                   connector + 'Config', driver, url, SINK),
                          check=True, capture_output=True, text=True).stdout
    groups = {}
    for line in text.splitlines():
        group, name, importance = line.split('\t')
        groups.setdefault(group, []).append((name, importance))
    return groups


def key_name(name: str) -> str:
    """Debezium says where a table or a number stands in a key as a pattern: column.mask.with.(d+).chars."""
    return re.sub(r'\((?:[^()]|\[[^]]*\])*\)', '*', name)


class Table:
    """Entries by name; the first source of a name stays, the classes of one add up."""

    def __init__(self):
        self.entries = {}

    def add(self, name, importance, source, of=None):
        if name in NOT_OURS:
            return
        entry = self.entries.setdefault(name, {'name': name, 'importance': importance.lower(), 'source': source})
        if of:
            entry['of'] = sorted({*entry.get('of', []), of})

    def sorted(self):
        return [self.entries[name] for name in sorted(self.entries)]


def debezium(connect, database: str, groups, source: Table) -> Table:
    """The keys of one connector; what every source has goes to `source`."""
    table, connector = Table(), DEBEZIUM[database][0]
    own = {name for name, _ in groups[connector]}
    for key in connect.call('GET', f'/connector-plugins/{connector}/config'):
        (table if key['name'] in own else source).add(key_name(key['name']), key['importance'], 'rest')
    for name, importance in groups['debezium'] + groups.get('history', []):
        table.add(key_name(name), importance, 'reflection')
    for name, importance in groups['driver']:
        table.add('driver.' + name, importance, 'reflection')
    clients = {'signal.consumer.': 'consumer'}
    if 'history' in groups:
        clients |= {'schema.history.internal.producer.': 'producer', 'schema.history.internal.consumer.': 'consumer'}
    for prefix, client in clients.items():
        for name, importance in groups[client]:
            table.add(prefix + name, importance, 'reflection')
    table.add('column.mask.hash.v2.*.with.salt.*', 'medium', 'prefix')
    table.add('snapshot.select.statement.overrides.', 'medium', 'prefix')
    return table


def dump(connect) -> dict[str, list[dict]]:
    file_sink, source, sink, tables = Table(), Table(), Table(), {}
    for database in DEBEZIUM:
        groups = reflected(database)
        tables['debezium_' + database] = debezium(connect, database, groups, source)
    own = {name for name, _ in groups[SINK]}
    for key in connect.call('GET', f'/connector-plugins/{SINK}/config'):
        (file_sink if key['name'] in own else sink).add(key_name(key['name']), key['importance'], 'rest')

    for table in (source, sink):
        for client in ('producer', 'consumer', 'admin'):
            for name, importance in groups[client]:
                table.add(f'{client}.override.{name}', importance, 'reflection')
        for key in ('type', 'predicate', 'negate', 'plugin.version'):
            table.add('transforms.*.' + key, 'high' if key == 'type' else 'medium', 'prefix')
        for key in ('type', 'plugin.version'):
            table.add('predicates.*.' + key, 'high' if key == 'type' else 'medium', 'prefix')
        for plugin in connect.call('GET', '/connector-plugins?connectorsOnly=false'):
            for prefix in PLUGGED.get(plugin['type'], ()):
                for key in connect.call('GET', f'/connector-plugins/{plugin["class"]}/config'):
                    table.add(prefix + key['name'], key['importance'], 'rest', plugin['class'])
    for name, importance in groups['topic.creation'] + groups['topic']:
        source.add('topic.creation.*.' + name, importance, 'reflection')
    return {name: table.sorted() for name, table in (tables | {
        'file_sink': file_sink, 'connect_source': source, 'connect_sink': sink}).items()}


def render(table: list[dict]) -> str:
    """One key a line, so that a new version of a plug-in is a readable difference."""
    return '[\n' + ',\n'.join('  ' + json.dumps(entry) for entry in table) + '\n]\n'


def known(name: str, *tables: list[dict]) -> bool:
    """Whether a key is in the tables, by the rules above."""
    for entry in (entry for table in tables for entry in table):
        pattern = re.escape(entry['name']).replace(r'\*', r'[^.]+')
        if re.fullmatch(pattern + ('.+' if entry['name'].endswith('.') else ''), name):
            return True
    return False


def main():
    with tempfile.TemporaryDirectory(prefix='pipec-') as scratch:
        folder = pathlib.Path(scratch)
        broker = connect_harness.Broker(folder / 'broker')
        try:
            worker = connect_harness.Connect(folder / 'connect', broker)
            try:
                tables = dump(worker)
            finally:
                worker.close()
        finally:
            broker.close()
    DATA.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (DATA / f'{name}.json').write_text(render(table))
        print(f'{name}: {len(table)} keys', file=sys.stderr)


if __name__ == '__main__':
    main()
