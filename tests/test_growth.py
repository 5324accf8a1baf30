"""That the measure of growth which other tests rely on can fail."""

from growth import is_linear


def test_what_reads_each_item_once_is_linear() -> None:
    def summed(items: list[int]) -> int:
        return sum(items)

    assert is_linear(summed, lambda size: list(range(size)), 20_000)


def test_what_reads_all_items_for_each_is_not() -> None:
    def squared(items: list[int]) -> int:
        return sum(sum(items) for _ in items)

    assert not is_linear(squared, lambda size: list(range(size)), 300)
