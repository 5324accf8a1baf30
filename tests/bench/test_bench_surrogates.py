import pytest

from streamdeid.bench import surrogates
from streamdeid.bench.surrogates import KINDS, costs


def test_every_kind_is_measured_with_and_without_a_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surrogates, "_BATCH", 20)
    found = list(costs(0.0))
    assert [cost.name for cost in found] == [kind.name for kind in KINDS]
    assert all(cost.choices == 20 for cost in found)
    assert all(0 < cost.cached_us < cost.uncached_median_us for cost in found)
    assert all(cost.uncached_us <= cost.uncached_median_us for cost in found)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_values_of_a_kind_are_different_ones(kind: surrogates.Kind) -> None:
    assert len({kind.value(number) for number in range(1000)}) == 1000
