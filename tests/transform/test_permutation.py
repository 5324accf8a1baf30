from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.transform.permutation import Permutation

KEY = bytes(range(32))


@pytest.mark.parametrize("size", [2, 3, 4, 5, 10, 26, 36, 255, 256, 257, 676, 1000, 6000])
def test_permutes_a_small_domain_without_fixed_points(size):
    permutation = Permutation(KEY, size)
    images = [permutation(number) for number in range(size)]
    assert sorted(images) == list(range(size))
    assert all(image != number for number, image in enumerate(images))


@pytest.mark.parametrize("size", [10, 300])
def test_permutes_a_subset_without_fixed_points(size):
    permutation = Permutation(KEY, size)
    subset = [number for number in range(size) if number % 3 == 0]
    images = [permutation.within(number, lambda candidate: candidate % 3 == 0) for number in subset]
    assert sorted(images) == subset
    assert all(image != number for number, image in zip(subset, images, strict=True))


def test_the_key_decides():
    first, second = Permutation(KEY, 10**6), Permutation(bytes(32), 10**6)
    assert [first(number) for number in range(20)] != [second(number) for number in range(20)]


@given(size=st.integers(2, 10**60), data=st.data())
def test_stays_within_a_large_domain(size, data):
    permutation = Permutation(KEY, size)
    number = data.draw(st.integers(0, size - 1))
    image = permutation(number)
    assert 0 <= image < size
    assert image != number


def test_one_number_cannot_be_permuted():
    with pytest.raises(ValueError, match="two"):
        Permutation(KEY, 1)


def test_spreads_evenly():
    """Neighbours do not stay neighbours, and every tenth is met about equally often."""
    permutation = Permutation(KEY, 10**6)
    images = [permutation(number) for number in range(5000)]
    tenths = [sum(1 for image in images if image // 100_000 == tenth) for tenth in range(10)]
    assert min(tenths) > 400
    assert sum(1 for first, second in pairwise(images) if abs(first - second) < 10) < 10
