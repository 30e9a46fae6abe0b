"""An engine of the tests' process, for a runtime in another one: what Spark cannot be installed into, asks it here."""
import threading
from multiprocessing.connection import Client, Listener

KEY = b'pipec'


class Served:
    """Answers for an engine on a socket in a folder until closed. One client at a time."""

    def __init__(self, engine, address):
        self._engine, self.address = engine, str(address)
        self._listener = Listener(self.address, 'AF_UNIX', authkey=KEY)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection):
        try:
            while True:
                method, args = connection.recv()
                try:
                    rows = getattr(self._engine, method)(*args)
                    given = (list(rows.columns), [tuple(row) for row in rows.rows]) if method == 'query' else None
                    connection.send((given, None))
                except Exception as error:
                    connection.send((None, f'{type(error).__name__}: {error}'))
        except EOFError:
            pass

    def close(self):
        self._listener.close()


class Remote:
    platform = False

    def __init__(self, address):
        self._connection = Client(address, 'AF_UNIX', authkey=KEY)

    def _ask(self, method, *args):
        self._connection.send((method, args))
        given, error = self._connection.recv()
        if error:
            raise RuntimeError(error)
        return given

    def execute(self, sql, params):
        self._ask('execute', sql, dict(params))

    def query(self, sql, params):
        from pipec_runtime.engines.base import Rows
        return Rows(*self._ask('query', sql, dict(params)))

    def cancel(self):
        pass

    def close(self):
        self._connection.close()
