"""Where the consumers lie on this machine, and how a child process is started so that it never outlives the tests."""
import os
import pathlib
import random
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
# Below the range from which the kernel gives out ports by itself, so that no outgoing connection takes one meanwhile.
PORTS = range(20000, 32000)


def consumers() -> pathlib.Path:
    """The folder that scripts/install-consumers made for this tree's lock files."""
    given = os.environ.get('PIPEC_CONSUMERS')
    folder = pathlib.Path(given or subprocess.check_output([ROOT / 'scripts/consumers-dir'], text=True).strip())
    if not (folder / '.done-python').exists():
        raise RuntimeError(f'{folder} is not complete: run scripts/install-consumers')
    return folder


def java_home() -> str:
    """Java 17, whatever other Java the machine has first on its path."""
    homes = sorted(pathlib.Path('/usr/lib/jvm').glob('java-17-openjdk-*'))
    if not homes:
        raise RuntimeError('Java 17 is missing: run scripts/install-consumers')
    return str(homes[0])


def java(heap: str, *args: str) -> list[str]:
    """Settings for a JVM that lives for minutes: small, and compiled no further than the first tier."""
    return [java_home() + '/bin/java', f'-Xmx{heap}', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1',
            '-Djava.awt.headless=true', '-Duser.timezone=UTC', *args]


def free_port() -> int:
    for port in random.SystemRandom().sample(PORTS, 200):
        with socket.socket() as s:
            try:
                s.bind(('127.0.0.1', port))
            except OSError:
                continue
            return port
    raise RuntimeError('no free port')


def wait_until(what: str, condition, seconds: float = 60, every: float = 0.1):
    """The first true result of the condition; an error that names what was waited for when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise TimeoutError(f'{what}: not within {seconds} s; last seen: {result!r}')
        time.sleep(every)


class Process:
    """A server in the foreground, its output in a file; it gets a signal from the kernel when the tests die."""

    def __init__(self, name, command, log, *, death='KILL', stop=signal.SIGTERM, user=None, env=None, cwd=None):
        self.name, self.log, self._stop = name, pathlib.Path(log), stop
        as_user = ['--reuid', user, '--regid', user, '--init-groups'] if user else []
        with open(self.log, 'ab') as out:
            self.child = subprocess.Popen(
                ['setpriv', '--pdeathsig', death, *as_user, '--', *map(str, command)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=env, cwd=cwd)

    def tail(self, characters=4000) -> str:
        return self.log.read_text(errors='replace')[-characters:]

    def wait_ready(self, probe, seconds=90):
        """Returns when the probe does without an OSError; fails at once when the process has ended."""
        def ready():
            if self.child.poll() is not None:
                raise RuntimeError(f'{self.name} ended with {self.child.returncode}:\n{self.tail()}')
            try:
                probe()
                return True
            except OSError:
                return False
        try:
            wait_until(f'{self.name} to start', ready, seconds)
        except TimeoutError as late:
            raise RuntimeError(f'{late}\n{self.tail()}') from late

    def close(self):
        if self.child.poll() is None:
            self.child.send_signal(self._stop)
            try:
                self.child.wait(15)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def port_open(port: int):
    """A probe for Process.wait_ready."""
    return lambda: socket.create_connection(('127.0.0.1', port), 1).close()
