"""The pipelines command of a newer open-source Spark: what it says of the declarative pipeline among the artifacts."""
import json
import os
import pathlib
import subprocess

import yaml

from . import env

# What the pipeline reads and does not make: tables of the same names and types, without rows.
DOUBLES = '''from pyspark import pipelines as dp
from pyspark.sql import SparkSession

spark = SparkSession.active()


def double(name, columns):
    @dp.table(name=name)
    def rows():
        return spark.readStream.format('rate').load().selectExpr(*columns)


'''


def command() -> pathlib.Path:
    folder = pathlib.Path(subprocess.check_output([env.ROOT / 'scripts/consumers-dir', 'pipelines'], text=True).strip())
    if not (folder / '.done-pipelines').exists():
        raise RuntimeError(f'{folder} is not complete: run scripts/install-consumers')
    return folder / 'venv/bin'


def doubles(target: pathlib.Path, names) -> str:
    text = DOUBLES
    for name in names:
        node = json.loads((target / 'nodes' / (name.replace('.', '/') + '.json')).read_text())
        # Names inside of a struct stand there as they are, which no parser takes: nothing here reads them.
        plain = [column for column in node['columns'] if '<' not in column['type']]
        columns = [f"cast(null as {column['type']}) as `{column['name']}`" for column in plain]
        text += f'double({name!r}, {columns!r})\n'
    return text


def dry_run(target: pathlib.Path, inputs, more=()) -> tuple[bool, str]:
    """Of the artifacts of a target, as they lie there. `more`: further files of the pipeline, by name."""
    folder = target / 'databricks'
    spec = yaml.safe_load((folder / 'spark-pipeline.yml').read_text())
    files = {'doubles.py': doubles(target, inputs), **dict(more)}
    for name, text in files.items():
        (folder / name).write_text(text)
    spec['libraries'] += [{'glob': {'include': name}} for name in files]
    (folder / 'with_doubles.yml').write_text(yaml.safe_dump(spec))
    bin = command()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(('SPARK', 'PYSPARK', 'PYTHON'))}
    environment |= {'JAVA_HOME': env.java_home(), 'PYSPARK_PYTHON': str(bin / 'python'), 'PATH': f"{bin}:{os.environ['PATH']}"}
    # A folder of its own for what it leaves: its catalog lies in the folder that it runs in.
    done = subprocess.run([bin / 'spark-pipelines', 'dry-run', '--spec', folder / 'with_doubles.yml'], cwd=folder, env=environment,
                          capture_output=True, text=True, timeout=300)
    return done.returncode == 0, done.stdout + done.stderr
