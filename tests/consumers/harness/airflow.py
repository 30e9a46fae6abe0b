"""An Airflow in an environment of its own: what it understands of a folder of DAGs, and runs of them."""
import json
import os
import pathlib
import subprocess

from . import env

GENERATIONS = ('3', '2')


class Airflow:
    def __init__(self, generation: str, home: pathlib.Path):
        self.generation, self.home = generation, home
        folder = subprocess.check_output([env.ROOT / 'scripts/consumers-dir', f'airflow{generation}'], text=True).strip()
        self.bin = pathlib.Path(folder) / 'venv/bin'
        if not (pathlib.Path(folder) / '.done-airflow').exists():
            raise RuntimeError(f'{folder} is not complete: run scripts/install-consumers')
        home.mkdir(parents=True, exist_ok=True)
        self._migrated = False

    def environment(self, dags='', **more):
        # Nothing of the caller's own Airflow; nothing is asked for outside of this machine.
        kept = {name: value for name, value in os.environ.items() if not name.startswith('AIRFLOW')}
        return kept | {
            'AIRFLOW_HOME': str(self.home), 'AIRFLOW__CORE__LOAD_EXAMPLES': 'False', 'AIRFLOW__CORE__DAGS_FOLDER': str(dags),
            'AIRFLOW__USAGE_DATA_COLLECTION__ENABLED': 'False', 'AIRFLOW__LOGGING__LOGGING_LEVEL': 'WARNING',
            'PYTHONDONTWRITEBYTECODE': '1', 'PYTHONWARNINGS': 'ignore', 'TZ': 'UTC', **more}

    def script(self, name: str, *args, dags='', **more) -> dict:
        """Runs a script of in_airflow by this Airflow's Python; what it writes last is JSON."""
        done = subprocess.run([self.bin / 'python', env.ROOT / 'tests/consumers/in_airflow' / name, *map(str, args)], cwd=self.home,
                              env=self.environment(dags, **more), capture_output=True, text=True, timeout=600)
        (self.home / 'script.log').write_text(done.stdout + done.stderr)
        if done.returncode:
            raise RuntimeError(f'{name}: exit {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-6000:]}')
        return json.loads(done.stdout.strip().splitlines()[-1])

    def probe(self, folder, *span) -> dict:
        return self.script('probe.py', folder, *span, dags=folder)

    def migrate(self) -> None:
        if not self._migrated:
            subprocess.run([self.bin / 'airflow', 'db', 'migrate'], env=self.environment(), check=True, capture_output=True)
            self._migrated = True
