"""Models of one specification on Spark with Delta, under many histories at once, each model compared with its own query after its runs."""
import collections
import datetime
import json

from . import captured, incremental
from .incremental import BASE, COLUMNS, ROUNDS
from .incremental_models import specification
from .incremental_plan import Plan
from .incremental_run import Run, literal
from .warehouse import Crash, Warehouse, runtime

TYPES = {'id': 'bigint', 'k': 'bigint', 'g': 'bigint', 'at': 'timestamp', 'v': 'int', 'w': 'int', 's': 'string'}
TABLES = {'a': ('bronze.a__rows', {'_source_ts': "timestamp '2026-01-01'", '_seq': '{seq}', '_ord': '0', '_tie': '0'}),
          'b': ('bronze.b__rows', {'_source_ts': "timestamp '2026-01-01'", '_seq': '{seq}', '_ord': '0', '_tie': '0',
                                   '_row_seq': '{seq}', '_row_ord': '0', '_row_tie': '0'}),
          'c': ('raw.c', {'_file': "'c.csv'", '_size': '1', '_modified': "timestamp '2026-01-01'"})}


class Line:
    """One pipeline, for all histories of a trial."""

    def __init__(self, spark, pipec, folder, models, plan=Plan(), faults=None, together=16):
        self.spark, self.pipec, self.folder = spark, pipec, folder
        self.models, self.plan, self.together = list(models), plan, together
        self.faults, self.wrong = faults or {}, collections.Counter()  # by model: what is done to its statements, and to how many
        self._seq = 0

    # ---- the specification
    def build(self):
        """Compiles both logics. Models that pipec refuses leave, with those that read them; its reports are given."""
        refused = []
        while reports := self._errors():
            refused += reports
            names = {model.name for model in self.models if any(f'of `{model.name}`' in report['message'] for report in reports)}
            assert names, reports
            self.models = [model for model in self.models if model.name not in names and not names & model.reads]
        self.warehouses = []
        for version in (0, 1):
            dist = self.pipec.build(self._project(version), out=self.folder / f'dist{version}')
            self.warehouses.append(Warehouse(self.spark, dist / 'prod'))
        return refused

    def _project(self, version):
        return captured.project(self.folder / f'project{version}', specification(self.models, version), self.folder / 'landing')

    def _errors(self):
        done = self.pipec.run('check', self._project(0), '--format', 'json', check=False)
        return [one for one in json.loads(done.stdout)['diagnostics'] if one['severity'] == 'error']

    def _deploy(self, version):
        self.version = version
        self.warehouses[version].deploy('platform:databricks', 'bronze.a', 'bronze.b', 'raw.c', *(model.name for model in self.models))

    # ---- inputs
    def _change(self, batches):
        """One batch of each history, a statement a table: one version of it."""
        for table, (name, own) in TABLES.items():
            last = {(place, change.key): change for place, batch in enumerate(batches) for change in batch if change.table == table}
            if last:
                self._merge(table, name, own, [(*incremental.stored(change, place), change.row is None)
                                               for (place, _), change in last.items()])

    def _merge(self, table, name, own, rows):
        self._seq += 1
        columns = ('id', *COLUMNS[table])
        own = {column: text.format(seq=self._seq) for column, text in own.items()}
        values = ', '.join(f'({", ".join(map(literal, row))})' for row in rows)
        typed = ', '.join(f'cast({column} as {TYPES[column]}) as {column}' for column in columns)
        deleted = {} if table == 'c' else {'_deleted': 's._deleted'}
        inserted = {column: f's.{column}' for column in columns} | deleted | own
        updated = ', '.join(f'{column} = {value}' for column, value in inserted.items())
        # A deleted row keeps what it held last, as a tombstone.
        tombstone = ', '.join(f'{column} = {value}' for column, value in (deleted | own).items() if not column.startswith('_row'))
        self.spark.sql(f'''
            merge into {name} as t
            using (select {typed}, _deleted from values {values} as rows ({", ".join(columns)}, _deleted)) as s on t.id = s.id
            when matched and s._deleted then update set {tombstone}
            when matched then update set {updated}
            when not matched and not s._deleted then insert ({", ".join(inserted)}) values ({", ".join(inserted.values())})''')

    # ---- runs
    def failing(self, histories):
        """Carries out the plan over all histories; gives the models with the places of those that they are wrong about."""
        (self.folder / 'landing').mkdir(parents=True, exist_ok=True)
        (self.folder / 'landing/c.csv').write_text('')
        self.found = {}
        self.warehouses[0].drop()
        self._deploy(0)
        for number in range(ROUNDS):
            if number == self.plan.switch:
                self._deploy(1)
            self._change([history[2 * number] for history in histories])
            self._round(number, [history[2 * number + 1] for history in histories])
        for model in self._built():
            self._run(model)
            self._compare(model)
        return self.found

    def _built(self):
        return [model for model in self.models if model.by != 'view']

    def _round(self, number, meanwhile):
        during, statement = self.plan.middle[number] if self.plan.middle else ('', 0)
        waiting = [meanwhile]

        def change():
            self._change(waiting.pop())

        for model in self._built():
            act = self.plan.act(number, model.name)
            here = model.name == during
            whole = act.kind != 'skip' and self._act(model, act, (statement, change) if here else None)
            if here and waiting:
                change()
            elif whole and not here:
                self._compare(model)
        if waiting:
            change()

    def _act(self, model, act, middle):
        """True if a run came to its end."""
        try:
            self._run(model, act, crash=act.crash, middle=middle)
            return True
        except Crash:
            if act.again:
                self._run(model)
            return act.again

    def _run(self, model, act=None, **how):
        warehouse = self.warehouses[self.version]
        node = warehouse.manifest.nodes[model.name]
        engine = Run(warehouse.engine, fault=self.faults.get(model.name), together=self.together, **how)
        executor = runtime.Executor(warehouse.manifest, {warehouse.manifest.warehouse.connection: engine}, 'run')
        try:
            if act and act.kind == 'backfill':
                first, behind = ((BASE + datetime.timedelta(days=day)).isoformat(' ') for day in act.days)
                executor.run(node.steps, 'backfill', {'backfill_start': first, 'backfill_end': behind})
            executor.run(node.steps)
        finally:
            self.wrong[model.name] += engine.wrong

    # ---- what has to come of it
    def _compare(self, model):
        columns = ', '.join([*model.columns, *(name for name in self.spark.table(model.name).columns if name not in model.columns)])
        rebuilt = f'select {columns} from ({model.sql(self.version)})'
        if model.by == 'time':
            rebuilt += f" where {model.columns[0]} >= '{model.starts[self.version]}'"
        held, full = (collections.Counter(map(tuple, self.spark.sql(query).collect()))
                      for query in (f'select {columns} from {model.name}', rebuilt))
        if held != full:
            different = (held - full) + (full - held)
            self.found.setdefault(model.name, set()).update(incremental.place_of(row[0]) for row in different)
