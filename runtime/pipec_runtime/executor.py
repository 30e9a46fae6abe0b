"""Runs the steps of one node, in their order: statements, parameters, loops, gates, copies, transactions."""
import contextlib
import dataclasses
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .engines.base import Engine
from .fetch import fetch
from .manifest import Called, Manifest, ManifestError, Step
from .program import batches
from .references import lookup

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class GateResult:
    check: str
    policy: str
    failures: int

    @property
    def passed(self) -> bool:
        return self.failures == 0


class Blocked(Exception):
    """A blocking gate did not pass: the node's steps behind it did not run."""

    def __init__(self, gate: GateResult):
        super().__init__(f'{gate.check}: {gate.failures} failures')
        self.gate = gate


class TimedOut(Exception):
    """The time that the schedule gives a task is over; the statement under way was cancelled."""


class Executor:
    """For one node in one run. `engines` are by the name of their connection."""

    def __init__(self, manifest: Manifest, engines: Mapping[str, Engine], run_id: str, *, timeout: float | None = None,
                 on_gate: Callable[[GateResult], None] = lambda gate: None):
        self._manifest, self._engines, self._on_gate = manifest, engines, on_gate
        self._run_id, self._deadline = run_id, None if not timeout else time.monotonic() + timeout
        self._reads: dict[str, tuple[str, dict[str, Any]]] = {}  # queries for the program behind them
        self._open: tuple[Engine, str] | None = None  # the transaction that the last step ran in

    def run(self, steps: Sequence[Step], phase: str = 'run', params: Mapping[str, Any] | None = None) -> None:
        try:
            self._block([step for step in steps if step.phase == phase], '', {'run_id': self._run_id, **(params or {})})
            self._commit()
        except BaseException:
            # A rollback that fails too must not hide why.
            with contextlib.suppress(Exception):
                if self._open:
                    self._open[0].rollback()
            self._open = None
            raise

    def _block(self, steps: Sequence[Step], loop: str, params: dict[str, Any]) -> None:
        """The steps that belong to one loop (or to none); those of the loops inside it run with their own."""
        for step in steps:
            if step.loop != loop:
                continue
            if step.platform_only and not self._engine(step).platform:
                log.info('%s: left out, only the platform can run it: %s', step.id, step.platform_only)
                continue
            self._enter(step)
            self._step(step, steps, params)

    def _step(self, step: Step, steps: Sequence[Step], params: dict[str, Any]) -> None:
        sql = self._manifest.sql(step)
        missing = [name for name in step.params if name not in params and (step.kind, name) != ('program', 'rows')]
        if missing:
            raise ManifestError(f'{step.id}: nothing gives the parameter {", ".join(missing)}')
        given = {name: params[name] for name in step.params if name in params}
        engine = self._engine(step)
        log.info('%s: %s', step.id, step.kind)
        with self._limit(engine):
            match step.kind:
                case 'execute':
                    engine.execute(sql, given)
                case 'bind':
                    params.update(self._bound(step, self._one_row(step, sql, given)))
                case 'gate':
                    self._gate(step, sql, given)
                case 'copy':
                    rows = engine.query(sql, given)
                    self._serving(step).copy(step.copy_table, step.copy_columns, rows, step.copy_freeze)
                case 'fetch':
                    count = fetch(json.loads(sql), self._run_id)
                    log.info('%s: %d rows', step.id, count)
                case 'read':
                    self._reads[step.id] = sql, given
                case 'program' if step.program:
                    self._call(engine, step.program, sql, given)
                case 'for_each':
                    # All rows first: what the loop does may change what the query would give.
                    rows = engine.query(sql, given)
                    found = [self._bound(step, dict(zip(rows.columns, row))) for row in rows.rows]
                case _:
                    raise ManifestError(f'{step.id}: no step is of the kind {step.kind!r}')
        if step.kind == 'for_each':
            for row in found:
                self._block(steps, step.id, params | row)

    def _call(self, engine: Engine, called: Called, sql: str, given: Mapping[str, Any]) -> None:
        inputs = [engine.query(*self._reads.pop(name)) for name in called.inputs]
        secrets = {name: lookup(f'secret {name}', reference) for name, reference in called.secrets.items()}
        source = self._manifest.program(called)
        for rows in batches(called, source, inputs, secrets, self._check_time):
            engine.execute(sql, {**given, 'rows': rows})

    def _check_time(self) -> None:
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise TimedOut('the time of the task is over')

    def _bound(self, step: Step, row: Mapping[str, Any]) -> dict[str, Any]:
        if not step.bind:
            return dict(row)
        absent = [column for column in step.bind if column not in row]
        if absent:
            raise ManifestError(f'{step.id}: its result has no column {", ".join(absent)}')
        return {parameter: row[column] for column, parameter in step.bind.items()}

    def _one_row(self, step: Step, sql: str, params: Mapping[str, Any]) -> dict[str, Any]:
        rows = self._engine(step).query(sql, params)
        found = list(rows.rows)
        if len(found) != 1:
            raise ManifestError(f'{step.id}: one row was expected, {len(found)} came')
        return dict(zip(rows.columns, found[0]))

    def _gate(self, step: Step, sql: str, params: Mapping[str, Any]) -> None:
        result = GateResult(step.check, step.policy, int(self._one_row(step, sql, params)['failures']))
        self._on_gate(result)
        if not result.passed and step.policy == 'block':
            raise Blocked(result)

    # ---- transactions: steps behind one another that name the same one
    def _enter(self, step: Step) -> None:
        wanted = (self._serving(step), step.transaction) if step.transaction else None
        if wanted == self._open:
            return
        self._commit()
        if wanted:
            wanted[0].begin()
            self._open = wanted

    def _commit(self) -> None:
        if self._open:
            engine, self._open = self._open[0], None
            engine.commit()

    # ---- engines
    def _engine(self, step: Step) -> Engine:
        # The query of a copy runs on the warehouse; its destination is where the rows go.
        where = self._manifest.warehouse if step.kind == 'copy' else self._manifest.engine(step)
        return self._engines[where.connection]

    def _serving(self, step: Step) -> Engine:
        return self._engines[self._manifest.destinations[step.destination].connection]

    @contextlib.contextmanager
    def _limit(self, engine: Engine) -> Iterator[None]:
        """Cancels what the engine is doing when the time is over."""
        if self._deadline is None:
            yield
            return
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimedOut('the time of the task was over before its next statement')
        over = threading.Event()

        def cancel() -> None:
            over.set()
            engine.cancel()

        timer = threading.Timer(left, cancel)
        timer.start()
        try:
            yield
        except Exception as error:
            if over.is_set():
                raise TimedOut('the time of the task is over') from error
            raise
        finally:
            timer.cancel()
