import ssl
from pathlib import Path

import pytest

from streamdeid.errors import SettingsError
from streamdeid.settings import Security, Settings
from topologies.connection import client_options, faust_options


def settings(**security: object) -> Settings:
    return Settings(
        secret=bytes(16), quarantine_key=bytes(32), brokers="a:1,b:2", security=Security.model_validate(security)
    )


def test_brokers_in_the_clear() -> None:
    assert client_options(settings()) == {
        "bootstrap_servers": ["a:1", "b:2"],
        "security_protocol": "PLAINTEXT",
        "ssl_context": None,
    }
    assert faust_options(settings()) == {"broker": "kafka://a:1;b:2", "broker_credentials": None}


def test_tls_checks_certificates_and_names() -> None:
    context = client_options(settings(protocol="SSL"))["ssl_context"]
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert faust_options(settings(protocol="SSL"))["broker_credentials"].protocol.value == "SSL"


def test_logins() -> None:
    given = settings(protocol="SASL_SSL", sasl_username="u", sasl_password="p")
    options = client_options(given)
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("u", "p")
    credentials = faust_options(given)["broker_credentials"]
    assert credentials.protocol.value == "SASL_SSL"
    assert credentials.mechanism.value == "SCRAM-SHA-512"


def test_certificates_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="certificates"):
        client_options(settings(protocol="SSL", ca_file=tmp_path / "missing"))
