from topologies.notices import partition_of


def test_keys_spread_over_partitions() -> None:
    assert {partition_of(str(number), 5) for number in range(100)} == set(range(5))
