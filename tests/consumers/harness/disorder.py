"""Seeded event logs of a PostgreSQL table, in all the disorder in which they can arrive, and what has to come of them.

A log is a list of batches; a batch is a list of events. Logs use keys of their own, so that thousands of them lie in one table and one
run of the pipeline answers for all.
"""
import dataclasses
import itertools
import json
import random

EPOCH = 1767225600000000  # 2026-01-01 in microseconds
LONG = 20 * 365 * 86400 * 10 ** 6  # a log that keeps ten years forgets what is older than this
KEYS = 4
BATCHES = 4


@dataclasses.dataclass(frozen=True)
class Truncation:
    """Of the one table that all logs share: in each log it has the same position, and stands between two of its transactions."""
    lsn: int
    ts: int
    lands: tuple  # in which batches


TRUNCATIONS = (Truncation(10 ** 11, EPOCH + 7200000000, (1, 2)), Truncation(2 * 10 ** 11, EPOCH + 3600000000, (3,)))


@dataclasses.dataclass(frozen=True)
class Event:
    key: int  # of the log: 0 .. KEYS - 1
    op: str  # r c u d
    row: tuple | None  # after it: (text, number)
    before: tuple | None
    lsn: int | None  # of a row that an incremental snapshot has read: none
    last_commit: int
    ts: int
    behind: bool = False  # no event of the source: what is known behind the delete at this position

    @property
    def position(self):
        """The order of the events of one key: what committed last, then the log itself."""
        return max(self.last_commit, self.lsn or 0), self.lsn or 0, self.behind


