"""One of each consumer for the whole run, started when the first test asks for it and ended after the last."""
import pathlib
import shutil
import tempfile

import pytest

from harness import connect as connect_harness
from harness import landing as landing_harness
from harness import pipec as pipec_harness
from harness import postgres as postgres_harness
from harness import spark as spark_harness


@pytest.fixture(scope='session')
def scratch():
    """One folder for everything. Not pytest's own: the user that PostgreSQL runs as must be able to enter it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='pipec-'))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope='session')
def postgres(scratch):
    server = postgres_harness.Postgres(scratch / 'postgres')
    yield server
    server.close()


@pytest.fixture(scope='session')
def broker(scratch):
    server = connect_harness.Broker(scratch / 'broker')
    yield server
    server.close()


@pytest.fixture(scope='session')
def connect(scratch, broker, postgres):
    worker = connect_harness.Connect(scratch / 'connect', broker, landing_harness.environment(postgres))
    yield worker
    worker.close()


@pytest.fixture(scope='session')
def spark(scratch):
    session = spark_harness.session(scratch / 'spark')
    yield session
    session.stop()


@pytest.fixture(scope='session')
def pipec(scratch):
    return pipec_harness.Pipec(scratch / 'pipec')


@pytest.fixture(scope='session')
def landed(scratch, postgres, connect, pipec):
    """specs/first from the source's tables to landed files, all batches of the sample applied: harness/landing.py."""
    landing = landing_harness.Landing(scratch / 'first', postgres, connect, pipec)
    try:
        landing.start()
        yield landing
    finally:
        landing.close()
