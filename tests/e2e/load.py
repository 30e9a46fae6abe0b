"""The application: a steady mixed load on its own database, in transactions over several tables."""
import datetime
import json
import random
import threading
import time
import uuid

import psycopg

TABLES = {'customers': ('customer_id',), 'orders': ('order_id',), 'order_lines': ('order_id', 'line_no')}
SCHEMA = '''
CREATE TABLE customers (customer_id bigint PRIMARY KEY, name text NOT NULL, email text, labels text[], settings jsonb,
                        balance numeric(18, 4) NOT NULL, seen_at timestamptz, note text);
CREATE TABLE orders (order_id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL, total numeric(12, 2),
                     placed_at timestamptz NOT NULL, changed_at timestamp(6) NOT NULL);
CREATE TABLE order_lines (order_id bigint NOT NULL, line_no int NOT NULL, sku uuid NOT NULL, quantity int NOT NULL,
                          price numeric(12, 2) NOT NULL, PRIMARY KEY (order_id, line_no) DEFERRABLE);
'''
# What operators do, by the share of the changes that are done. Nobody has declared the column: the log keeps it aside. A row comes back
# in the transaction that empties the table, since readers never find it empty.
EMPTIED = "TRUNCATE order_lines; INSERT INTO order_lines VALUES (0, 1, gen_random_uuid(), 1, 0)"
OPERATIONS = [(0.3, EMPTIED), (0.5, 'ALTER TABLE customers ADD COLUMN IF NOT EXISTS tier int DEFAULT 3'), (0.8, EMPTIED)]
NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


