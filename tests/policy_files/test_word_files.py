from pathlib import Path
from typing import Any

import pytest

from streamdeid.policy_files.word_files import beside


def test_files_of_words_lie_beside_the_policy() -> None:
    content: dict[str, Any] = {
        "detection": {"deny": [{"file": "a.txt"}, {"words": ["x"]}], "allow": [{"file": "/lists/b.txt"}]}
    }
    beside(content, Path("folder"))
    assert content["detection"]["deny"] == [{"file": "folder/a.txt"}, {"words": ["x"]}]
    assert content["detection"]["allow"] == [{"file": "/lists/b.txt"}]


@pytest.mark.parametrize(
    "content", [None, [], {}, {"detection": 1}, {"detection": {"deny": "x", "allow": [1, {"file": 2}]}}]
)
def test_what_is_no_list_is_left_for_the_check_of_the_policy(content: Any) -> None:
    before = repr(content)
    beside(content, Path("folder"))
    assert repr(content) == before
