import os
from collections.abc import Iterator

import pytest
from kafka_broker import Broker, fetch_jars


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that tests may restart."""
    fetch_jars()
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> str:
    """The address of a broker: the one of STREAMDEID_TEST_KAFKA, or one that is started."""
    return os.environ.get("STREAMDEID_TEST_KAFKA") or request.getfixturevalue("broker").address
