"""Change data from end to end, on the real parts: an application writes to a PostgreSQL, and what it wrote has to be in another one, once and in
order, through the artifacts that pipec has made of tests/e2e/project. Exit code 1 if anything is lost, doubled, or not as it was."""
import argparse
import collections
import json
import pathlib
import random
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'consumers')]

from harness import env, pipec  # noqa: E402

import compare  # noqa: E402
import load  # noqa: E402
import system  # noqa: E402

FAULTS = ['connect', 'broker', 'worker', 'copy', 'source']


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--changes', type=int, default=200_000, help='rows that the application changes')
    parser.add_argument('--rate', type=float, default=500, help='of them in a second, at most')
    parser.add_argument('--barriers', type=int, default=5, help='times at which source and serving are compared')
    parser.add_argument('--moments', type=int, default=10, help='past states that the history is asked for')
    parser.add_argument('--faults', type=int, default=0, help='how often each kind of part is killed or cut')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--report', type=pathlib.Path, help='a file for the figures')
    parser.add_argument('--keep', action='store_true', help='leave the folder with all files and logs')
    return parser.parse_args()


class Faults:
    """Each kind several times, at moments of the load that the seed decides."""

    def __init__(self, parts, count, seed, total):
        self._parts, self._random = parts, random.Random(seed)
        self.due = sorted((self._random.randrange(total // 20, total), kind) for kind in FAULTS for _ in range(count))
        self.done = []

    def tick(self, changes):
        if not self.due or changes < self.due[0][0]:
            return
        at, kind = self.due[0]
        if self._strike(kind):
            self.done.append((kind, at))
            self.due.pop(0)

    def _strike(self, kind):
        """False: not now, the moment is not bad enough."""
        parts = self._parts
        match kind:
            case 'connect':
                return killed(parts.connect.process)
            case 'broker':
                return killed(parts.broker.process)
            case 'worker':
                return parts.doing().startswith('merge') and killed(parts.worker)
            case 'copy':
                return bool(system.cut(parts.serving, "usename = 'loader' AND query ILIKE 'copy%' AND state = 'active'"))
            case 'source':
                return bool(system.cut(parts.source, "datname = 'shop'"))


def killed(process):
    """False: it is dead already, and nobody has started it again."""
    alive = process.child.poll() is None
    process.child.kill()
    return alive


class Trial:
    def __init__(self, options, folder):
        self.options, self.begun = options, time.monotonic()
        self.parts = system.System(folder, pipec.Pipec(folder))
        self.wrong, self.moments, self.barriers, self.shown, self.readers = [], [], [], 0, None

    def run(self):
        options, parts = self.options, self.parts
        self.say('starting PostgreSQL twice, Kafka, Connect with Debezium, Spark with Delta')
        parts.start()
        self.app = load.Load(parts.source_connection, options.seed, options.changes, options.rate)
        self.readers = system.Readers(parts.serving)
        self.faults = Faults(parts, options.faults, options.seed, options.changes)
        self.begun_load = time.monotonic()
        self.app.start()
        self.readers.start()
        stops = sorted([(options.changes * (i + 1) // options.barriers, 'barrier') for i in range(options.barriers)] +
                       [(options.changes * (2 * i + 1) // (2 * (options.moments - options.barriers)), 'moment')
                        for i in range(options.moments - options.barriers)])
        for changes, kind in stops:
            self.until(changes)
            self.app.pause()
            self.look(barrier=kind == 'barrier')
            self.app.go_on()
        self.took = time.monotonic() - self.begun_load
        self.readers.stop()
        self.wrong += [f'a reader saw {seen}' for seen in self.readers.wrong]
        self.parts.stop_worker()
        self.say(f'asking the history for {len(self.moments)} past moments')
        import worker
        spark = worker.session(parts.work)
        self.wrong += compare.replayed(spark, self.moments) + compare.kept_aside(spark)

    def until(self, changes):
        while self.app.changes < changes and not self.app.done:
            if self.app.failure:
                raise self.app.failure
            self.tick()

    def look(self, barrier):
        with self.parts.source_connection() as source:
            if barrier:
                load.mark(source, len(self.barriers) + 1)
            self.moments.append(compare.moment(source))
        if not barrier:
            return
        waited = self.arrived(len(self.barriers) + 1)
        # A session of its own: a fault may have ended the one before.
        with self.parts.source_connection() as source, self.parts.serving.connect('serving') as serving:
            found = compare.differences(source, serving)
        self.wrong += [f'barrier {len(self.barriers) + 1}: {difference}' for difference in found]
        self.barriers.append(waited)
        self.say(f'barrier {len(self.barriers)}: the marker took {waited:.0f} s, {len(found) or "no"} differences')

    def arrived(self, number):
        """Seconds until the marker is in every table of the serving database."""
        begun = time.monotonic()
        query = ' AND '.join(f'EXISTS (SELECT FROM app.{table} WHERE {key} = {-number})' for table, key in [
            ('customers', 'customer_id'), ('orders', 'order_id'), ('order_lines', 'order_id'), ('customer_value', 'customer_id')])

        def there():
            self.tick()
            with self.parts.serving.connect('serving') as serving:
                return serving.execute(f'SELECT {query}').fetchone()[0] and self.daily_is_there(serving)
        env.wait_until(f'marker {number} to arrive', there, 1800, 1)
        return time.monotonic() - begun

    def daily_is_there(self, serving):
        """Its rows are days: the marker's is there when as many orders are counted as there are."""
        return serving.execute("SELECT (SELECT sum(orders) FROM app.daily) = "
                               "(SELECT count(*) FROM app.orders WHERE placed_at >= '2026-01-01 00:00+00')").fetchone()[0]

    # ---- progress
    def tick(self):
        self.faults.tick(self.app.changes)
        time.sleep(0.2)
        if time.monotonic() - self.shown > (1 if sys.stdout.isatty() else 15):
            self.shown = time.monotonic()
            runs, parts = self.parts.runs(), self.parts
            text = (f'{self.app.changes:>7} of {self.options.changes} changes, {parts.landed() / 1e6:6.1f} MB landed, '
                    f'{len(runs)} runs, last {runs[-1]["took"] if runs else 0:3.0f} s, {len(self.faults.done)} faults, '
                    f'{self.readers.reads} reads, longest {self.readers.longest * 1000:.0f} ms')
            print(f'\r{self.clock()} {text}', end='' if sys.stdout.isatty() else '\n', flush=True)

    def clock(self):
        seconds = int(time.monotonic() - self.begun)
        return f'{seconds // 60:3}:{seconds % 60:02}'

    def say(self, text):
        print(f'{chr(10) if self.shown and sys.stdout.isatty() else ""}{self.clock()} {text}', flush=True)

    def close(self):
        if self.readers:
            self.readers.stop()
        self.parts.close()

    def report(self):
        runs = self.parts.runs()
        return {
            'changes': self.app.changes, 'transactions': self.app.transactions, 'seconds': round(self.took),
            'barriers': [round(seconds) for seconds in self.barriers], 'moments': len(self.moments),
            'runs': len(runs), 'failed_runs': sum(not run['success'] for run in runs),
            'failed_steps': sorted({step for run in runs for step in run['failed']}), 'run_seconds': [round(run['took']) for run in runs], 'slowest_statements': slowest(runs),
            'faults': [f'{kind} at {at}' for kind, at in self.faults.done], 'restarts': self.parts.restarts,
            'reads': self.readers.reads, 'longest_read_ms': round(self.readers.longest * 1000), 'wrong': self.wrong}


def slowest(runs):
    """Seconds of the statements that took longest, in all runs together."""
    seconds = collections.Counter()
    for run in runs:
        seconds.update(run['seconds'])
    return {statement: round(took) for statement, took in seconds.most_common(10)}


def main():
    options = arguments()
    folder = pathlib.Path(tempfile.mkdtemp(prefix='pipec-e2e-'))
    folder.chmod(0o755)  # the databases run as another user
    trial = Trial(options, folder / 'run')
    try:
        trial.run()
    finally:
        trial.close()
        if options.keep:
            print(folder)
    report = trial.report()
    print(json.dumps(report, indent=2))
    if options.report:
        options.report.write_text(json.dumps(report, indent=2) + '\n')
    return 1 if trial.wrong else 0


if __name__ == '__main__':
    sys.exit(main())
