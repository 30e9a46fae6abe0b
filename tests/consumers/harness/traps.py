"""The traps that a merge of change events falls into, as small logs of a PostgreSQL table: what lands in which batch, what has to come of it.

Each has keys of its own, so that all of them lie in one table, and one run of the pipeline answers for all. Events are written as the
connector and the file sink write them.
"""
import json

NAMES = ('v', 'n', 'big', 'small', 'f', 'day', 'at', 'clock', 'added', 'Mixed')
DAY = 86400000000  # microseconds
BATCHES = 4
PLACEHOLDER = '__debezium_unavailable_value'
TRAPS = {}


class Trap:
    def __init__(self, number, name):
        self.number, self.name = number, name
        self.batches = [[] for _ in range(BATCHES)]  # (table, line)
        self.expected = [None] * BATCHES  # rows after it: by key
        self.history, self.other, self.aside = None, None, {}

    def key(self, small):
        return self.number * 10 + small

    # ---- what lands
    def event(self, op, key, at, row=None, before=None, commit=None, ts=None, table='t', tx=1, **other):
        """`at`: the position in the source's log, none of a row that an incremental snapshot reads; `commit`: the last one before it."""
        def image(values):
            return None if values is None else {'id': self.key(key)} | values
        commit = at if commit is None and op == 'r' else commit
        positions = [None if p is None else str(p) for p in (commit, at if at is not None else commit)]
        return json.dumps({
            'before': image(before if op in 'ud' else None), 'after': image(row if op != 'd' else None),
            'source': {'version': '3.6.1.Final', 'connector': 'postgresql', 'name': 'shop', 'ts_ms': 1767225600000,
                       'snapshot': 'incremental' if at is None else 'true' if op == 'r' else None, 'db': 'shop',
                       'sequence': json.dumps(positions), 'ts_us': DAY + (at or commit if ts is None else ts), 'schema': 'public', 'table': table,
                       'txId': tx, 'lsn': at, 'xmin': None} | other,
            'transaction': None, 'op': op, 'ts_ms': 1767225600001})

    def moves(self, key, to, at, values):
        """A row gets another key, in a transaction of ts 20 that others have come before: a delete and an insert of one position."""
        return [self.event('d', key, at, before=values, commit=17, ts=20), self.event('c', to, at, values, commit=17, ts=20)]

    def lands(self, batch, *lines, table='t'):
        self.batches[batch - 1] += [(table, line) for line in lines]

    def refused(self, batch, problem, *lines):
        self.lands(batch, *lines)
        self.aside |= dict.fromkeys(lines, problem)

    # ---- what comes of it
    def rows(self, batch, **by_key):
        """`k1=dict(v='a')`: the current rows after this batch, and until another is said."""
        for later in range(batch - 1, BATCHES):
            self.expected[later] = {int(key[1:]): tuple(values.get(name) for name in NAMES) for key, values in by_key.items()}


def trap(number, name):
    def add(write):
        made = Trap(number, name)
        write(made)
        TRAPS[f'{number:02} {name}'] = made
        return write
    return add


def row(**values):
    return {name: None for name in NAMES} | values


@trap(1, 'two updates in one transaction')
def _(t):
    t.lands(1, t.event('c', 1, 10, row(v='a')), t.event('u', 1, 21, row(v='b'), row(v='a'), commit=15, ts=20),
            t.event('u', 1, 22, row(v='c'), row(v='b'), commit=15, ts=20))
    t.rows(1, k1=dict(v='c'))
    t.history = [(1, 'a', 10, 20, False), (1, 'c', 20, None, False)]  # b was never to be seen


@trap(2, 'insert and delete in one batch')
def _(t):
    t.lands(1, t.event('d', 1, 20, before=row(v='a')), t.event('c', 1, 10, row(v='a')))
    t.lands(2, t.event('c', 2, 30, row(v='a')), t.event('d', 2, 31, before=row(v='a')))
    t.rows(1)
    t.history = [(1, 'a', 10, 20, True), (2, 'a', 30, 31, True)]


