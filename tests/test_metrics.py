from prometheus_client import generate_latest

from streamdeid.metrics import Metrics
from streamdeid.types import Format, Quarantined, Released


def scraped(metrics: Metrics) -> str:
    return generate_latest(metrics.registry).decode()


def test_messages_are_counted_by_outcome_and_code() -> None:
    metrics = Metrics()
    metrics.settled(Format.FHIR, Released(b"{}"), 0.01)
    metrics.settled(Format.FHIR, Released(b"{}"), 0.02)
    metrics.settled(Format.HL7V2, Quarantined("message.timeout", "Madeupfamily"), 7)
    text = scraped(metrics)
    assert 'streamdeid_messages_total{code="",format="fhir",outcome="released"} 2.0' in text
    assert 'streamdeid_messages_total{code="message.timeout",format="hl7v2",outcome="quarantined"} 1.0' in text
    assert 'streamdeid_latency_seconds_bucket{le="0.025"} 2.0' in text
    assert "Madeupfamily" not in text


def test_a_code_that_is_none_of_ours_is_no_label() -> None:
    metrics = Metrics()
    metrics.settled(Format.FHIR, Quarantined("Madeupfamily"), 1)
    assert "Madeupfamily" not in scraped(metrics)


def test_lag_of_partitions_that_are_gone_is_forgotten() -> None:
    metrics = Metrics()
    metrics.lag("raw.fhir", 3, 17)
    assert 'streamdeid_lag_messages{partition="3",topic="raw.fhir"} 17.0' in scraped(metrics)
    metrics.assigned()
    assert "raw.fhir" not in scraped(metrics)


def test_hops_are_counted() -> None:
    metrics = Metrics()
    metrics.routed(5)
    metrics.repeated(2)
    metrics.noticed(4)
    metrics.in_flight("ingest", 3)
    text = scraped(metrics)
    assert "streamdeid_routed_total 5.0" in text
    assert "streamdeid_repeats_total 2.0" in text
    assert "streamdeid_notices_total 4.0" in text
    assert 'streamdeid_in_flight_messages{stage="ingest"} 3.0' in text


def test_a_changed_policy_is_counted_and_the_one_in_force_is_told() -> None:
    metrics = Metrics()
    metrics.policy("0" * 16)
    metrics.reloaded("refused", "0" * 16)
    metrics.reloaded("accepted", "1" * 16)
    text = scraped(metrics)
    assert 'streamdeid_policy_reload_total{outcome="refused"} 1.0' in text
    assert 'streamdeid_policy_reload_total{outcome="accepted"} 1.0' in text
    assert f'streamdeid_policy_in_force{{digest="{"1" * 16}"}} 1.0' in text
    assert "0" * 16 not in text