class Load(threading.Thread):
    """Changes rows until `total` rows were changed, `rate` of them a second at most. A connection that is cut is opened again; a
    transaction that was cut may or may not have happened, so that the keys are read anew."""

    def __init__(self, connect, seed: int, total: int, rate: float):
        super().__init__(daemon=True)
        self._connect, self._random, self._total, self._rate = connect, random.Random(seed), total, rate
        self._may_run, self._paused = threading.Event(), threading.Event()
        self._may_run.set()
        self._highest, self._operations = 0, list(OPERATIONS)
        self.changes = self.transactions = self.cut = 0
        self.failure = None

    # ---- from outside
    def pause(self):
        """Returns when no transaction is under way."""
        self._may_run.clear()
        if self.is_alive():
            self._paused.wait()

    def go_on(self):
        self._paused.clear()
        self._may_run.set()

    @property
    def done(self):
        return self.changes >= self._total

    # ---- the thread
    def run(self):
        try:
            self._run()
        except Exception as error:
            self.failure = error
        finally:
            self._paused.set()

    def _run(self):
        connection, begun = None, time.monotonic()
        while not self.done:
            if not self._may_run.is_set():
                self._paused.set()
                stopped = time.monotonic()
                self._may_run.wait()
                begun += time.monotonic() - stopped
            try:
                connection = connection or self._opened()
                while self._operations and self.changes >= self._operations[0][0] * self._total:
                    connection.execute(self._operations[0][1])
                    self._operations.pop(0)
                with connection.transaction():
                    changed = sum(self._change(connection) for _ in range(self._random.choice([1, 1, 2, 3, 8])))
                self.changes += changed
                self.transactions += 1
            except psycopg.OperationalError:
                self.cut += 1
                connection = None
                time.sleep(0.5)
                continue
            ahead = self.changes / self._rate - (time.monotonic() - begun)
            if ahead > 0:
                time.sleep(min(ahead, 0.5))
        if connection:
            connection.close()

    def _opened(self):
        connection = self._connect()
        self._customers = [key for key, in connection.execute('SELECT customer_id FROM customers WHERE customer_id > 0 ORDER BY 1')]
        self._orders = [key for key, in connection.execute('SELECT order_id FROM orders WHERE order_id > 0 ORDER BY 1')]
        self._highest = max([self._highest, *self._customers, *self._orders])
        return connection

    def _new_key(self):
        self._highest += 1
        return self._highest

    # ---- one change, and how many rows it touched
    def _change(self, connection):
        pick = self._random.random()
        if pick < 0.15 or len(self._customers) < 20:
            return self._customer_comes(connection)
        if pick < 0.35 or len(self._orders) < 20:
            return self._order_comes(connection)
        if pick < 0.60:
            return connection.execute(
                'UPDATE orders SET status = %s, total = %s, changed_at = %s WHERE order_id = %s',
                (self._random.choice(['paid', 'sent', 'returned']), self._money(), self._moment().replace(tzinfo=None),
                 self._random.choice(self._orders))).rowcount
        if pick < 0.80:
            return connection.execute(
                'UPDATE customers SET balance = balance + %s, seen_at = %s, email = %s WHERE customer_id = %s',
                (self._money(), self._moment(), self._random.choice([None, '', 'a@b.example']), self._random.choice(self._customers))).rowcount
        if pick < 0.82:
            return self._lines_change_places(connection)
        if pick < 0.83:
            return self._lines_share_a_place(connection)
        if pick < 0.88:
            return connection.execute('UPDATE order_lines SET quantity = quantity + 1 WHERE order_id = %s',
                                      (self._random.choice(self._orders),)).rowcount
        if pick < 0.92:
            return self._customer_moves(connection)
        if pick < 0.97:
            return self._order_goes(connection)
        return self._customer_goes(connection)

    def _customer_comes(self, connection):
        key = self._new_key()
        connection.execute(
            'INSERT INTO customers VALUES (%s, %s, %s, %s, %s, %s, %s, %s)',
            (key, f"O'Neil {key} \\ größe 日本", None, self._random.choice([None, [], ['a', None, 'b,"c"'], ['']]),
             self._random.choice([None, json.dumps({'a': [1, None, {'b': 'ü'}], 'n': 1.50})]), self._money(), None,
             # Long values are kept apart from the row; an update of the row leaves them as they are.
             'x' * 3000 if self._random.random() < 0.05 else self._random.choice([None, '', 'two\nlines\t"quoted"'])))
        self._customers.append(key)
        return 1

    def _order_comes(self, connection):
        key, lines = self._new_key(), self._random.randint(1, 3)
        connection.execute('INSERT INTO orders VALUES (%s, %s, %s, %s, %s, %s)',
                           (key, self._random.choice(self._customers), 'new', self._money(), self._moment(), self._moment().replace(tzinfo=None)))
        for line in range(1, lines + 1):
            connection.execute('INSERT INTO order_lines VALUES (%s, %s, %s, %s, %s)',
                               (key, line, uuid.UUID(int=self._random.getrandbits(128)), self._random.randint(1, 9), self._money()))
        self._orders.append(key)
        return 1 + lines

    def _customer_moves(self, connection):
        """Under another key."""
        old, new = self._random.choice(self._customers), self._new_key()
        self._customers[self._customers.index(old)] = new
        return connection.execute('UPDATE customers SET customer_id = %s WHERE customer_id = %s', (new, old)).rowcount

    def _lines_change_places(self, connection):
        """In one statement: each gets the number of the next one, which that has not left yet."""
        return connection.execute('UPDATE order_lines SET line_no = line_no %% 3 + 1 WHERE order_id = %s', (self._random.choice(self._orders),)).rowcount

    def _lines_share_a_place(self, connection):
        """Until the transaction ends, when one of them has to be gone."""
        place = {'order': self._random.choice(self._orders)}
        connection.execute('SET CONSTRAINTS ALL DEFERRED')
        connection.execute('INSERT INTO order_lines VALUES (%s, 1, %s, 0, 0)', (place['order'], uuid.UUID(int=self._random.getrandbits(128))))
        lines = 'FROM order_lines WHERE order_id = %(order)s AND line_no = 1'
        changed = connection.execute('UPDATE order_lines SET quantity = quantity + 1 WHERE order_id = %(order)s AND line_no = 1', place).rowcount
        gone = connection.execute(f'DELETE {lines} AND sku = (SELECT min(sku::text)::uuid {lines} HAVING count(*) > 1)', place).rowcount
        return 1 + changed + gone

    def _order_goes(self, connection):
        key = self._random.choice(self._orders)
        self._orders.remove(key)
        lines = connection.execute('DELETE FROM order_lines WHERE order_id = %s', (key,)).rowcount
        return lines + connection.execute('DELETE FROM orders WHERE order_id = %s', (key,)).rowcount

    def _customer_goes(self, connection):
        """And sometimes comes back in the same transaction."""
        key = self._random.choice(self._customers)
        count = connection.execute('DELETE FROM customers WHERE customer_id = %s', (key,)).rowcount
        if self._random.random() < 0.5:
            connection.execute('INSERT INTO customers (customer_id, name, balance) VALUES (%s, %s, 0)', (key, 'back again'))
            return count + 1
        self._customers.remove(key)
        return count

    def _money(self):
        return f'{self._random.randrange(-10 ** 7, 10 ** 8) / 100:.2f}'

    def _moment(self):
        return NEW_YEAR + datetime.timedelta(microseconds=self._random.randrange(200 * 86400 * 10 ** 6))


def mark(connection, number: int):
    """A row in each table that nobody touches: when it has arrived, so has all that was committed before it."""
    with connection.transaction():
        connection.execute('INSERT INTO customers (customer_id, name, balance) VALUES (%s, %s, 0)', (-number, 'marker'))
        connection.execute("INSERT INTO orders VALUES (%s, %s, 'marker', 0, now(), now())", (-number, -number))
        connection.execute('INSERT INTO order_lines VALUES (%s, 1, %s, 1, 0)', (-number, uuid.UUID(int=number)))