@trap(3, 'delete, then the same key again')
def _(t):
    t.lands(1, t.event('c', 1, 10, row(v='a')))
    t.lands(2, t.event('c', 1, 21, row(v='b')), t.event('d', 1, 20, before=row(v='a')))
    t.rows(1, k1=dict(v='a'))
    t.rows(2, k1=dict(v='b'))
    t.history = [(1, 'a', 10, 20, True), (1, 'b', 21, None, False)]


@trap(4, 'keys that change places in three steps')
def _(t):
    one, two = row(v='one'), row(v='two')
    t.lands(1, t.event('c', 1, 10, one), t.event('c', 2, 11, two))
    t.lands(2, t.event('d', 1, 20, before=one), t.event('c', 9, 20, one), t.event('d', 2, 21, before=two), t.event('c', 1, 21, two),
            t.event('d', 9, 22, before=one), t.event('c', 2, 22, one))
    t.rows(1, k1=one, k2=two)
    t.rows(2, k1=two, k2=one)


@trap(31, 'keys that change places in one statement')
def _(t):
    """UPDATE t SET id = ..., by a key that is looked at when the statement ends: a row comes to a key before the key's own row leaves it. Of
    what the events say of one key that does not differ from a row that came and went; what was there before tells it."""
    one, two, same, five, six, eight = (row(v=v) for v in ('one', 'two', 'same', 'five', 'six', 'eight'))
    for key, (at, values) in enumerate([(10, one), (11, two), (12, same), (13, same), (14, five), (15, six)], 1):
        t.lands(1, t.event('c', key, at, values))
    t.lands(1, t.event('c', 8, 16, eight))
    for key, to, at, values in [(1, 2, 20, one), (2, 1, 21, two), (3, 4, 22, same), (4, 3, 23, same), (5, 6, 24, five), (6, 7, 25, six),
                                (8, 9, 26, eight), (9, 8, 27, eight)]:
        t.lands(2, *t.moves(key, to, at, values))
    t.rows(1, k1=one, k2=two, k3=same, k4=same, k5=five, k6=six, k8=eight)
    t.rows(2, k1=two, k2=one, k3=same, k4=same, k6=five, k7=six, k8=eight)
    t.history = [(1, 'one', 10, 20, False), (1, 'two', 20, None, False), (2, 'two', 11, 20, False), (2, 'one', 20, None, False),
                 (3, 'same', 12, None, False), (4, 'same', 13, None, False), (5, 'five', 14, 20, True), (6, 'six', 15, 20, False),
                 (6, 'five', 20, None, False), (7, 'six', 20, None, False), (8, 'eight', 16, None, False)]


@trap(32, 'keys that change places, of which a part lands late')
def _(t):
    """The insert first, the delete first; a delete from before, behind which the key was free after all; a change of the row that stays."""
    eight, nine, better = (row(v=v) for v in ('eight', 'nine', 'better'))
    one, two, three, four, five, six = (row(v=v) for v in ('one', 'two', 'three', 'four', 'five', 'six'))
    for key, values in enumerate([one, two, three, four, five, six], 1):
        t.lands(1, t.event('c', key, 9 + key, values))
    t.lands(1, t.event('c', 8, 16, eight))
    t.lands(2, *t.moves(1, 2, 20, one), *t.moves(4, 3, 23, four), *t.moves(6, 5, 24, six), *t.moves(5, 7, 25, six))
    t.lands(2, t.event('c', 8, 26, nine, commit=17, ts=20), t.event('d', 8, 28, before=eight, commit=17, ts=20))
    t.lands(3, t.event('u', 8, 27, better, nine, commit=17, ts=20))
    t.lands(3, *t.moves(2, 1, 21, two), *t.moves(3, 4, 22, three), t.event('d', 5, 16, before=five))
    t.rows(1, k1=one, k2=two, k3=three, k4=four, k5=five, k6=six, k8=eight)
    t.rows(2, k2=one, k3=four, k5=five, k7=six, k8=nine)
    t.rows(3, k1=two, k2=one, k3=four, k4=three, k7=six, k8=better)
    t.history = [(1, 'one', 10, 20, False), (1, 'two', 20, None, False), (2, 'two', 11, 20, False), (2, 'one', 20, None, False),
                 (3, 'three', 12, 20, False), (3, 'four', 20, None, False), (4, 'four', 13, 20, False), (4, 'three', 20, None, False),
                 (5, 'five', 14, 16, True), (6, 'six', 15, 20, True), (7, 'six', 20, None, False),
                 (8, 'eight', 16, 20, False), (8, 'better', 20, None, False)]


