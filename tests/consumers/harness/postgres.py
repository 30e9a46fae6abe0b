"""A PostgreSQL cluster of its own: logical replication on, loopback only, gone at the end."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

import psycopg

from . import env

BIN = pathlib.Path('/usr/lib/postgresql/15/bin')

# Durability is off: the machine does not crash in these tests, only clients do. Connections from Debezium are dropped
# soon after they fall silent, so that a replication slot can be taken again.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = logical
max_wal_senders = 20
max_replication_slots = 20
wal_sender_timeout = 10s
shared_buffers = 64MB
fsync = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


class Postgres:
    host = '127.0.0.1'

    def __init__(self, folder: pathlib.Path, bin: pathlib.Path = BIN):
        self.port, self._bin = env.free_port(), bin
        # The server refuses to run as root; Debian's package makes a user for it.
        self.user = 'postgres' if os.geteuid() == 0 else None
        folder.mkdir(parents=True)
        data = folder / 'data'
        as_user = ['setpriv', '--reuid', self.user, '--regid', self.user, '--init-groups', '--'] if self.user else []
        if self.user:
            shutil.chown(folder, self.user, self.user)
        subprocess.run([*as_user, bin / 'initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8',
                        '--locale=C.UTF-8', '--no-sync'], check=True, stdout=subprocess.DEVNULL, cwd=folder)
        with open(data / 'postgresql.conf', 'a', encoding='utf-8') as conf:
            conf.write(SETTINGS + f'port = {self.port}\n')
        self._folder = folder
        self._start()

    def _start(self):
        # An interrupt is the server's "fast shutdown": sessions are cut, files are left whole.
        self.process = env.Process('postgres', [self._bin / 'postgres', '-D', self._folder / 'data'],
                                   self._folder / 'postgres.log', death='INT', stop=signal.SIGINT, user=self.user,
                                   cwd=self._folder)
        try:
            self.process.wait_ready(self._probe)
        except BaseException:
            self.close()
            raise

    def restart(self):
        self.close()
        self._start()

    def _probe(self):
        try:
            self.connect().close()
        except psycopg.OperationalError as e:
            raise OSError from e

    def connect(self, dbname='postgres', user='postgres', autocommit=True, **options) -> psycopg.Connection:
        return psycopg.connect(host=self.host, port=self.port, dbname=dbname, user=user, autocommit=autocommit, **options)

    def sql(self, text: str, dbname='postgres', user='postgres', args=None) -> list[tuple]:
        """Runs statements; the rows of the last one, if it has any."""
        with contextlib.closing(self.connect(dbname, user)) as connection:
            cursor = connection.execute(text, args)
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def psql(self, file, dbname='postgres', user='postgres', single_transaction=True, **variables) -> str:
        """A script through the real psql, as a deployer runs it: stops at the first error, one transaction each file."""
        command = [BIN / 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', self.host, '-p', str(self.port),
                   '-U', user, '-d', dbname, '-f', str(file)]
        if single_transaction:
            command.append('-1')
        for name, value in variables.items():
            command += ['-v', f'{name}={value}']
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f'psql {file}: {done.stderr}')
        return done.stdout

    def drop_slot(self, name: str, dbname='postgres'):
        """A deleted connector leaves its replication slot behind; one still in use is waited for."""
        def dropped():
            left = self.sql('select active from pg_replication_slots where slot_name = %s', args=[name])
            if left and not left[0][0]:
                self.sql('select pg_drop_replication_slot(%s)', args=[name])
            return not left or not left[0][0]
        env.wait_until(f'slot {name} to be free', dropped, 30)

    def close(self):
        self.process.close()
