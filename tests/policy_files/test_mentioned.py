from pathlib import Path

from streamdeid.policy_files.mentioned import mentioned_files


def files(folder: Path, name: str = "ours.yaml") -> set[str]:
    return {str(file).removeprefix(f"{folder}/") for file in mentioned_files(str(folder / name))}


def test_all_that_a_policy_is_made_of(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(
        "include: [expert_determination, sub/part.yaml, gone.yaml]\n"
        "models: [clinical, /models/own, {model: /models/other}, own/model]\n"
        "detection:\n"
        "  allow: [{file: wards.txt}]\n"
        "  pipeline:\n"
        "    - {kind: ner, model_path: /m/a.onnx, tokenizer_path: /t/b.json}\n"
        "    - {kind: regex, name: MRN, file: mrn.txt}\n"
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "part.yaml").write_text("include: ../ours.yaml\ndetection: {deny: [{file: staff.txt}]}\n")
    model = {f"/models/{name}/{part}" for name in ("own", "other") for part in ("model.onnx", "tokenizer.json")}
    configs = {"/models/own/config.json", "/models/other/config.json", "/m/config.json"}
    assert {str(Path(file)) for file in files(tmp_path)} - {"clinical/model.onnx"} >= {
        "own/model/model.onnx", "own/model/config.json",
        "ours.yaml", "sub/part.yaml", "gone.yaml", "wards.txt", "mrn.txt", "sub/staff.txt", "/m/a.onnx", "/t/b.json",
        *model, *configs,
    }  # fmt: skip


def test_a_shipped_policy_has_no_files() -> None:
    assert mentioned_files("expert_determination") == frozenset()


def test_what_cannot_be_read_is_watched_all_the_same(tmp_path: Path) -> None:
    assert files(tmp_path) == {"ours.yaml"}
    for text in ("[", "a", "include: 7\ndetection: [[{file: 7}]]\n", "a: &a [*a, {file: x}]\n", "\x00", "a: \xff"):
        (tmp_path / "ours.yaml").write_text(text, encoding="latin-1")
        assert files(tmp_path) in ({"ours.yaml"}, {"ours.yaml", "x"})
