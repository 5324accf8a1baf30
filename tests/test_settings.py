from pathlib import Path

import pytest

from streamdeid.errors import SettingsError
from streamdeid.settings import ModelSettings, Settings, read_secret

SECRET = "5e" * 32
ENVIRON = {"STREAMDEID_SECRET": SECRET, "HOME": "/"}


def test_a_secret_is_all_that_has_to_be_given() -> None:
    settings = Settings.from_environ(ENVIRON)
    assert settings.secret == bytes.fromhex(SECRET)
    assert settings.topics.raw_hl7v2 == "raw.hl7v2"
    assert len(settings.quarantine_key) == 32
    assert settings.quarantine_key != settings.secret


def test_variables_are_read_and_typed() -> None:
    settings = Settings.from_environ(
        ENVIRON
        | {
            "STREAMDEID_BROKERS": "a:1,b:2",
            "STREAMDEID_PARTITIONS": "12",
            "STREAMDEID_TOPIC_CLEAN_FHIR": "fhir.clean",
            "STREAMDEID_SECURITY_PROTOCOL": "SASL_SSL",
            "STREAMDEID_SECURITY_SASL_USERNAME": "worker",
            "STREAMDEID_STALL_SECONDS": "12.5",
            "STREAMDEID_QUARANTINE_KEY": "ab" * 32,
            "STREAMDEID_TEST_KAFKA": "c:3",
        }
    )
    assert settings.brokers == "a:1,b:2"
    assert (settings.partitions, settings.stall_seconds) == (12, 12.5)
    assert settings.topics.clean_fhir == "fhir.clean"
    assert settings.security.protocol == "SASL_SSL"
    assert settings.quarantine_key == b"\xab" * 32


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STREAMDEID_BROKERS", "Hiddenvalue"),
        ("STREAMDEID_PARTITIONS", "Hiddenvalue"),
        ("STREAMDEID_TOPIC_AUDIT", "Hiddenvalue!"),
        ("STREAMDEID_SECURITY_PROTOCOL", "Hiddenvalue"),
        ("STREAMDEID_QUARANTINE_KEY", "Hiddenvalue"),
        ("STREAMDEID_QUARANTINE_KEY", "ab" * 33),
        ("STREAMDEID_SECRET", "Hiddenvalue"),
        ("STREAMDEID_SECRET", "abcd"),
        ("STREAMDEID_BROKRES", "Hiddenvalue"),
        ("STREAMDEID_MODEL_THREADS", "Hiddenvalue"),
        ("STREAMDEID_MODEL_THREDS", "Hiddenvalue"),
    ],
)
def test_what_is_unusable_is_named_but_not_quoted(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environ(ENVIRON | {variable: value})
    assert variable in str(raised.value)
    assert "Hiddenvalue" not in str(raised.value)


def test_how_models_run_is_read_alone_too() -> None:
    environ = ENVIRON | {"STREAMDEID_MODEL_THREADS": "2", "STREAMDEID_MODEL_REMEMBERED": "0"}
    running = ModelSettings.from_environ(environ)
    assert (running.threads, running.remembered) == (2, 0)
    assert Settings.from_environ(environ).model == running
    assert ModelSettings.from_environ({"STREAMDEID_BROKERS": "of no concern here"}) == ModelSettings()
    with pytest.raises(SettingsError, match="STREAMDEID_MODEL_THREADS") as raised:
        ModelSettings.from_environ({"STREAMDEID_MODEL_THREADS": "Hiddenvalue"})
    assert "Hiddenvalue" not in str(raised.value)


def test_no_two_topics_are_one() -> None:
    with pytest.raises(SettingsError, match=r"STREAMDEID_TOPIC_\*: .*same name"):
        Settings.from_environ(ENVIRON | {"STREAMDEID_TOPIC_CLEAN_FHIR": "raw.fhir"})


def test_no_secret_shows_in_a_representation() -> None:
    settings = Settings.from_environ(ENVIRON | {"STREAMDEID_SECURITY_SASL_PASSWORD": "Hiddenvalue"})
    shown = repr(settings) + str(settings)
    for secret in (settings.secret, settings.quarantine_key):
        assert repr(secret)[2:-1] not in shown
    assert "Hiddenvalue" not in shown


def test_a_secret_comes_from_a_file_or_a_variable(tmp_path: Path) -> None:
    file, other = tmp_path / "secret", tmp_path / "other"
    file.write_text("aa" * 16 + "\n")
    other.write_text("bb" * 16)
    environ = {"STREAMDEID_SECRET": "cc" * 16}
    assert read_secret(environ) == b"\xcc" * 16
    environ["STREAMDEID_SECRET_FILE"] = str(file)
    assert read_secret(environ) == b"\xaa" * 16
    assert read_secret(environ, other) == b"\xbb" * 16


def test_a_missing_secret_is_an_error_that_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="STREAMDEID_SECRET_FILE or STREAMDEID_SECRET"):
        read_secret({})
    with pytest.raises(SettingsError, match="cannot be read"):
        read_secret({}, tmp_path / "missing")


def test_how_often_the_policy_is_looked_at() -> None:
    assert Settings.from_environ(ENVIRON).policy_reload_seconds == 5
    assert Settings.from_environ(ENVIRON | {"STREAMDEID_POLICY_RELOAD_SECONDS": "0"}).policy_reload_seconds == 0
    with pytest.raises(SettingsError, match="STREAMDEID_POLICY_RELOAD_SECONDS"):
        Settings.from_environ(ENVIRON | {"STREAMDEID_POLICY_RELOAD_SECONDS": "-1"})
