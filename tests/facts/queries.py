"""Random queries, each said twice: in the dialect of models and in SQLite's."""


class Relation:
    """A query in both dialects, and its columns: [(name, 'int' or 'string')]."""

    def __init__(self, spark, lite, columns):
        self.spark, self.lite, self.columns = spark, lite, columns

    def of(self, kind):
        return [name for name, type_ in self.columns if type_ == kind]


def kept_whole(lite):
    """SQLite folds a UNION ALL into the query around it, and stumbles over right joins when it does."""
    return f'select * from ({lite}) limit -1'


class Queries:
    def __init__(self, random, tables):
        self.random, self.tables, self.count = random, tables, 0

    def fresh(self, prefix):
        self.count += 1
        return f'{prefix}{self.count}'

    def query(self, depth):
        kinds = ['table', 'table', 'select'] if depth <= 0 else [
            'join', 'join', 'join', 'join', 'join', 'select', 'select', 'group', 'group', 'distinct', 'set', 'window',
            'window', 'semi', 'cte', 'comma', 'values', 'limit', 'sets', 'lateral', 'explode', 'pivot', 'unpivot', 'bags',
            'nested']
        return getattr(self, self.random.choice(kinds))(depth - 1)

    # ---- pieces

    def table(self, _depth):
        table = self.random.choice(self.tables)
        chosen = [column for column in table.columns if self.random.random() < 0.9] or table.columns[:1]
        names = [(name, self.fresh('c'), type_) for name, type_, _ in chosen]
        text = f"select {', '.join(f'{old} as {new}' for old, new, _ in names)} from {table.name}"
        return Relation(text, text, [(new, type_) for _, new, type_ in names])

    def constant(self, type_):
        number = self.random.randrange(4)
        return str(number) if type_ == 'int' else f"'{'wxyz'[number]}'"

    def same_type(self, relation, type_):
        return [name for name, other in relation.columns if other == type_]

    def condition(self, columns):
        """One condition over [(name as written, type)], in both dialects."""
        name, type_ = self.random.choice(columns)
        other = self.random.choice([n for n, t in columns if t == type_])
        constant = self.constant(type_)
        return self.random.choice([
            (f'{name} = {constant}',) * 2,
            (f'{name} = {constant}',) * 2,
            (f'{name} is not null',) * 2,
            (f'{name} is null',) * 2,
            (f'{name} = {other}',) * 2,
            (f'{name} > {constant}',) * 2,
            (f'{name} <> {other}',) * 2,
            (f'{name} in ({constant}, {self.constant(type_)})',) * 2,
            (f'{name} not in ({constant})',) * 2,
            (f'{name} between {constant} and {other}',) * 2,
            (f'({name} = {constant} or {other} is null)',) * 2,
            (f'not ({name} = {constant})',) * 2,
            (f'{name} <=> {other}', f'{name} is {other}'),
            (f'{name} <=> {constant}', f'{name} is {constant}'),
            (f'coalesce({name}, {constant}) = {other}',) * 2,
        ])

    def where(self, columns, most=1):
        parts = [self.condition(columns) for _ in range(self.random.randint(0, most))]
        if not parts:
            return '', ''
        return tuple(' where ' + ' and '.join(part[i] for part in parts) for i in (0, 1))

    def on(self, left, right):
        """Conditions of a join, most of them equalities between the sides."""
        pairs = [(a, b) for a, t in left for b, u in right if t == u]
        parts = []
        for _ in range(self.random.choice([1, 1, 2, 2, 3])):
            if pairs and self.random.random() < 0.8:
                a, b = self.random.choice(pairs)
                if self.random.random() < 0.5:
                    a, b = b, a
                parts.append((f'{a} <=> {b}', f'{a} is {b}') if self.random.random() < 0.1 else (f'{a} = {b}',) * 2)
            else:
                parts.append(self.condition(left + right))
        return tuple(' and '.join(part[i] for part in parts) for i in (0, 1))

    def item(self, columns):
        """A value, in both dialects, with its type."""
        name, type_ = self.random.choice(columns)
        other = self.random.choice([n for n, t in columns if t == type_])
        constant = self.constant(type_)
        plain = (name, name, type_)
        choices = [plain] * 6 + [
            (constant, constant, type_),
            (f'coalesce({name}, {constant})',) * 2 + (type_,),
            (f'case when {name} = {constant} then {other} else {name} end',) * 2 + (type_,),
            (f'case when {name} is null then {constant} else {constant} end',) * 2 + (type_,),
        ]
        if type_ == 'int':
            choices += [(f'{name} + {other}',) * 2 + (type_,), (f'{name} * 0',) * 2 + (type_,),
                        (f'cast({name} as bigint)', f'cast({name} as integer)', type_), (f'-{name}',) * 2 + (type_,)]
        return self.random.choice(choices)

    def items(self, columns):
        made = [self.item(columns) for _ in range(self.random.randint(1, 4))]
        kept = [(n, n, t) for n, t in columns if self.random.random() < 0.6]
        made = kept + made[:2] if kept else made
        names = [self.fresh('c') for _ in made]
        texts = [', '.join(f'{item[i]} as {name}' for item, name in zip(made, names)) for i in (0, 1)]
        return texts[0], texts[1], [(name, item[2]) for item, name in zip(made, names)]

    # ---- queries

    def select(self, depth):
        below = self.query(depth)
        alias = self.fresh('q')
        items, conditions = self.items(below.columns), self.where(below.columns)
        return Relation(f'select {items[0]} from ({below.spark}) as {alias}{conditions[0]}',
                        f'select {items[1]} from ({below.lite}) as {alias}{conditions[1]}', items[2])

    def distinct(self, depth):
        made = self.select(depth)
        return Relation(made.spark.replace('select', 'select distinct', 1), made.lite.replace('select', 'select distinct', 1),
                        made.columns)

    def values(self, _depth):
        rows = self.random.randint(1, 3)
        name, other, alias = self.fresh('c'), self.fresh('c'), self.fresh('q')
        cells = [(self.constant('int'), self.random.choice([self.constant('int'), 'null'])) for _ in range(rows)]
        cells[0] = (cells[0][0], self.constant('int'))
        body = 'values ' + ', '.join(f'({a}, {b})' for a, b in cells)
        return Relation(f'select {name}, {other} from ({body}) as {alias}({name}, {other})',
                        f'select column1 as {name}, column2 as {other} from ({body}) as {alias}',
                        [(name, 'int'), (other, 'int')])

    def limit(self, depth):
        made = self.select(depth)
        order = ', '.join(name for name, _ in made.columns)
        tail = f' order by {order} limit {self.random.choice([1, 1, 2])}'
        return Relation(made.spark + tail, made.lite + tail, made.columns)

    def joined(self, left, right, a, b):
        items = self.items([(f'{a}.{n}', t) for n, t in left.columns] + [(f'{b}.{n}', t) for n, t in right.columns])
        return items

    def join(self, depth):
        left, right = self.query(depth), self.query(depth - self.random.randrange(2))
        a, b = self.fresh('l'), self.fresh('r')
        kind = self.random.choice(['join', 'join', 'left join', 'left join', 'right join', 'full join', 'cross join'])
        both = [(f'{a}.{n}', t) for n, t in left.columns] + [(f'{b}.{n}', t) for n, t in right.columns]
        on = ('', '')
        if kind != 'cross join':
            on = tuple(f' on {text}' for text in self.on(both[:len(left.columns)], both[len(left.columns):]))
        items, conditions = self.items(both), self.where(both, 1)
        return Relation(f'select {items[0]} from ({left.spark}) as {a} {kind} ({right.spark}) as {b}{on[0]}{conditions[0]}',
                        f'select {items[1]} from ({left.lite}) as {a} {kind} ({right.lite}) as {b}{on[1]}{conditions[1]}',
                        items[2])

    def comma(self, depth):
        parts = [self.query(depth - 1) for _ in range(self.random.choice([2, 3]))]
        names = [self.fresh('l') for _ in parts]
        columns = [[(f'{name}.{n}', t) for n, t in part.columns] for name, part in zip(names, parts)]
        on = [self.on(columns[i], columns[i + 1]) for i in range(len(parts) - 1)]
        items = self.items([column for some in columns for column in some])
        froms = [', '.join(f'({getattr(part, dialect)}) as {name}' for name, part in zip(names, parts))
                 for dialect in ('spark', 'lite')]
        texts = [f"select {items[i]} from {froms[i]} where {' and '.join(text[i] for text in on)}" for i in (0, 1)]
        return Relation(texts[0], texts[1], items[2])

    def semi(self, depth):
        left, right = self.query(depth), self.query(depth - 1)
        a, b = self.fresh('l'), self.fresh('r')
        anti = self.random.random() < 0.5
        mine = [(f'{a}.{n}', t) for n, t in left.columns]
        on = self.on(mine, [(f'{b}.{n}', t) for n, t in right.columns])
        items = self.items(mine)
        return Relation(f"select {items[0]} from ({left.spark}) as {a} left {'anti' if anti else 'semi'} join "
                        f'({right.spark}) as {b} on {on[0]}',
                        f"select {items[1]} from ({left.lite}) as {a} where {'not ' if anti else ''}exists "
                        f'(select 1 from ({right.lite}) as {b} where {on[1]})', items[2])

    def group(self, depth):
        below = self.query(depth)
        alias = self.fresh('q')
        keys = [self.item(below.columns) for _ in range(self.random.choice([0, 1, 1, 2, 2, 3]))]
        keys = [key for key in keys if any(key[0] == name for name, _ in below.columns) or ' ' in key[0]]
        values = []
        for _ in range(self.random.randint(1, 2)):
            name, type_ = self.random.choice(below.columns)
            call = self.random.choice(['count(*)', f'count({name})', f'min({name})', f'max({name})',
                                       f'count(distinct {name})'])
            values.append((call, call, type_ if call[0] == 'm' else 'int'))
        shown = [key for key in keys if self.random.random() < 0.9] + values
        names = [self.fresh('c') for _ in shown]
        having = (f' having count(*) > {self.random.randrange(2)}',) * 2 if self.random.random() < 0.2 else ('', '')
        conditions = self.where(below.columns, 1)
        texts = []
        for i, source in ((0, below.spark), (1, below.lite)):
            items = ', '.join(f'{item[i]} as {name}' for item, name in zip(shown, names))
            by = ' group by ' + ', '.join(key[i] for key in keys) if keys else ''
            texts.append(f'select {items} from ({source}) as {alias}{conditions[i]}{by}{having[i] if keys else ""}')
        return Relation(texts[0], texts[1], [(name, item[2]) for item, name in zip(shown, names)])

    def window(self, depth):
        below = self.query(depth)
        alias, outer, number = self.fresh('q'), self.fresh('q'), self.fresh('n')
        partition = self.random.sample([n for n, _ in below.columns], min(len(below.columns), self.random.randint(0, 2)))
        order = self.random.choice([n for n, _ in below.columns])
        by = f"partition by {', '.join(partition)} " if partition else ''
        function = self.random.choice(['row_number()'] * 4 + ['rank()'])
        window = f'{function} over ({by}order by {order})'
        test = self.random.choice(['= 1', '= 1', '<= 1', '< 2', '= 2', '< 3'])
        columns = below.columns
        names = [(n, self.fresh('c'), t) for n, t in columns]
        shown = ', '.join(f'{n} as {new}' for n, new, _ in names)
        lite = (f'select {shown} from (select *, {window} as {number} from ({below.lite}) as {alias}) as {outer} '
                f'where {number} {test}')
        if self.random.random() < 0.5:
            spark = f'select {shown} from ({below.spark}) as {alias} qualify {window} {test}'
        else:
            spark = (f'select {shown} from (select *, {window} as {number} from ({below.spark}) as {alias}) as {outer} '
                     f'where {number} {test}')
        return Relation(spark, lite, [(new, t) for _, new, t in names])

    def set(self, depth):
        left, right = self.query(depth), self.query(depth)
        width = min(len(left.columns), len(right.columns))
        types = ['int' if self.random.random() < 0.6 else 'string' for _ in range(width)]
        sides = []
        names = [self.fresh('c') for _ in types]
        for side in (left, right):
            alias = self.fresh('q')
            cells = []
            for type_, name in zip(types, names):
                some = self.same_type(side, type_)
                cells.append(f'{self.random.choice(some) if some else self.constant(type_)} as {name}')
            sides.append([f"select {', '.join(cells)} from ({text}) as {alias}" for text in (side.spark, side.lite)])
        kind = self.random.choice(['union', 'union', 'union all', 'intersect', 'except'])
        return Relation(f'{sides[0][0]} {kind} {sides[1][0]}', f'{sides[0][1]} {kind} {sides[1][1]}',
                        list(zip(names, types)))

    def bags(self, depth):
        """INTERSECT ALL and EXCEPT ALL: rows are told apart by their number among equal ones."""
        left, right = self.query(depth), self.query(depth - 1)
        names = [(self.fresh('c'), type_) for _, type_ in left.columns[:2]]
        kind = self.random.choice(['intersect', 'except'])
        spark, lite = [], []
        for side in (left, right):
            alias, outer = self.fresh('q'), self.fresh('q')
            cells = []
            for name, type_ in names:
                some = self.same_type(side, type_)
                cells.append(f'{self.random.choice(some) if some else self.constant(type_)} as {name}')
            shown = ', '.join(name for name, _ in names)
            spark.append(f"select {', '.join(cells)} from ({side.spark}) as {alias}")
            lite.append(f'select *, row_number() over (partition by {shown}) as copy from '
                        f"(select {', '.join(cells)} from ({side.lite}) as {alias}) as {outer}")
        shown, whole = ', '.join(name for name, _ in names), self.fresh('q')
        return Relation(f'{spark[0]} {kind} all {spark[1]}', f'select {shown} from ({lite[0]} {kind} {lite[1]}) as {whole}', names)

    def sets(self, depth):
        """Each grouping set is a query of its own, with NULL for the keys that it lacks. No rows make no total."""
        below = self.query(depth)
        alias = self.fresh('q')
        keys = self.random.sample(below.columns, min(len(below.columns), self.random.randint(1, 3)))
        names = [name for name, _ in keys]
        kind = self.random.choice(['rollup', 'cube', 'sets'])
        if kind == 'rollup':
            chosen, by = [names[:i] for i in range(len(names), -1, -1)], f"rollup ({', '.join(names)})"
        elif kind == 'cube':
            chosen = [[n for i, n in enumerate(names) if bits >> i & 1] for bits in range(1 << len(names))]
            by = f"cube ({', '.join(names)})"
        else:
            chosen = [[n for n in names if self.random.random() < 0.6] for _ in range(self.random.randint(1, 3))]
            by = 'grouping sets (' + ', '.join(f"({', '.join(part)})" for part in chosen) + ')'
            keys = [key for key in keys if any(key[0] in part for part in chosen)]
            names = [name for name, _ in keys]
        counted = self.random.choice(below.columns)[0]
        call = self.random.choice(['count(*)', f'max({counted})'])
        type_ = 'int' if call[0] == 'c' else dict(below.columns)[counted]
        made = [(self.fresh('c'), t) for _, t in keys] + [(self.fresh('c'), type_)]
        shown = ', '.join(f'{old} as {new}' for old, (new, _) in zip(names + [call], made))
        parts = []
        for part in chosen:
            cells = [name if name in part else 'null' for name in names] + [call]
            text = ', '.join(f'{old} as {new}' for old, (new, _) in zip(cells, made))
            parts.append(f"select {text} from ({below.lite}) as {alias} group by {', '.join(part) if part else repr('all')}")
        return Relation(f'select {shown} from ({below.spark}) as {alias} group by {by}', kept_whole(' union all '.join(parts)), made)

    def lateral(self, depth):
        left, right = self.query(depth), self.query(depth - 1)
        a, b, r = self.fresh('l'), self.fresh('r'), self.fresh('r')
        mine = [(f'{a}.{n}', t) for n, t in left.columns]
        on = self.on(mine, [(f'{b}.{n}', t) for n, t in right.columns])
        outer = self.random.random() < 0.5
        items = self.items(mine + [(f'{r}.{n}', t) for n, t in right.columns])
        inner = f'lateral (select {b}.* from ({right.spark}) as {b} where {on[0]}) as {r}'
        join = f'left join {inner} on true' if outer else f'cross join {inner}'
        condition = on[1].replace(f'{b}.', f'{r}.')
        return Relation(f'select {items[0]} from ({left.spark}) as {a} {join}',
                        f"select {items[1]} from ({left.lite}) as {a} {'left join' if outer else 'join'} "
                        f'({right.lite}) as {r} on {condition}', items[2])

    def explode(self, depth):
        below = self.query(depth)
        type_ = self.random.choice(below.columns)[1]
        some = self.same_type(below, type_)
        values = [self.random.choice(some + [self.constant(type_)]) for _ in range(self.random.randint(1, 3))]
        alias, view, name = self.fresh('q'), self.fresh('v'), self.fresh('c')
        names = [(n, self.fresh('c'), t) for n, t in below.columns]
        shown = ', '.join(f'{n} as {new}' for n, new, _ in names)
        lite = ' union all '.join(f'select {shown}, {value} as {name} from ({below.lite}) as {alias}' for value in values)
        return Relation(f"select {shown}, {view}.{name} from ({below.spark}) as {alias} "
                        f"lateral view explode(array({', '.join(values)})) {view} as {name}", kept_whole(lite),
                        [(new, t) for _, new, t in names] + [(name, type_)])

    def pivot(self, depth):
        below = self.query(depth)
        if len(below.columns) < 2:
            return below
        (key, type_), (value, value_type) = self.random.sample(below.columns, 2)
        rest = [(n, t) for n, t in below.columns if n not in (key, value)]
        numbers = self.random.sample(range(4), 2)
        constants = [str(n) if type_ == 'int' else f"'{'wxyz'[n]}'" for n in numbers]
        made = [(self.fresh('c'), value_type) for _ in constants]
        alias = self.fresh('q')
        listed = ', '.join(f'{constant} as {name}' for constant, (name, _) in zip(constants, made))
        cells = ', '.join(f'max(case when {key} = {constant} then {value} end) as {name}'
                          for constant, (name, _) in zip(constants, made))
        shown = ', '.join(n for n, _ in rest)
        by = f' group by {shown}' if rest else ''
        return Relation(f'select * from ({below.spark}) as {alias} pivot (max({value}) for {key} in ({listed}))',
                        f"select {shown + ', ' if rest else ''}{cells} from ({below.lite}) as {alias}{by}", rest + made)

    def unpivot(self, depth):
        below = self.query(depth)
        type_ = self.random.choice(below.columns)[1]
        some = self.same_type(below, type_)
        chosen = self.random.sample(some, min(len(some), 2))
        rest = [(n, t) for n, t in below.columns if n not in chosen]
        alias, value, label = self.fresh('q'), self.fresh('c'), self.fresh('c')
        nulls = self.random.random() < 0.5
        shown = ''.join(f'{n}, ' for n, _ in rest)
        lite = ' union all '.join(f"select {shown}'{name}' as {label}, {name} as {value} from ({below.lite}) as {alias}"
                                  + ('' if nulls else f' where {name} is not null') for name in chosen)
        return Relation(f"select * from ({below.spark}) as {alias} unpivot {'include nulls ' if nulls else ''}"
                        f"({value} for {label} in ({', '.join(chosen)}))", kept_whole(lite),
                        rest + [(label, 'string'), (value, type_)])

    def nested(self, depth):
        """Subqueries in expressions."""
        below, other = self.query(depth), self.query(depth - 1)
        alias, inner = self.fresh('q'), self.fresh('q')
        name, type_ = self.random.choice(below.columns)
        some = self.same_type(other, type_)
        items = self.items(below.columns)
        if not some:
            return Relation(f'select {items[0]} from ({below.spark}) as {alias}', f'select {items[1]} from ({below.lite}) as {alias}',
                            items[2])
        column, fresh = self.random.choice(some), self.fresh('c')
        form = self.random.choice(['in', 'not in', 'exists', 'scalar', 'value'])
        texts = []
        for i, (text, source) in enumerate(((below.spark, other.spark), (below.lite, other.lite))):
            sub = f'from ({source}) as {inner}'
            extra, where = '', ''
            if form in ('in', 'not in'):
                where = f' where {alias}.{name} {form} (select {column} {sub})'
            elif form == 'exists':
                where = f' where exists (select 1 {sub} where {inner}.{column} = {alias}.{name})'
            elif form == 'scalar':
                where = f' where {alias}.{name} = (select max({column}) {sub})'
            else:
                extra = f', (select min({inner}.{column}) {sub} where {inner}.{column} = {alias}.{name}) as {fresh}'
            texts.append(f'select {items[i]}{extra} from ({text}) as {alias}{where}')
        return Relation(texts[0], texts[1], items[2] + ([(fresh, type_)] if form == 'value' else []))

    def cte(self, depth):
        """One query, read twice."""
        below = self.query(depth)
        name, a, b = self.fresh('w'), self.fresh('l'), self.fresh('r')
        both = [[(f'{alias}.{n}', t) for n, t in below.columns] for alias in (a, b)]
        kind = self.random.choice(['join', 'left join'])
        on, items = self.on(both[0], both[1]), self.items(both[0] + both[1])
        conditions = self.where(both[0] + both[1], 1)
        outer = self.fresh('q')
        texts = []
        for i, text in ((0, below.spark), (1, below.lite)):
            inner = (f'with {name} as ({text}) select {items[i]} from {name} as {a} {kind} {name} as {b} on {on[i]}'
                     f'{conditions[i]}')
            texts.append(f'select * from ({inner}) as {outer}')
        return Relation(texts[0], texts[1], items[2])
