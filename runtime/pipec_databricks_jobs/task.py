"""A task: one node, one check, the verdict over a node's checks, or grains built again. A part is named by its file, which
has no character that a bundle or a job takes for its own."""
import argparse
import json
import logging
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import pipec_runtime
from pipec_runtime import references, task
from pipec_runtime.backfill import windows
from pipec_runtime.manifest import Check, Manifest, ManifestError, Node

from . import platform

log = logging.getLogger(__name__)


class WrongRows(Exception):
    """A check did not pass, and its policy is that the task fails."""


def main(arguments: Sequence[str]) -> None:
    given = _arguments(arguments)
    logging.basicConfig(level=logging.INFO)
    run = Run(given)
    match given.what:
        case 'run':
            run.node(given.file)
        case 'check':
            run.check(given.file)
        case 'verdict':
            run.verdict(given.file, *given.words)
        case 'again':
            run.again(given.file, *given.words)


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='run.py', description=__doc__)
    parser.add_argument('manifest', type=pathlib.Path)
    parser.add_argument('run_id')
    parser.add_argument('--schedule', help='the file of its part')
    parser.add_argument('--scope', help='of secrets: where `env:NAME` is the key NAME')
    parser.add_argument('--warehouse', action='store_true', help='statements run on the SQL warehouse of the connection')
    parser.add_argument('what', choices=['run', 'check', 'verdict', 'again'])
    parser.add_argument('file')
    parser.add_argument('words', nargs='*', help='verdict: failures by check; again: the first moment, and the first one behind')
    return parser.parse_args(arguments)


class Run:
    def __init__(self, given: argparse.Namespace):
        self._manifest: Manifest = pipec_runtime.load(given.manifest, lazily=True)
        self._index = json.loads(given.manifest.read_bytes())
        self._id = f'{self._manifest.project}/{given.run_id}'
        schedule = self._part('schedules', given.schedule, self._manifest.schedules) if given.schedule else None
        self._timeout = schedule.task_timeout_seconds if schedule else 0
        # Else the session that the task has.
        self._engines = {} if given.warehouse else {self._manifest.warehouse.connection: platform.engine}
        if given.scope:
            references.look_in(platform.Scope(given.scope), f'in the scope of secrets {given.scope} the key')

    def _part(self, part: str, file: str, parts: Mapping[str, Any]) -> Any:
        for name, entry in self._index[part].items():
            if entry['file'] == file:
                return parts[name]
        raise ManifestError(f'the manifest has no {file}')

    def _steps(self, part: Node | Check, window: tuple[str, str] | None = None) -> task.Task:
        """The task when it has run; a blocking gate ends it."""
        with task.opened(self._manifest, part.steps, self._engines) as engines:
            done = task.Task(self._manifest, part, engines, self._id, self._timeout)
            stopped = done.run(window)
        if stopped:
            raise WrongRows(_sentence(stopped.check, stopped.failures))
        return done

    def node(self, file: str) -> None:
        """Builds it; its own checks run in it, between building and publishing."""
        node = self._part('nodes', file, self._manifest.nodes)
        done = self._steps(node)
        for gate in node.checks:
            if done.failures(gate.name):
                log.warning('%s (%s)', _sentence(gate.name, done.failures(gate.name)), gate.policy)
        later = _later(node)
        if later:
            platform.tell('failures', [done.failures(name) for name in later])

    def check(self, file: str) -> None:
        check = self._part('checks', file, self._manifest.checks)
        failures = self._steps(check).failures(check.name)
        if failures and check.policy == 'warn':
            log.warning('%s (warn)', _sentence(check.name, failures))
        elif failures:
            raise WrongRows(_sentence(check.name, failures))

    def verdict(self, file: str, told: str) -> None:
        """`else fail`: the node is published and what is below it goes on, but the run is red."""
        node = self._part('nodes', file, self._manifest.nodes)
        wrong = [_sentence(name, failures) for name, failures in zip(_later(node), json.loads(told), strict=True) if failures]
        if wrong:
            raise WrongRows('; '.join(wrong))

    def again(self, file: str, start: str = '', end: str = '') -> None:
        """As many grains at a time as the model builds."""
        node = self._part('nodes', file, self._manifest.nodes)
        for window in windows(node, start, end):
            log.info('%s to %s', *window)
            self._steps(node, window)


def _later(node: Node) -> list[str]:
    return [gate.name for gate in node.checks if gate.policy == 'fail']


def _sentence(check: str, failures: int) -> str:
    return f'{check}: {failures} rows are wrong'
