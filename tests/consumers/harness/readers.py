"""Readers of one view, of every kind at once, while it is published: what they must never see is written down."""
import threading
import time

import psycopg

ISOLATIONS = {'autocommit': None, 'read committed': psycopg.IsolationLevel.READ_COMMITTED,
              'repeatable read': psycopg.IsolationLevel.REPEATABLE_READ,
              'serializable': psycopg.IsolationLevel.SERIALIZABLE, 'long': psycopg.IsolationLevel.READ_COMMITTED}


class Readers:
    """The view has `rows` rows, all with one `batch`. `wrong`: by kind of reader what it saw; `longest`: the longest wait."""

    def __init__(self, postgres, dbname, user, view, rows, hold=0.3):
        self._connect = lambda: postgres.connect(dbname, user, autocommit=True)
        self._view, self._rows, self._hold = view, rows, hold
        self._stop = threading.Event()
        self.reads, self.longest, self.wrong, self.seen = {}, {}, {}, {}

    def __enter__(self):
        self._threads = [threading.Thread(target=self._run, args=(kind,), daemon=True) for kind in ISOLATIONS]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
        for kind in ISOLATIONS:
            print(f'{self._view}, {kind}: {self.reads.get(kind, 0)} reads, longest {self.longest.get(kind, 0) * 1000:.0f} ms, '
                  f'batches up to {self.seen.get(kind)}, wrong {self.wrong.get(kind, [])[:3]}')

    def _run(self, kind):
        with self._connect() as connection:
            level = ISOLATIONS[kind]
            if level is None:
                connection.prepare_threshold = 0
            else:
                connection.isolation_level = level
            while not self._stop.is_set():
                try:
                    if level is None:
                        self._read(connection, kind)
                        time.sleep(0.005)
                        continue
                    with connection.transaction():
                        # The snapshot is taken before a publish, the view is touched behind it.
                        connection.execute('SELECT 1')
                        time.sleep(0.04)
                        self._read(connection, kind)
                        time.sleep(self._hold if kind == 'long' else 0.04)
                        self._read(connection, kind)
                    time.sleep(0.1)
                except psycopg.Error as error:
                    self.wrong.setdefault(kind, []).append(f'{type(error).__name__}: {error}')
                    if connection.closed:
                        return

    def _read(self, connection, kind):
        began = time.monotonic()
        count, first, last = connection.execute(f'SELECT count(*), min(batch), max(batch) FROM {self._view}').fetchone()
        self.longest[kind] = max(self.longest.get(kind, 0), time.monotonic() - began)
        self.reads[kind] = self.reads.get(kind, 0) + 1
        self.seen[kind] = max(self.seen.get(kind, 0), last or 0)
        if count != self._rows or first != last:
            self.wrong.setdefault(kind, []).append(f'{count} rows of the batches {first} to {last}')
