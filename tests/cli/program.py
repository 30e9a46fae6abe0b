"""What the tests of use, building and broken input share."""
import os
import pty
import re
import subprocess

from project import BINARY, CONFIG, SOURCE, ProjectCase

ROOT = SOURCE
NOBODY = 65534
SECONDS = 60  # far above what any of these takes; a hang fails

# Of a project that captures a database into a warehouse.
SHOP_CONFIG = """name: example
language: 1
connections:
  shop_db: { host: h, user: u, password: { kafka_connect: "env:P" } }
  warehouse: { http_path: h }
targets:
  prod:
    warehouse: { engine: databricks, catalog: main, landing: "file:/landing" }
    backends: { kafka_connect: {}, databricks: {} }
"""
MODEL = '''model gold.numbers {
  full
  as select 1 as id, 'one' as name
}
'''


class Case(ProjectCase):
    """Runs the program inside the project's folder, in an environment with nothing but a PATH."""

    def setUp(self):
        super().setUp()
        self.folder = self.project

    def fill(self, files=None, config=CONFIG):
        self.write_all({'pipec.yaml': config, **({'numbers.pipe': MODEL} if files is None else files)})

    def write_all(self, files):
        for path, text in files.items():
            self.write(path, text)

    def run_here(self, *words, env=None, **options):
        environment = {'PATH': os.environ['PATH'], **(env or {})}
        return subprocess.run([BINARY, *words], cwd=self.folder, env=environment, capture_output=True, text=True,
                              errors='replace', timeout=SECONDS, **options)

    def run_expecting(self, code, *words, **options):
        """Runs, checks the exit code, and that nothing crashed; returns (stdout, stderr)."""
        result = self.run_here(*words, **options)
        self.assertEqual(result.returncode, code, f'{words}\n{result.stdout}\n{result.stderr}')
        return result.stdout, result.stderr

    def codes(self, stderr):
        return sorted(set(re.findall(r'^(?:error|warning)\[(PIPE\d{4})\]', stderr, re.M)))

    def artifacts(self, out='dist/prod'):
        base = self.folder / out
        return {str(p.relative_to(base)): p.read_bytes() for p in sorted(base.rglob('*'))
                if p.is_file() and '.pipec' not in p.parts}

    def on_terminal(self, *words, env=None):
        """stderr as a terminal gets it."""
        ours, theirs = pty.openpty()
        try:
            subprocess.run([BINARY, *words], cwd=self.folder, env={'PATH': os.environ['PATH'], **(env or {})},
                           stdout=subprocess.DEVNULL, stderr=theirs, timeout=SECONDS)
            os.close(theirs)
            text = b''
            while True:
                try:
                    piece = os.read(ours, 65536)
                except OSError:  # the other end is closed
                    break
                if not piece:
                    break
                text += piece
            return text.decode()
        finally:
            os.close(ours)


def as_nobody():
    """For root, whom no permission stops: run as somebody else."""
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