@trap(33, 'rows that share a key until their transaction ends')
def _(t):
    """SET CONSTRAINTS ... DEFERRED: the one that came leaves again; the other one leaves, and was changed last; one comes for a while."""
    a, b, two, more, three, third, four, five = (row(v=v) for v in ('a', 'b', 'two', 'two more', 'three', 'third', 'four', 'five'))
    for key, values in enumerate([a, two, three, four, five], 1):
        t.lands(1, t.event('c', key, 9 + key, values))

    def of_one(op, key, at, *images):
        return t.event(op, key, at, *images, commit=17, ts=20)
    t.lands(2, of_one('c', 1, 20, b), of_one('d', 1, 21, None, b),
            *t.moves(3, 2, 22, three), of_one('u', 2, 23, third, three), of_one('u', 2, 24, more, two), of_one('d', 2, 25, None, more),
            *t.moves(5, 4, 26, five), *t.moves(4, 5, 27, five))
    t.rows(1, k1=a, k2=two, k3=three, k4=four, k5=five)
    t.rows(2, k1=a, k2=third, k4=four, k5=five)
    t.history = [(1, 'a', 10, None, False), (2, 'two', 11, 20, False), (2, 'third', 20, None, False), (3, 'three', 12, 20, True),
                 (4, 'four', 13, None, False), (5, 'five', 14, None, False)]


@trap(5, 'a key that changes')
def _(t):
    t.lands(1, t.event('c', 1, 10, row(v='a')))
    t.lands(2, t.event('c', 2, 20, row(v='a')), t.event('d', 1, 20, before=row(v='a')))
    t.rows(1, k1=dict(v='a'))
    t.rows(2, k2=dict(v='a'))
    t.history = [(1, 'a', 10, 20, True), (2, 'a', 20, None, False)]


@trap(6, 'what was read comes again after a crash')
def _(t):
    first = [t.event('c', 1, 10, row(v='a')), t.event('u', 1, 20, row(v='b'), row(v='a')), t.event('d', 1, 30, before=row(v='b'))]
    t.lands(1, *first)
    t.lands(2, *first, t.event('c', 1, 40, row(v='c')))
    t.lands(3, *first[:2])
    t.rows(1)
    t.rows(2, k1=dict(v='c'))
    t.history = [(1, 'a', 10, 20, False), (1, 'b', 20, 30, True), (1, 'c', 40, None, False)]


@trap(7, 'a late file with an older position')
def _(t):
    t.lands(1, t.event('u', 1, 30, row(v='c'), row(v='b')))
    t.lands(2, t.event('c', 1, 10, row(v='a')), t.event('u', 1, 20, row(v='b'), row(v='a')))
    t.rows(1, k1=dict(v='c'))
    t.history = [(1, 'a', 10, 20, False), (1, 'b', 20, 30, False), (1, 'c', 30, None, False)]


@trap(8, 'a late update after a delete')
def _(t):
    t.lands(1, t.event('c', 1, 10, row(v='a')), t.event('d', 1, 30, before=row(v='b')))
    t.lands(2, t.event('u', 1, 20, row(v='b'), row(v='a')))
    t.lands(2, t.event('d', 2, 30, before=row(v='b')))  # nothing was known of it
    t.lands(3, t.event('c', 2, 10, row(v='b')))
    t.rows(1)
    t.history = [(1, 'a', 10, 20, False), (1, 'b', 20, 30, True), (2, 'b', 10, 30, True)]


