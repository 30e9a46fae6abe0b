"""The manifest as objects. Every file is compared with the hash that the compiler wrote, and a difference refuses."""
import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

FORMAT_VERSION = 1


class ManifestError(Exception):
    """The artifacts are not what the compiler wrote, or another version of pipec wrote them."""


@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    type: str
    nullable: bool = True
    description: str = ''
    pii: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Called:
    """A function of a Python file: the steps whose rows it is given, the columns of those that it gives."""
    path: str
    sha256: str
    function: str
    inputs: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    secrets: Mapping[str, str] = dataclasses.field(default_factory=dict)  # parameter -> reference


@dataclasses.dataclass(frozen=True)
class Step:
    """One statement and what is done with it; the fields are those of compiler/pipeline/steps.h."""
    id: str
    path: str
    sha256: str
    phase: str = 'run'  # migrate run verify backfill
    kind: str = 'execute'  # execute bind for_each gate copy fetch read program
    engine: str = 'warehouse'  # or serving
    destination: str = ''
    params: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    loop: str = ''
    transaction: str = ''
    policy: str = 'block'  # block fail warn
    check: str = ''
    platform_only: str = ''
    copy_table: str = ''
    copy_columns: tuple[str, ...] = ()
    copy_freeze: bool = False
    bind: Mapping[str, str] = dataclasses.field(default_factory=dict)
    program: Called | None = None


@dataclasses.dataclass(frozen=True)
class Gate:
    """A check that a step list evaluates: what an orchestrator shows before it has run."""
    name: str
    policy: str
    description: str = ''


@dataclasses.dataclass(frozen=True)
class Partitions:
    """Of a model that is built by time: grains, counted from a date in UTC, and how many of them one backfill takes."""
    grain_seconds: int
    start: str
    batch: int


@dataclasses.dataclass(frozen=True)
class Node:
    name: str
    key: tuple[str, ...]
    kind: str
    group: str
    kinds: tuple[str, ...]
    code_version: str
    materialization: str = ''
    description: str = ''
    owner: str = ''
    tags: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    deps: tuple[tuple[str, ...], ...] = ()
    lineage: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = dataclasses.field(default_factory=dict)
    checks: tuple[Gate, ...] = ()
    steps: tuple[Step, ...] = ()
    freshness_seconds: int = 0
    timeout_seconds: int = 0
    partitions: Partitions | None = None


@dataclasses.dataclass(frozen=True)
class Check:
    """A check that stands by itself: it runs when all that it reads is done."""
    name: str
    target: tuple[str, ...]
    policy: str
    deps: tuple[tuple[str, ...], ...] = ()
    description: str = ''
    owner: str = ''
    steps: tuple[Step, ...] = ()


@dataclasses.dataclass(frozen=True)
class Alert:
    """Who is told of what; the reference says where the address of the channel is found."""
    events: tuple[str, ...]  # failure late success start
    channel: str  # slack teams pagerduty webhook
    reference: str


@dataclasses.dataclass(frozen=True)
class Schedule:
    name: str
    nodes: tuple[str, ...]
    start: str = 'timed'  # manual after continuous
    cron: str = ''
    timezone: str = 'UTC'
    after: str = ''  # a schedule
    after_source: str = ''
    checks: tuple[str, ...] = ()
    description: str = ''
    owner: str = ''
    tags: tuple[str, ...] = ()
    retries: int = 0
    retry_delay_seconds: int = 0
    task_timeout_seconds: int = 0
    finish_within_seconds: int = 0
    status: str = 'running'
    alerts: tuple[Alert, ...] = ()


@dataclasses.dataclass(frozen=True)
class SourceTable:
    key: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    description: str = ''


@dataclasses.dataclass(frozen=True)
class Source:
    name: str
    kind: str
    tables: tuple[SourceTable, ...]
    description: str = ''
    owner: str = ''
    tags: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Use:
    """Columns of a table that somebody reads; none: all of them."""
    key: tuple[str, ...]
    columns: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Dashboard:
    name: str
    key: tuple[str, ...]
    tool: str
    reads: tuple[Use, ...]
    description: str = ''
    owner: str = ''
    tags: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Engine:
    kind: str  # databricks postgres
    connection: str


