"""One node or check in one run: its engines, its time, and what its gates said."""
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from . import engines
from .engines.base import Engine
from .executor import Blocked, Executor, GateResult
from .manifest import Check, Manifest, Node, Step
from .references import resolve

Makers = Mapping[str, Callable[[], Engine]]


def connections(manifest: Manifest, steps: Sequence[Step]) -> list[str]:
    """Of the engines that steps run on."""
    found = set()
    for step in steps:
        found.add(manifest.engine(step).connection)
        if step.kind == 'copy':
            found |= {manifest.warehouse.connection, manifest.destinations[step.destination].connection}
    return sorted(found)


def makers(manifest: Manifest, given: Makers | None = None) -> Makers:
    """How the engines of a manifest are made, by the name of their connection; `given` ones stand in for others."""
    def maker(engine):
        def make() -> Engine:
            return engines.make(engine.kind, resolve(engine.connection, manifest.connections.get(engine.connection, {})))
        return make
    return {engine.connection: maker(engine) for engine in (manifest.warehouse, *manifest.destinations.values())} | {
        **(given or {})}


@contextlib.contextmanager
def opened(manifest: Manifest, steps: Sequence[Step], given: Makers | None = None) -> Iterator[dict[str, Engine]]:
    """The engines that steps run on, closed at the end."""
    known = makers(manifest, given)
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(contextlib.closing(known[name]())) for name in connections(manifest, steps)}


def limit(part: Node | Check, scheduled: float) -> float:
    """Seconds that a node or check may take: what its schedule gives each task, or less of its own; 0: no limit."""
    return min(filter(None, (scheduled, getattr(part, 'timeout_seconds', 0))), default=0)


class Task:
    def __init__(self, manifest: Manifest, part: Node | Check, opened: Mapping[str, Engine], run_id: str,
                 timeout: float = 0):
        """`timeout`: what a schedule gives each task, in seconds; 0: no limit. A node's own may be shorter."""
        # By check: failures of all evaluations (in a loop there is one a row), and how many there were.
        self._seen: dict[str, tuple[int, int]] = {}
        self._steps = part.steps
        self._executor = Executor(manifest, opened, run_id, timeout=limit(part, timeout), on_gate=self._note)

    def _note(self, gate: GateResult) -> None:
        failures, times = self.seen(gate.check)
        self._seen[gate.check] = failures + gate.failures, times + 1

    def run(self, window: tuple[str, str] | None = None) -> GateResult | None:
        """The gate that stopped it, or None. `window`: what is to be built again whatever the warehouse holds."""
        try:
            if window:
                self._executor.run(self._steps, 'backfill', {'backfill_start': window[0], 'backfill_end': window[1]})
            self._executor.run(self._steps)
        except Blocked as blocked:
            return blocked.gate
        return None

    def seen(self, check: str) -> tuple[int, int]:
        """Failures, and how many times it was evaluated."""
        return self._seen.get(check, (0, 0))

    def failures(self, check: str) -> int:
        return self.seen(check)[0]