@trap(9, 'interleaved transactions and a watermark')
def _(t):
    """What was written first commits last; and another's position lies below all that was read."""
    t.lands(1, t.event('c', 1, 210, row(v='a'), commit=200))
    t.lands(2, t.event('c', 2, 205, row(v='b'), commit=220))
    t.lands(3, t.event('c', 3, 150, row(v='c'), commit=140))
    t.rows(1, k1=dict(v='a'))
    t.rows(2, k1=dict(v='a'), k2=dict(v='b'))
    t.rows(3, k1=dict(v='a'), k2=dict(v='b'), k3=dict(v='c'))


@trap(10, 'a row of the snapshot beside the stream')
def _(t):
    t.lands(1, t.event('u', 1, 150, row(v='stream'), row(v='old')), t.event('u', 2, 150, row(v='stream'), row(v='old')))
    t.lands(2, t.event('r', 1, 100, row(v='snapshot')), t.event('r', 2, 200, row(v='snapshot')))
    t.rows(1, k1=dict(v='stream'), k2=dict(v='stream'))
    t.rows(2, k1=dict(v='stream'), k2=dict(v='snapshot'))


@trap(11, 'a row of an incremental snapshot, without a position')
def _(t):
    """The last commit before it was at 150."""
    t.lands(1, t.event('u', 1, 120, row(v='before'), row(v='x'), commit=100), t.event('u', 2, 180, row(v='after'), row(v='x'), commit=150),
            t.event('u', 3, 140, row(v='not committed then'), row(v='x'), commit=160))
    t.lands(2, *(t.event('r', key, None, row(v='read'), commit=150) for key in (1, 2, 3)))
    t.rows(1, k1=dict(v='before'), k2=dict(v='after'), k3=dict(v='not committed then'))
    t.rows(2, k1=dict(v='read'), k2=dict(v='after'), k3=dict(v='not committed then'))


@trap(12, 'NULL where there is a default')
def _(t):
    t.lands(1, t.event('c', 1, 10, row(n=None)), t.event('c', 2, 10, row(n='8')))
    t.lands(2, t.event('u', 2, 20, row(n=None), row(n='8')))
    t.rows(1, k1=dict(n=None), k2=dict(n='8.0000000000'))
    t.rows(2, k1=dict(n=None), k2=dict(n=None))


@trap(13, 'a long value that was not sent')
def _(t):
    """Once, twice, with a true NULL between: no such line gets in, the row is what is known of it, and the run is red."""
    said = "v: not sent, as it did not change; the table needs REPLICA IDENTITY FULL"
    t.lands(1, *(t.event('c', key, 10, row(v='long')) for key in (1, 2, 3)))
    t.refused(2, said, t.event('u', 1, 20, row(v=PLACEHOLDER, big=1)), t.event('u', 2, 20, row(v=PLACEHOLDER, big=1)),
              t.event('u', 2, 21, row(v=PLACEHOLDER, big=2)), t.event('u', 3, 20, row(v=PLACEHOLDER, big=1)),
              t.event('u', 3, 22, row(v=PLACEHOLDER, big=3)))
    t.lands(2, t.event('u', 3, 21, row(v=None, big=2), row(v='long')))
    t.lands(3, t.event('u', 1, 30, row(v='long', big=1), row(v='long')))
    t.rows(1, k1=dict(v='long'), k2=dict(v='long'), k3=dict(v='long'))
    t.rows(2, k1=dict(v='long'), k2=dict(v='long'), k3=dict(v=None, big=2))
    t.rows(3, k1=dict(v='long', big=1), k2=dict(v='long'), k3=dict(v=None, big=2))


@trap(14, 'a deleted row whose values are made up')
def _(t):
    t.lands(1, t.event('c', 1, 10, row(v='true', big=5)))
    t.lands(2, t.event('d', 1, 20, before=row(v='', n='0', big=0, small=0)))
    t.rows(1, k1=dict(v='true', big=5))
    t.rows(2)
    t.history = [(1, 'true', 10, 20, True)]


