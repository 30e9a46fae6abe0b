"""Projects in a temporary folder, and the real binary run on them as a user would."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BINARY = os.environ["PIPEC"]
SOURCE = pathlib.Path(os.environ["PIPEC_SOURCE_DIR"])

MODEL = "model gold.numbers { full as select 1 as id, 'one' as name }\n"
CONFIG = """name: example
language: 1
targets:
  prod:
    warehouse: { engine: databricks, catalog: main, landing: "file:/landing" }
    backends: { databricks: {} }
"""


class ProjectCase(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="pipec-cli-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.project = self.root / "project"
        self.project.mkdir()
        self.write("pipec.yaml", CONFIG)

    def write(self, path, text):
        target = self.project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            target.write_bytes(text)
        else:
            target.write_text(text, encoding="utf-8")

    def run_pipec(self, *args, **options):
        return subprocess.run([BINARY, *map(str, args)], capture_output=True, timeout=60, check=False, **options)

    def build(self, *args, **options):
        return self.run_pipec("build", self.project, "--out", self.root / "dist", *args, **options)

    def files(self):
        dist = self.root / "dist"
        return {p.relative_to(dist): p.read_bytes() for p in sorted(dist.rglob("*"))
                if p.is_file() and ".pipec" not in p.parts}

    def expect(self, result, code, *words):
        text = result.stderr.decode() + result.stdout.decode()
        self.assertEqual(result.returncode, code, text)
        for word in words:
            self.assertIn(word, text)
        return text
