"""Seeded histories of three tables, as incremental models meet them: late rows, corrections, deletes, moved times, moved keys.

A history has batches of changes; some come before a run, some while it is under way. Histories use keys and days of their own, so that
many of them lie in one table and one run answers for all, although none can hide what another one lacks.
"""
import dataclasses
import datetime
import random

BASE = datetime.datetime(2026, 1, 1)
DAYS = 8  # of a history
KEYS = 100  # of a history: more than it uses
ROUNDS = 3
BATCHES = 2 * ROUNDS  # before a run, during it, before the next one ...

# Columns of the tables behind their key. Keys and times are of the history: 0 .. 4, hours since its first day.
COLUMNS = {'a': ('k', 'g', 'at', 'v', 's'), 'b': ('g', 'at', 'w', 's'), 'c': ('g', 'at', 'w', 's')}
OF_HISTORY = {'id', 'k', 'g'}
MOMENTS = [0, 0.5, 10, 10.25, 24 - 1 / 3_600_000_000]  # of a day: its first one, its last one, two in one hour
TEXTS = [None, 'x', 'y']


@dataclasses.dataclass(frozen=True)
class Change:
    table: str
    key: int
    row: tuple | None  # the columns behind the key; none: it is deleted


class Tables:
    """What the sources hold, so that a change is one of something that is there."""

    def __init__(self, seed, earliest=0):
        self.random, self.earliest = random.Random(seed), earliest
        self.rows = {'a': {}, 'b': {}, 'c': {}}

    def column(self, name):
        choice = self.random.choice
        match name:
            case 'k':
                return choice([None, 0, 1, 2, 3])
            case 'g':
                return choice([0, 1, 2])
            case 'at':
                return 24 * self.random.randrange(self.earliest, DAYS - 2) + choice(MOMENTS)
            case 's':
                return choice(TEXTS)
        return choice([None, 1, 2, 3, 4, 5])

    def row(self, table):
        return tuple(map(self.column, COLUMNS[table]))

    def corrected(self, table, row):
        """One column is another; a time also by so little that it stays in its day or its hour."""
        place = self.random.randrange(len(row))
        name, value = COLUMNS[table][place], self.column(COLUMNS[table][place])
        if name == 'at' and self.random.random() < 0.3:
            value = row[place] - row[place] % 24 + self.random.choice(MOMENTS)
        return row[:place] + (value,) + row[place + 1:]

    def changes(self):
        """One change, or the two of a key that is another."""
        table = self.random.choice('aaabbc')
        rows, key = self.rows[table], self.random.randrange(5)
        if key not in rows:
            return [self.put(table, key, self.row(table))]
        match self.random.choice('uuuuudk'):
            case 'd' if table != 'c':  # a load by merge keeps what it no longer hears of
                return [self.put(table, key, None)]
            case 'k' if table != 'c' and len(rows) < 5:
                row = rows[key]
                free = self.random.choice([other for other in range(5) if other not in rows])
                return [self.put(table, key, None), self.put(table, free, row)]
        return [self.put(table, key, self.corrected(table, rows[key]))]

    def put(self, table, key, row):
        self.rows[table].pop(key, None)
        if row is not None:
            self.rows[table][key] = row
        return Change(table, key, row)


def history(seed, earliest=0):
    """Batches of changes. `earliest`: the day of the first rows; below 0, before the models begin."""
    tables = Tables(seed, earliest)
    batches = []
    for batch in range(BATCHES):
        count = tables.random.randint(5, 9) if batch == 0 else tables.random.choice([0, 1, 1, 2, 3])
        batches.append([change for _ in range(count) for change in tables.changes()])
    return batches


def stored(change, place):
    """A row as the warehouse has it: (id, ...), keys and times those of the history at this place; of a deleted one the key alone."""
    def value(name, given):
        if given is None:
            return None
        if name in OF_HISTORY:
            return place * KEYS + given
        return BASE + datetime.timedelta(days=place * DAYS, hours=given) if name == 'at' else given
    row = change.row or (None,) * len(COLUMNS[change.table])
    return tuple(value(*pair) for pair in zip(('id', *COLUMNS[change.table]), (change.key, *row)))


def place_of(value):
    """Whose history a row is of, by its key or its time."""
    if isinstance(value, int):
        return value // KEYS
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime(value.year, value.month, value.day)
    return max((moment - BASE).days // DAYS, 0)


def size(batches):
    return sum(map(len, batches)) * 100 + sum(i for i, batch in enumerate(batches) for _ in batch)


def without(batches, left_out):
    return [[change for i, change in enumerate(batch) if (b, i) not in left_out] for b, batch in enumerate(batches)]


def parts(batches):
    """What may be left out of a history: halves and quarters of its changes, and each of them."""
    places = [(b, i) for b, batch in enumerate(batches) for i in range(len(batch))]
    for count in (2, 4):
        length = -(-len(places) // count)
        if length > 1:
            yield from (set(places[at:at + length]) for at in range(0, len(places), length))
    yield from ({place} for place in places)


def earlier(batches):
    """One batch with the one before it."""
    for b in range(1, len(batches)):
        if batches[b]:
            yield [*batches[:b - 1], batches[b - 1] + batches[b], [], *batches[b + 1:]]


def shrunk(batches, failing):
    """The smallest history that still fails; `failing` answers for many at once."""
    while True:
        left_out = list(parts(batches))
        candidates = [*(without(batches, part) for part in left_out), *earlier(batches)]
        found = failing(candidates)
        if not found:
            return batches
        # What can be left out alone can often be left out together, or all but one of it.
        alone = set().union(*(left_out[i] for i in found if i < len(left_out) and len(left_out[i]) == 1))
        together = [without(batches, alone), *(without(batches, alone - {kept}) for kept in sorted(alone))]
        batches = min([*(candidates[i] for i in found), *(together[i] for i in failing(together))], key=size)


def shown(batches):
    lines = []
    for number, batch in enumerate(batches):
        when = f'{"since the start of" if number % 2 else "before"} run {number // 2 + 1}'
        for change in batch:
            names = dict(zip(COLUMNS[change.table], change.row)) if change.row else 'deleted'
            lines.append(f'{when}: {change.table} {change.key}: {names}')
    return '\n'.join(lines)