@trap(15, 'tombstones')
def _(t):
    t.lands(1, t.event('c', 1, 10, row(v='a')), t.event('c', 2, 10, row(v='b')), 'null')
    t.lands(2, t.event('d', 1, 20, before=row(v='a')), 'null', 'null')
    t.rows(1, k1=dict(v='a'), k2=dict(v='b'))
    t.rows(2, k2=dict(v='b'))


@trap(17, 'a column that older events have not')
def _(t):
    older = {name: value for name, value in row(v='a').items() if name != 'added'}
    t.lands(1, t.event('c', 1, 10, older), t.event('c', 2, 20, row(v='b', added='new')))
    t.lands(2, t.event('u', 1, 30, row(v='a', added='new') | {'of_nobody': {'x': [1]}}, older), t.event('c', 3, 9, older))
    t.rows(1, k1=dict(v='a'), k2=dict(v='b', added='new'))
    t.rows(2, k1=dict(v='a', added='new'), k2=dict(v='b', added='new'), k3=dict(v='a'))


@trap(18, 'an int that became a bigint')
def _(t):
    """Declared as it is now: older events have the smaller one. Still declared as it was: what does not fit is refused."""
    t.lands(1, t.event('c', 1, 10, row(big=2147483647)), t.event('c', 2, 20, row(big=9223372036854775807)))
    t.refused(1, 'a value of another type than declared', t.event('c', 3, 20, row(small=2147483648)))
    t.rows(1, k1=dict(big=2147483647), k2=dict(big=9223372036854775807))


@trap(20, 'ends of time, infinities, NaN')
def _(t):
    last, first = 253402300799999999, -62135596800000000
    t.lands(1, t.event('c', 1, 10, row(day=2932896, at='9999-12-31T23:59:59.999999Z', clock=last, f='NaN')),
            t.event('c', 2, 10, row(day=-719162, at='0001-01-01T00:00:00Z', clock=first, f='-Infinity')))
    its_own = 75000000  # London's time was not yet Greenwich's
    t.rows(1, k1=dict(day='9999-12-31', at=last, clock=last, f='NaN'), k2=dict(day='0001-01-01', at=first, clock=first + its_own, f='-Infinity'))
    for key, (name, value, kind) in enumerate([('day', 2147483647, 'date'), ('day', -719163, 'date'), ('at', 'infinity', 'timestamp'),
                                               ('at', '-infinity', 'timestamp'), ('clock', 9223372036825200000, 'timestamp'),
                                               ('n', 'NaN', 'decimal(38,10)')], 3):
        t.refused(1, f'{name}: a value that {kind} cannot hold', t.event('c', key, 10, row(**{name: value})))


@trap(21, 'all 38 digits, negative ones, another scale')
def _(t):
    most = '9' * 28 + '.' + '9' * 10
    t.lands(1, t.event('c', 1, 10, row(n=most)), t.event('c', 2, 10, row(n='-' + most)), t.event('c', 3, 10, row(n='-0.5')),
            t.event('c', 4, 10, row(n='1.50000000000000')))  # as many digits as were declared, and zeros
    t.rows(1, k1=dict(n=most), k2=dict(n='-' + most), k3=dict(n='-0.5000000000'), k4=dict(n='1.5000000000'))
    said = 'n: a value that decimal(38,10) cannot hold'
    t.refused(1, said, t.event('c', 5, 10, row(n='1.12345678905')), t.event('c', 6, 10, row(n='1' + '0' * 28)))