class Source:
    """A table under transactions, whose connector writes events as Debezium does: in the order of the commits, each with its own
    position and that of the commit before it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.rows, self.events = {}, []
        self.lsn, self.last_commit, self.ts = 1000 + self.random.randrange(100), 0, EPOCH

    def value(self):
        return self.random.choice([None, '', 'a', 'b', "it's"]), self.random.choice([None, '0.00', '7.00', '-1.50'])

    def position(self):
        self.lsn += self.random.choice([1, 8, 56, 900, 10 ** 9])  # past digits' ends
        return self.lsn

    def tick(self):
        """Clocks stand still, go on, and step back."""
        self.ts += self.random.choice([0, 0, 1, 1000000, 3600000000, -5000000])
        return self.ts

    def snapshot(self):
        """Rows that are there when the connector starts."""
        for key in range(KEYS):
            if self.random.random() < 0.3:
                self.rows[key] = self.value()
        lsn, ts = self.position(), self.tick()
        self.events += [Event(key, 'r', row, None, lsn, 0, ts) for key, row in sorted(self.rows.items())]
        self.last_commit = lsn

    def read_again(self):
        """An incremental snapshot: rows as they are now, between two commits."""
        ts = self.tick()
        self.events += [Event(key, 'r', row, None, None, self.last_commit, ts) for key, row in sorted(self.rows.items())]

    def changes(self, keys):
        """Of one transaction, each at the position where it is written; it alone touches these keys."""
        made = []

        def change(op, key, row, lsn):
            made.append((key, op, row, self.rows.get(key), lsn))
            if row is None:
                del self.rows[key]
            else:
                self.rows[key] = row

        for _ in range(self.random.randint(1, 3)):
            key = self.random.choice(keys)
            lsn = self.position()
            if key not in self.rows:
                change('c', key, self.value(), lsn)
                continue
            free = [other for other in keys if other not in self.rows]
            taken = [other for other in keys if other in self.rows and other != key]
            match self.random.choice('uuudkpx'):
                case 'x':  # keys are looked at when the transaction ends
                    made += self.deferred(keys, lsn)
                case 'p' if taken:  # keys change places in one statement: each row leaves its key when another has come to it
                    made += self.places(key, taken + free[:1], lsn)
                case 'd':
                    change('d', key, None, lsn)
                case 'k' if free:  # a changed key: two events of one position
                    row = self.rows[key]
                    change('d', key, None, lsn)
                    change('c', self.random.choice(free), row, lsn)
                case _:
                    change('u', key, self.value(), lsn)
        return made

    def places(self, key, others, lsn):
        """Each of some rows gets the key of the next one, which is looked at when all have got theirs."""
        chain = [key, *self.random.sample(others, self.random.randint(1, len(others)))]
        moves = [(key, self.rows[key], to) for key, to in zip(chain, chain[1:] + chain[:1]) if key in self.rows]
        self.random.shuffle(moves)
        made = []
        for key, row, to in moves:
            made += [(key, 'd', None, row, lsn), (to, 'c', row, None, lsn)]
            lsn = self.position()
        for key, _, _ in moves:
            del self.rows[key]
        self.rows |= {to: row for _, row, to in moves}
        return made

    def deferred(self, keys, lsn):
        """Rows that share keys between the statements: at the end each key has one at most."""
        rows, made = [(key, self.rows.pop(key)) for key in keys if key in self.rows], []

        def take():
            return rows.pop(self.random.randrange(len(rows)))

        for _ in range(self.random.randint(2, 6)):
            what, key, lsn = self.random.choice('cudm'), self.random.choice(keys), self.position()
            if what == 'c' or not rows:
                rows.append((key, self.value()))
                made.append((key, 'c', rows[-1][1], None, lsn))
                continue
            old, row = take()
            if what == 'u':
                rows.append((old, self.value()))
                made.append((old, 'u', rows[-1][1], row, lsn))
                continue
            made.append((old, 'd', None, row, lsn))
            if what == 'm' and key != old:
                rows.append((key, row))
                made.append((key, 'c', row, None, lsn))
        while len(rows) > len({key for key, _ in rows}):
            shared = [i for i, (key, _) in enumerate(rows) if [other for other, _ in rows].count(key) > 1]
            key, row = rows.pop(self.random.choice(shared))
            made.append((key, 'd', None, row, self.position()))
        self.rows |= dict(rows)
        return made

    def truncate(self, truncation):
        self.rows.clear()
        self.lsn = truncation.lsn
        self.last_commit = self.position()

    def transactions(self):
        """One, or two that overlap: then the second to begin may be the first to commit."""
        keys = list(range(KEYS))
        self.random.shuffle(keys)
        parts = [keys] if self.random.random() < 0.6 else [keys[:2], keys[2:]]
        written = [self.changes(part) for part in parts]
        self.random.shuffle(written)
        for made in written:
            ts = self.tick()
            self.events += [Event(key, op, row, before, lsn, self.last_commit, ts) for key, op, row, before, lsn in made]
            self.last_commit = self.position()


def written(seed, truncations=()):
    """A source that has written all of its events."""
    source = Source(seed)
    source.snapshot()
    steps = source.random.randint(1, 5)
    truncated = sorted(source.random.randrange(steps + 1) for _ in truncations)
    for step in range(steps + 1):
        for truncation, when in zip(truncations, truncated):
            if when == step:
                source.truncate(truncation)
        if step == steps:
            break
        source.transactions()
        if source.random.random() < 0.1:
            source.read_again()
    return source


def log(seed, truncations=()):
    """Batches: events late, out of order, twice, split from their transaction, and whole batches again."""
    source = written(seed, truncations)
    choice = source.random
    cuts = sorted(choice.randrange(len(source.events) + 1) for _ in range(BATCHES - 1))
    batches = [[] for _ in range(BATCHES)]
    for place, event in enumerate(source.events):
        batch = sum(place >= cut for cut in cuts)
        if choice.random() < 0.25:
            batch = choice.randrange(batch, BATCHES)
        batches[batch].append(event)
        while choice.random() < 0.2:
            batches[choice.randrange(batch, BATCHES)].append(event)
    for number, batch in enumerate(batches):
        if number and choice.random() < 0.2:
            batch += batches[choice.randrange(number)]
        choice.shuffle(batch)
    return batches


def long_ago(batches):
    """The snapshot was read in another time, and landed first: a log that forgets has none of it when the rest comes."""
    def is_old(event):
        return event.op == 'r' and event.lsn is not None
    old = {dataclasses.replace(e, ts=e.ts - LONG) for batch in batches for e in batch if is_old(e)}
    first, *others = [[e for e in batch if not is_old(e)] for batch in batches]
    return [sorted(old, key=lambda e: e.key), first + others[0], *others[1:]]


def complete(events, truncations):
    """The events, and what is known behind them: a delete of each key at the first truncation behind each event that has a row, and a row
    behind each delete that left one there."""
    ends = set()
    for event in events:
        if event.row is not None:
            behind = [t for t in truncations if (t.lsn, t.lsn) > event.position[:2]]
            ends |= {Event(event.key, 'd', None, None, t.lsn, 0, t.ts) for t in behind[:1]}
    all_events = []
    for key in {event.key for event in events}:
        all_events += with_rows_left(sorted({e for e in [*events, *ends] if e.key == key}, key=lambda e: e.position))
    return all_events


def with_rows_left(events):
    """Of one key: a transaction that ends with a delete leaves a row if there was one before or more have come than left. It is the one
    that came and was not taken away; if there is none, the one from before."""
    known = []
    for _, part in itertools.groupby(events, key=lambda e: e.ts):
        part = list(part)
        was_there = known[-1].row is not None if known else part[0].op != 'c'
        before = known[-1].row if known else None
        known += part
        came = [e for e in part if e.op == 'c']
        gone = part[-1]
        if not came or gone.op != 'd' or gone.before is None:
            continue
        if was_there + len(came) <= sum(e.op == 'd' for e in part):
            continue
        rows = [e.row for e in part if e.row is not None]
        taken = [e.before for e in part]
        left = [row for row in rows if rows.count(row) > taken.count(row)] or [before or rows[-1]]
        known.append(dataclasses.replace(gone, op='r', row=left[-1], before=None, behind=True))
    return known


def current(events):
    """By key: the last row that is known, and whether the source has it no more. A key of which only the end is known has none."""
    last, rows = {}, {}
    for event in sorted(events, key=lambda e: e.position):
        last[event.key] = event
        if event.row is not None:
            rows[event.key] = event.row
    return {key: (row, last[key].row is None) for key, row in rows.items()}


def history(events):
    """Versions as (key, row, from, to, deleted): a key's states in the order of their positions. Where a clock steps back, time
    stands still; of states in one instant the last is seen; what did not change is no version."""
    versions = []
    for key in sorted({event.key for event in events}):
        states = []  # (since, row)
        for event in sorted({e for e in events if e.key == key}, key=lambda e: e.position):
            since = max(event.ts, states[-1][0]) if states else event.ts
            if states and states[-1][0] == since:
                states.pop()
            states.append((since, event.row))
        seen = [state for i, state in enumerate(states) if i == 0 or states[i - 1][1] != state[1]]
        for i, (since, row) in enumerate(seen):
            until, then = seen[i + 1] if i + 1 < len(seen) else (None, row)
            if row is not None:
                versions.append((key, row, since, until, then is None))
    return versions


def truncated(truncation):
    """A truncation as the PostgreSQL connector writes it."""
    return envelope(Event(0, 't', None, None, truncation.lsn, 0, truncation.ts), 0)


def envelope(event, first_key):
    """As the PostgreSQL connector writes it."""
    def image(row):
        return None if row is None else {'id': first_key + event.key, 'v': row[0], 'n': row[1]}
    snapshot = 'incremental' if event.lsn is None else 'true' if event.op == 'r' else None
    positions = [str(position) if position else None for position in (event.last_commit, event.lsn or event.last_commit)]
    return {'before': image(event.before) if event.op in 'ud' else None, 'after': image(event.row),
            'source': {'version': '3.6.1.Final', 'connector': 'postgresql', 'name': 'shop', 'ts_ms': event.ts // 1000,
                       'snapshot': snapshot, 'db': 'shop', 'sequence': json.dumps(positions),
                       'ts_us': event.ts, 'schema': 'public', 'table': 't', 'txId': 1, 'lsn': event.lsn, 'xmin': None},
            'op': event.op, 'ts_ms': event.ts // 1000 + 1}


def smaller(batches):
    """Logs with a little less in them, the much smaller ones first: half of the events, two batches as one, one event less."""
    places = [(b, i) for b, batch in enumerate(batches) for i in range(len(batch))]
    halves = [set(places[:len(places) // 2]), set(places[len(places) // 2:])] if len(places) > 3 else []
    for left_out in [*halves, *({place} for place in places)]:
        yield [[event for i, event in enumerate(batch) if (b, i) not in left_out] for b, batch in enumerate(batches)]
    for b in range(len(batches) - 1):
        if batches[b] and batches[b + 1]:
            yield [*batches[:b], batches[b] + batches[b + 1], *batches[b + 2:], []]


def size(batches):
    return sum(map(len, batches)) * 100 + sum(bool(batch) for batch in batches)


def shrunk(batches, failing):
    """The smallest log that still fails; `failing` answers for many logs at once."""
    while True:
        candidates = list(smaller(batches))
        found = [candidates[i] for i in failing(candidates)]
        if not found:
            return batches
        batches = min(found, key=size)


def shown(batches):
    lines = []
    for number, batch in enumerate(batches):
        for e in batch:
            lines.append(f'batch {number + 1}: {e.op} key {e.key} {e.before} -> {e.row} at {e.position}, {e.ts - EPOCH} us')
    return '\n'.join(lines)