T = TypeVar('T')


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _object(cls: type[T], value: Mapping[str, Any], **parts: Any) -> T:
    """An object of the members of a JSON one; a member that this version does not know refuses."""
    known = {field.name for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    unknown = sorted(value.keys() - known)
    if unknown:
        raise ManifestError(f'{cls.__name__.lower()} {value.get("name", value.get("id", ""))!r} has members that this '
                            f'runtime does not know: {", ".join(unknown)}')
    return cls(**{name: _tuples(member) for name, member in value.items()} | parts)


def _columns(value: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(_object(Column, column) for column in value.get('columns', ()))


def _steps(value: Mapping[str, Any]) -> tuple[Step, ...]:
    return tuple(_object(Step, step, **_program(step)) for step in value['steps'])


def _program(step: Mapping[str, Any]) -> dict[str, Called]:
    called = step.get('program')
    return {'program': _object(Called, called, columns=_columns(called))} if called else {}


def _node(value: Mapping[str, Any]) -> Node:
    lineage = {column: tuple((tuple(edge['key']), edge['column']) for edge in edges)
               for column, edges in value.get('lineage', {}).items()}
    checks = tuple(_object(Gate, gate) for gate in value.get('checks', ()))
    partitions = _object(Partitions, value['partitions']) if 'partitions' in value else None
    return _object(Node, value, columns=_columns(value), lineage=lineage, checks=checks, steps=_steps(value),
                   partitions=partitions)


def _schedule(value: Mapping[str, Any]) -> Schedule:
    return _object(Schedule, value, alerts=tuple(_object(Alert, alert) for alert in value.get('alerts', ())))


def _source(value: Mapping[str, Any]) -> Source:
    tables = tuple(_object(SourceTable, table, columns=_columns(table)) for table in value['tables'])
    return _object(Source, value, tables=tables)


def _dashboard(value: Mapping[str, Any]) -> Dashboard:
    return _object(Dashboard, value, reads=tuple(_object(Use, use) for use in value['reads']))


@dataclasses.dataclass(frozen=True)
class Manifest:
    root: pathlib.Path  # dist/<target>: the paths of steps are relative to it
    project: str
    target: str
    order: tuple[str, ...]  # names of the nodes, inputs before readers
    nodes: Mapping[str, Node]
    checks: Mapping[str, Check]
    schedules: Mapping[str, Schedule]
    sources: Mapping[str, Source]
    platforms: Mapping[str, tuple[Step, ...]]
    warehouse: Engine
    destinations: Mapping[str, Engine]
    connections: Mapping[str, Mapping[str, Mapping[str, str]]]
    dashboards: Mapping[str, Dashboard] = dataclasses.field(default_factory=dict)
    pools: Mapping[str, str] = dataclasses.field(default_factory=dict)  # of nodes that several runs may write at once

    def engine(self, step: Step) -> Engine:
        """Where the statement of a step runs."""
        return self.destinations[step.destination] if step.engine == 'serving' else self.warehouse

    def sql(self, step: Step) -> str:
        return _verified(self.root, step.path, step.sha256).decode()

    def program(self, called: Called) -> bytes:
        return _verified(self.root, called.path, called.sha256)


def _verified(root: pathlib.Path, path: str, sha256: str) -> bytes:
    file = (root / path).resolve()
    if not file.is_relative_to(root.resolve()):
        raise ManifestError(f'{path} lies outside of the artifacts')
    try:
        text = file.read_bytes()
    except OSError as error:
        raise ManifestError(f'{path}: {error.strerror}') from error
    if hashlib.sha256(text).hexdigest() != sha256:
        raise ManifestError(f'{path} is not what the compiler wrote: build the project again, or undo the change')
    return text


PART = TypeVar('PART')


class _Parts(Mapping[str, PART], Generic[PART]):
    """The objects of one kind, each read from its file when it is first asked for."""

    def __init__(self, folder: pathlib.Path, entries: Mapping[str, Mapping[str, str]],
                 parse: Callable[[Mapping[str, Any]], PART]):
        self._folder, self._entries, self._parse = folder, entries, parse
        self._read: dict[str, PART] = {}

    def __getitem__(self, name: str) -> PART:
        if name not in self._read:
            entry = self._entries[name]
            self._read[name] = self._parse(json.loads(_verified(self._folder, entry['file'], entry['sha256'])))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _parts_of(path: pathlib.Path, index: dict[str, Any]) -> dict[str, Any]:
    """The index without what a code location does not have. Platforms are everybody's."""
    try:
        listed = json.loads(path.read_bytes())
        for part in ('nodes', 'checks', 'schedules', 'sources', 'dashboards'):
            index[part] = {name: index[part][name] for name in listed[part]}
    except (OSError, ValueError, KeyError) as error:
        raise ManifestError(f'{path.name} does not fit the manifest ({error!r}): build the project again') from error
    return index | {'order': [name for name in index['order'] if name in index['nodes']]}


def load(path: str | pathlib.Path, *, lazily: bool = False, parts: pathlib.Path | None = None) -> Manifest:
    """Reads manifest.json and the files that it lists, or those of them that the file `parts` lists, each at its first
    use if `lazily`. Statements are read when they run."""
    path = pathlib.Path(path)
    try:
        index = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ManifestError(f'{path.name}: {error}') from error
    if index.get('format_version') != FORMAT_VERSION:
        raise ManifestError(f'{path.name} has format version {index.get("format_version")}, this runtime reads '
                            f'{FORMAT_VERSION}: take the runtime of the pipec that wrote it')
    if parts:
        index = _parts_of(parts, index)
    parsers = {
        'nodes': _node,
        'checks': lambda value: _object(Check, value, steps=_steps(value)),
        'schedules': _schedule,
        'sources': _source,
        'dashboards': _dashboard,
        'platforms': _steps,
    }
    objects: dict[str, Mapping[str, Any]] = {
        part: _Parts(path.parent, index.get(part, {}), parse) for part, parse in parsers.items()}
    if not lazily:
        objects = {part: dict(known) for part, known in objects.items()}
    return Manifest(root=path.parent.parent, project=index['project'], target=index['target'],
                    order=tuple(index['order']), warehouse=_object(Engine, index['warehouse']),
                    destinations={name: _object(Engine, value) for name, value in index['destinations'].items()},
                    connections=index['connections'], pools=index.get('pools', {}), **objects)