@trap(22, 'an empty string and NULL')
def _(t):
    t.lands(1, t.event('c', 1, 10, row(v='')), t.event('c', 2, 10, row(v=None)), t.event('c', 3, 10, row(v='null')))
    t.lands(2, t.event('u', 1, 20, row(v=None), row(v='')), t.event('u', 2, 20, row(v=''), row(v=None)))
    t.rows(1, k1=dict(v=''), k2=dict(v=None), k3=dict(v='null'))
    t.rows(2, k1=dict(v=None), k2=dict(v=''), k3=dict(v='null'))
    t.history = [(1, '', 10, 20, False), (1, None, 20, None, False), (2, None, 10, 20, False), (2, '', 20, None, False),
                 (3, 'null', 10, None, False)]


@trap(23, 'names that differ by case')
def _(t):
    """The source has `mixed` too, which is not captured; and a table `T`."""
    t.lands(1, t.event('c', 1, 10, row(Mixed='right') | {'mixed': 'wrong'}), t.event('c', 2, 10, {'mixed': 'wrong'} | row(Mixed='right')),
            t.event('c', 3, 10, row(v='of another table'), table='T'))
    t.rows(1, k1=dict(Mixed='right'), k2=dict(Mixed='right'))


@trap(24, 'one transaction over two tables')
def _(t):
    """What of it has landed is applied: of a transaction that is split the second part comes with the second file."""
    t.lands(1, t.event('c', 1, 20, row(v='a'), commit=10, tx=7))
    t.lands(2, t.event('c', 1, 21, {'t_id': t.key(1)}, commit=10, tx=7, table='u'), table='u')
    t.rows(1, k1=dict(v='a'))
    t.other = [(t.key(1), t.key(1))]


@trap(25, 'one position twice, at other offsets')
def _(t):
    """The same event under two offsets is one; two events of one position are both there, and the order of their files is no matter."""
    event = json.loads(t.event('c', 1, 10, row(v='a')))
    t.lands(1, json.dumps(event), json.dumps(event | {'ts_ms': 1}))
    t.lands(2, json.dumps(event | {'ts_ms': 2}))
    t.rows(1, k1=dict(v='a'))
    t.history = [(1, 'a', 10, None, False)]


@trap(26, 'records that are nobody\'s row')
def _(t):
    said = 'not an operation on rows'
    t.lands(1, t.event('c', 1, 10, row(v='a')), t.event('c', 2, 10, {'type': 'execute-snapshot'}, table='dbz_signal'))
    t.refused(1, said, json.dumps({'ts_ms': 1767225600000}),
              json.dumps({'status': 'BEGIN', 'id': '7:20', 'event_count': None, 'data_collections': None, 'ts_ms': 1767225600000}))
    t.rows(1, k1=dict(v='a'))


@trap(27, 'positions of more digits')
def _(t):
    t.lands(1, t.event('u', 1, 10000000000, row(v='ten digits more'), row(v='a'), commit=9999999998),
            t.event('u', 1, 9999999999, row(v='a'), row(v='x'), commit=999999999))
    t.lands(2, t.event('u', 1, 999999998, row(v='x'), row(v='y'), commit=99999999))
    t.rows(1, k1=dict(v='ten digits more'))


@trap(28, 'a session in another zone')
def _(t):
    """All of this file runs in one of New York. `clock` is London's, where it is 02:30 in summer."""
    t.lands(1, t.event('c', 1, 10, row(day=0, at='1970-01-01T00:00:00.000001Z', clock=0)),
            t.event('c', 2, 10, row(day=20543, at='2026-07-01T01:30:00Z', clock=1782873000000000)))
    t.rows(1, k1=dict(day='1970-01-01', at=1, clock=-3600000000), k2=dict(day='2026-03-31', at=1782869400000000, clock=1782869400000000))


@trap(29, 'a batch of deletes alone')
def _(t):
    """Nothing else lands in the last batch of all."""
    t.lands(1, *(t.event('c', key, 10, row(v='a')) for key in (1, 2, 3)))
    t.lands(4, *(t.event('d', key, 20, before=row(v='a')) for key in (1, 2, 4)))
    t.rows(1, k1=dict(v='a'), k2=dict(v='a'), k3=dict(v='a'))
    t.rows(4, k3=dict(v='a'))
