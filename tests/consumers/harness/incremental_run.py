"""The engine of one run of a model: it dies where it is told to, lets others write meanwhile, executes statements that are not quite right."""
import dataclasses
import datetime
import re

from .warehouse import Crash

IN_WINDOW = re.compile(r'(\S+) >= :window_start\s+and \1 < :window_end')


def literal(value):
    match value:
        case None:
            return 'null'
        case bool() | int():
            return str(value).lower()
        case datetime.datetime():
            return f"timestamp '{value.replace(tzinfo=None).isoformat(' ')}'"
        case datetime.date():
            return f"date '{value}'"
    return f"'{value}'"


def touching(windows):
    """Windows that end where the next one begins, as one."""
    found = []
    for start, end in windows:
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
    return found


class Run:
    """Many histories mean many windows, and a window some ten statements. `together` windows are built by one: each statement as it was
    generated, its condition on the window written once for each of them."""

    def __init__(self, engine, *, crash=None, middle=None, fault=None, together=None):
        self._engine, self._crash, self._middle, self._fault, self._together = engine, crash, middle, fault, together
        self.platform, self.written, self.statements, self.wrong = engine.platform, 0, 0, 0
        self._windows = {}

    def execute(self, sql, params):
        if self.written == self._crash:
            raise Crash()
        self.written += 1
        self._engine.execute(*self._statement(sql, params))

    def query(self, sql, params):
        found = self._engine.query(*self._statement(sql, params))
        if self._together is None or list(found.columns) != ['window_start', 'window_end']:
            return found
        windows, parts = list(found.rows), []
        for at in range(0, len(windows), self._together):
            part = windows[at:at + self._together]
            self._windows[part[0][0]] = touching(part)
            parts.append((part[0][0], part[-1][1]))
        return dataclasses.replace(found, rows=iter(parts))

    def _statement(self, sql, params):
        if self._middle and self._middle[0] == self.statements:
            self._middle[1]()
        self.statements += 1
        wrong = self._fault(sql) if self._fault else sql
        self.wrong += wrong != sql
        if 'window_start' in params and self._together is not None:
            windows = self._windows[params['window_start']]
            wrong = IN_WINDOW.sub(lambda found: '(' + ' or '.join(
                f'({found[1]} >= {literal(start)} and {found[1]} < {literal(end)})' for start, end in windows) + ')', wrong)
            params = {name: value for name, value in params.items() if not name.startswith('window_')}
        return wrong, params
