"""That benchmarks measure what they say they do. What they measure depends on the machine, and is not judged here."""

import pytest

from streamdeid.bench import engine, sizes
from streamdeid.bench.engine import Workload, measure, profile, workloads
from streamdeid.demo.generate import bundle
from streamdeid.demo.people import patients
from streamdeid.engine import Deidentifier, Request
from streamdeid.errors import UsageError
from streamdeid.types import Format, Released


@pytest.fixture(scope="module")
def found() -> list[Workload]:
    return list(workloads())


def test_there_are_results_reports_and_large_bundles(found: list[Workload]) -> None:
    plain, narrative, bundles = found
    assert {content.count(b"\r") for content in plain.messages} == {12}
    assert all(b"|TX|" in content for content in narrative.messages)
    assert all(500_000 <= len(content) < 501_000 for content in bundles.messages)
    assert bundles.size == pytest.approx(500_500, rel=0.01)
    for workload in found:
        assert len(set(workload.messages)) == len(workload.messages)


def test_what_is_measured_is_released(found: list[Workload], deidentifier: Deidentifier) -> None:
    for workload in found:
        requests = [Request(content, workload.format, number) for number, content in enumerate(workload.messages[:8])]
        if workload.format is Format.FHIR:
            requests = requests[:1]
        assert {type(outcome) for outcome in deidentifier.process(requests, {})} == {Released}


def test_figures_agree_with_each_other(found: list[Workload]) -> None:
    figure = measure(Workload("few", Format.HL7V2, found[0].messages[:4]), 0.01)
    assert figure.name == "few"
    assert figure.messages >= 4
    assert figure.messages % 4 == 0
    assert figure.ms_each > 0
    assert figure.messages_per_second == pytest.approx(1000 / figure.ms_each)
    assert figure.mb_per_second == pytest.approx(figure.bytes_each * figure.messages_per_second / 1e6)


def test_refusals_are_not_measured() -> None:
    with pytest.raises(UsageError, match="refused with er7"):
        measure(Workload("bad", Format.HL7V2, (b"no message",)), 0.01)


def test_shares_of_modules_are_shares_of_one(found: list[Workload]) -> None:
    shares = profile(Workload("few", Format.HL7V2, found[1].messages[:4]), rounds=1, top=1000)
    assert sum(share.share for share in shares) == pytest.approx(1)
    assert [share.share for share in shares] == sorted((share.share for share in shares), reverse=True)
    assert "streamdeid.formats.er7_scanner" in {share.module for share in shares}
    assert len(profile(Workload("few", Format.HL7V2, found[1].messages[:1]), rounds=1, top=3)) == 3


def test_growth_is_measured_up_to_the_limit() -> None:
    rows = list(sizes.growth(10_000, seconds=0.01))
    assert [row.name for row in rows] == ["bundle", "oru", "bundle", "oru"]
    assert all(row.ms_per_mb == pytest.approx(row.ms / (row.bytes / 1e6)) for row in rows)
    assert rows[2].bytes == len(bundle(patients(seed=12, count=1)[0], 10_000))
    assert rows[3].bytes == pytest.approx(10_000, rel=0.3)
    assert engine.SECRET
