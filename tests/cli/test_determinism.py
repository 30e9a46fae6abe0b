"""The same input, the same bytes: any folder, time zone, locale, number of threads, order of files."""
import os
import random
import shutil
import subprocess
import sys

from project import SOURCE, ProjectCase


class Determinism(ProjectCase):
    def copy(self, folder, shuffled):
        """A copy of specs/first whose files were created in another order."""
        source = SOURCE / "specs" / "first"
        files = sorted(p for p in source.rglob("*") if p.is_file())
        if shuffled:
            random.Random(7).shuffle(files)
        for file in files:
            target = folder / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)

    def artifacts(self, name, jobs, shuffled=False, **environment):
        folder = self.root / name
        self.copy(folder, shuffled)
        result = self.run_pipec("build", folder, "--out", folder / "dist", "--jobs", jobs,
                                env={**os.environ, **environment}, cwd=folder)
        self.expect(result, 0)
        dist = folder / "dist"
        return {p.relative_to(dist): p.read_bytes() for p in sorted(dist.rglob("*")) if p.is_file()}

    def test_same_bytes(self):
        turkish = {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}
        # An absent locale would fall back to C without a word, and the test would show nothing.
        probe = subprocess.run([sys.executable, "-c", "import locale; print(locale.setlocale(locale.LC_ALL, ''))"],
                               env={**os.environ, **turkish}, capture_output=True, text=True, check=False)
        self.assertEqual(probe.stdout.strip(), "tr_TR.UTF-8", probe.stderr)
        base = self.artifacts("a", 1, TZ="UTC", LC_ALL="C")
        self.assertGreater(len(base), 100)
        self.assertEqual(base, self.artifacts("b/deeper/down", 8, shuffled=True, TZ="Pacific/Kiritimati", **turkish))
