from streamdeid.formats.offsets import wide_characters


def test_offsets_agree_with_encoding():
    text = "aé€😀b\U0010ffffü"
    raw = b"__" + text.encode() + b"__"
    wide = wide_characters(raw, 2, len(raw) - 2)
    assert [wide.offset(i) for i in range(len(text) + 1)] == [len(text[:i].encode()) for i in range(len(text) + 1)]


def test_ascii_has_no_wide_characters():
    assert not wide_characters(b"abc", 0, 3).indices
