"""What Databricks does with a bundle, as far as its jobs need it: resources read and references resolved, tasks run one after
another as the scripts that they name, values handed on, jobs that start jobs."""
import dataclasses
import json
import os
import pathlib
import re
import runpy
import subprocess
import sys
import types

import yaml

from . import env

sys.path.insert(0, str(env.ROOT / 'runtime'))

from pipec_runtime import references  # noqa: E402

DYNAMIC = re.compile(r'\{\{(.*?)\}\}')


class UniqueKeys(yaml.SafeLoader):
    """PyYAML takes the last of two equal keys, Databricks none."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), keys
        return super().construct_mapping(node, deep)


def read(path):
    return yaml.load(path.read_text('utf-8'), UniqueKeys)


class Bundle:
    """`folder`: that of databricks.yml. What is in `secrets` is found in the scope of that name."""

    def __init__(self, folder: pathlib.Path, secrets=None):
        self.folder, self.config, self.secrets = folder, read(folder / 'databricks.yml'), secrets or {}
        self.jobs, self.files = {}, {}
        for pattern in self.config['include']:
            for path in sorted(folder.glob(pattern)):
                for key, job in read(path)['resources']['jobs'].items():
                    assert key not in self.jobs, key
                    self.jobs[key], self.files[key] = job, path

    def synced(self, path: pathlib.Path) -> bool:
        """Whether a file lies in the workspace once the bundle is there."""
        return any(path.is_relative_to((self.folder / part).resolve()) for part in self.config['sync']['paths'])

    def resolved(self, text: str) -> str:
        known = {'workspace.file_path': str(self.folder.parent),
                 **{f'resources.jobs.{key}.id': key for key in self.jobs}}
        return re.sub(r'\$\{([\w.-]+)\}', lambda found: known[found[1]], text)

    def run(self, key: str, run_id='1', **parameters):
        return Run(self, key, run_id, parameters).all()


@dataclasses.dataclass
class Run:
    """Tasks by their keys: `success`, `failed`, `upstream_failed`; the errors of those that failed."""
    bundle: Bundle
    job: str
    run_id: str
    parameters: dict
    states: dict = dataclasses.field(default_factory=dict)
    errors: dict = dataclasses.field(default_factory=dict)
    values: dict = dataclasses.field(default_factory=dict)
    started: list = dataclasses.field(default_factory=list)

    def all(self):
        definition = self.bundle.jobs[self.job]
        left = {task['task_key']: task for task in definition['tasks']}
        assert len(left) == len(definition['tasks'])
        while left:
            # A circle, or a task that waits for one that is not there, leaves none that is due.
            due = next(task for task in left.values() if all(key in self.states for key in self.waits_for(task)))
            self.states[due['task_key']] = self.task(left.pop(due['task_key']))
        return self

    def definition(self, key):
        [task] = [task for task in self.bundle.jobs[self.job]['tasks'] if task['task_key'] == key]
        return task

    @staticmethod
    def waits_for(task):
        return [after['task_key'] for after in task.get('depends_on', ())]

    @property
    def state(self):
        """By its leaves, as Databricks has it."""
        waited_for = {key for task in self.bundle.jobs[self.job]['tasks'] for key in self.waits_for(task)}
        return 'success' if all(state == 'success' for key, state in self.states.items() if key not in waited_for) else 'failed'

    def task(self, task):
        if any(self.states[key] != 'success' for key in self.waits_for(task)):
            return 'upstream_failed'
        if 'run_job_task' in task:
            other = self.bundle.run(self.bundle.resolved(task['run_job_task']['job_id']), self.run_id + '+')
            self.started.append(other)
            return other.state
        script, arguments = self.command(task)
        try:
            self.call(script, arguments, task['task_key'])
        except Exception as error:  # noqa: BLE001: whatever a script raises is the end of its task
            self.errors[task['task_key']] = f'{type(error).__name__}: {error}'
            return 'failed'
        return 'success'

    def command(self, task):
        called = task['spark_python_task']
        script = (self.bundle.files[self.job].parent / called['python_file']).resolve()
        assert self.bundle.synced(script)
        return script, [DYNAMIC.sub(self.dynamic, self.bundle.resolved(text)) for text in called['parameters']]

    def dynamic(self, found):
        match found[1].split('.'):
            case ['job', 'run_id']:
                return self.run_id
            case ['job', 'parameters', name]:
                defaults = {p['name']: p['default'] for p in self.bundle.jobs[self.job]['parameters']}
                assert self.parameters.keys() <= defaults.keys()
                return {**defaults, **self.parameters}[name]
            case ['tasks', key, 'values', name] if (key, name) in self.values:
                return json.dumps(self.values[key, name])
        return found[0]

    def call(self, script, arguments, key):
        """In this process, whose session is the one that a script finds there."""
        utilities = types.ModuleType('pyspark.dbutils')
        utilities.DBUtils = lambda session: types.SimpleNamespace(
            secrets=types.SimpleNamespace(get=lambda scope, key: self.bundle.secrets[scope][key]),
            jobs=types.SimpleNamespace(taskValues=TaskValues(self, key)))
        before, path = sys.argv, list(sys.path)
        sys.modules['pyspark.dbutils'] = utilities
        sys.argv = [str(script), *arguments]
        try:
            runpy.run_path(str(script), run_name='__main__')
        finally:
            sys.argv, sys.path[:] = before, path
            del sys.modules['pyspark.dbutils']
            references.look_in(os.environ, 'the environment variable')


class TaskValues:
    def __init__(self, run, task):
        self._run, self._task = run, task

    def set(self, key, value):
        self._run.values[self._task, key] = json.loads(json.dumps(value))


def alone(bundle, job, key, **values):
    """A task in a process of its own, which has nothing of the tests'."""
    run = Run(bundle, job, '1', {}, values={tuple(name.split('.')): value for name, value in values.items()})
    script, arguments = run.command(run.definition(key))
    return subprocess.run([sys.executable, '-I', script, *arguments], capture_output=True, text=True, cwd='/')
