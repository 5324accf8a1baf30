from hypothesis import given
from hypothesis import strategies as st

from streamdeid.message.ahead import together


@given(st.lists(st.text(max_size=9)), st.integers(1, 5), st.integers(1, 20))
def test_all_items_in_order_in_lists_that_end_as_soon_as_they_are_large_enough(
    items: list[str], most: int, enough: int
) -> None:
    lists = list(together(items, len, most, enough))
    assert [item for one in lists for item in one] == items
    for one in lists:
        assert 0 < len(one) <= most
        assert sum(map(len, one[:-1])) < enough
    for one in lists[:-1]:
        assert len(one) == most or sum(map(len, one)) >= enough


def test_nothing_is_read_before_it_is_wanted() -> None:
    read: list[int] = []
    first = next(together((read.append(item) or item for item in range(9)), lambda _: 1, 2, 99))
    assert first == read == [0, 1]
