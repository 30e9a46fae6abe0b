"""Tries to refute what the compiler proves: random queries over small tables, run on SQLite. A set that is said to be
unique must have no two equal rows, where NULL equals NULL; a column that is said to be never NULL must hold none."""
import os
import random
import sqlite3
import subprocess
import sys

import queries

CASES = 5000
BATCH = 50  # queries over the same tables
FILLS = 6  # sets of rows for the same tables
SEED = 20261121


class Table:
    """Columns [(name, type, not null)], and keys that hold as GROUP BY sees them."""

    def __init__(self, name, rng):
        self.name = name
        self.columns = [(letter, rng.choice(['int', 'int', 'string']), rng.random() < 0.4) for letter in 'abcd'[:rng.randint(2, 4)]]
        self.keys = []
        for _ in range(rng.choice([0, 1, 1, 1, 2])):
            key = rng.sample([column[0] for column in self.columns], rng.choice([1, 1, 2]))
            self.keys.append(sorted(key))

    def line(self):
        columns = ' '.join(f"{name}:{type_}{'!' if not_null else ''}" for name, type_, not_null in self.columns)
        return f"table {self.name} {columns}" + ''.join(f" key {','.join(key)}" for key in self.keys)

    def rows(self, rng):
        made = []
        for _ in range(rng.choice([0, 4, 8, 12, 16])):
            row = {}
            for name, type_, not_null in self.columns:
                at = rng.randrange(4 if not_null else 5)
                row[name] = None if at == 4 else at if type_ == 'int' else 'wxyz'[at]
            taken = any(all(row[c] == other[c] for c in key) for key in self.keys for other in made)
            if not taken:
                made.append(row)
        return [[row[column[0]] for column in self.columns] for row in made]


def database(tables, rng):
    made = sqlite3.connect(':memory:')
    for table in tables:
        kinds = ', '.join(f"{name} {'integer' if type_ == 'int' else 'text'}" for name, type_, _ in table.columns)
        made.execute(f'create table {table.name} ({kinds})')
        places = ', '.join('?' for _ in table.columns)
        made.executemany(f'insert into {table.name} values ({places})', table.rows(rng))
    return made


def facts_of(tables, made):
    text = '\n'.join([table.line() for table in tables] + [query.spark for query in made]) + '\n'
    answer = subprocess.run([os.environ['PIPEC_FACTS']], input=text, capture_output=True, text=True, check=True)
    return answer.stdout.splitlines()


def read_facts(line):
    *unique, never_null = line.split('; ')
    return [[c for c in fact[len('unique '):].split(',') if c] for fact in unique], never_null.split()[1:]


def refuted(names, rows, unique, never_null):
    at = {name: i for i, name in enumerate(names)}
    for key in unique:
        seen = set()
        for row in rows:
            values = tuple(row[at[name]] for name in key)
            if values in seen:
                return f"unique ({', '.join(key)}): {values} is there twice"
            seen.add(values)
    for name in never_null:
        if any(row[at[name]] is None for row in rows):
            return f'never NULL {name}: is NULL'
    return None


def main():
    rng = random.Random(SEED)
    counts = dict(cases=0, unique=0, never_null=0, one_row=0, with_rows=0, refused=0, sqlite_fails=0)
    for _ in range(CASES // BATCH):
        tables = [Table(f't{i}', rng) for i in range(rng.randint(2, 4))]
        made = [queries.Queries(rng, tables).query(rng.randint(1, 3)) for _ in range(BATCH)]
        databases = [database(tables, rng) for _ in range(FILLS)]
        for query, line in zip(made, facts_of(tables, made), strict=True):
            counts['cases'] += 1
            if line.startswith('error'):
                counts['refused'] += 1
                print(f'refused: {line}\n  {query.spark}')
                continue
            unique, never_null = read_facts(line)
            counts['unique'] += bool(unique)
            counts['never_null'] += bool(never_null)
            counts['one_row'] += [] in unique
            any_rows = False
            for made_database in databases:
                try:
                    cursor = made_database.execute(query.lite)
                except sqlite3.OperationalError as error:
                    if 'ON clause references tables to its right' not in str(error):
                        raise
                    counts['sqlite_fails'] += 1  # at a right join below another join
                    break
                rows = cursor.fetchall()
                any_rows = any_rows or len(rows) > 1
                wrong = refuted([column[0] for column in cursor.description], rows, unique, never_null)
                if wrong:
                    print(f'{wrong}\n' + '\n'.join(table.line() for table in tables))
                    print(f'  {query.spark}\n  {line}\n  rows: {rows}')
                    return 1
            counts['with_rows'] += any_rows
    print(', '.join(f'{name} {count}' for name, count in counts.items()))
    enough = counts['unique'] > CASES * 0.4 and counts['never_null'] > CASES * 0.4 and counts['with_rows'] > CASES * 0.4
    return 0 if enough and counts['refused'] == 0 and counts['sqlite_fails'] < CASES * 0.01 else 1


if __name__ == '__main__':
    sys.exit(main())
