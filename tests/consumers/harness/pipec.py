"""The compiler under test, as a user runs it."""
import os
import pathlib
import subprocess

from . import env


def binary() -> pathlib.Path:
    path = pathlib.Path(os.environ.get('PIPEC') or env.ROOT / 'build/release/cli/pipec')
    if not path.exists():
        raise RuntimeError(f'{path} is missing: run scripts/build, or say where it is in PIPEC')
    return path


def tool(name: str) -> pathlib.Path:
    """A program for developers, built beside the compiler."""
    return binary().parent.parent / 'tools' / name / f'pipec-{name}'


class Pipec:
    def __init__(self, folder: pathlib.Path):
        self.folder, self._count = folder, 0

    def run(self, *args, check=True, **options) -> subprocess.CompletedProcess:
        done = subprocess.run([binary(), *map(str, args)], capture_output=True, text=True, timeout=120, **options)
        if check and done.returncode:
            raise RuntimeError(f'pipec {args}: exit {done.returncode}\n{done.stdout}{done.stderr}')
        return done

    def build(self, project, *args, out=None) -> pathlib.Path:
        """Builds a project (a path, or a name below specs/) and gives the folder of its artifacts."""
        path = pathlib.Path(project)
        path = path if path.is_absolute() else env.ROOT / 'specs' / path
        self._count += 1
        out = pathlib.Path(out or self.folder / f'dist{self._count}')
        self.run('build', path, '--out', out, *args)
        return out
