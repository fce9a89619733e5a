"""Settings: what is read from where, what is refused, and that no key is idle or secret."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
import yaml

from assistant import AssistantError, Settings, load_settings
from assistant.errors import SettingsError
from assistant.settings import default_config_path, find_config, parse_assignment


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def by_key(data: dict[str, Any]) -> dict[str, Any]:
    """Section and name, dotted → value; a value may be a mapping itself."""
    return {
        f"{section}.{name}": value for section, part in data.items() for name, value in part.items()
    }


DEFAULTS = by_key(yaml.safe_load(default_config_path().read_text(encoding="utf-8")))


def test_packaged_defaults_are_valid_and_mirror_the_model() -> None:
    settings = load_settings(default_config_path())
    assert set(by_key(settings.to_dict())) == set(DEFAULTS)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("retrieval: {pasages: 3}", "retrieval.passages"),
        ("retreival: {passages: 3}", "retrieval.passages"),
        ("answer: {passages: 3}", "retrieval.passages"),
        ("chunking: {token: 3}", "chunking.tokens"),
    ],
)
def test_unknown_key_names_the_nearest_known_one(tmp_path: Path, text: str, nearest: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, text))
    assert nearest in caught.value.hint
    assert str(tmp_path / "config.yaml") in caught.value.what


def test_key_like_nothing_known_points_to_the_list_of_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="assistant config"):
        load_settings(write(tmp_path, "zzzz: {qqqq: 1}"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("retrieval.passages", "many"),
        ("retrieval.passages", 0),
        ("retrieval.passages", 2.5),
        ("retrieval.passages", True),
        ("retrieval.weight_words", -1),
        ("retrieval.max_share_per_document", 0),
        ("answer.min_confidence", 1.5),
        ("answer.min_confidence", float("nan")),
        ("embedding.provider", "magic"),
        ("embedding.timeout_seconds", float("inf")),
        ("embedding.timeout_seconds", 0),
        ("documents.paths", 5),
        ("documents.paths", [5]),
        ("documents.follow_symlinks", "yes please"),
        ("documents.max_file_megabytes", -1),
        ("index.keep_previous", -1),
        ("index.path", 7),
        ("index.path", None),
        ("chunking.tokens", 3),
    ],
)
def test_wrong_value_is_refused_by_its_key(key: str, value: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(default_config_path(), {key: value})
    assert key in caught.value.what
    assert caught.value.exit_code == 2


def test_overlap_must_be_smaller_than_the_chunk() -> None:
    with pytest.raises(SettingsError, match=r"chunking\.overlap"):
        load_settings(default_config_path(), {"chunking.tokens": 64, "chunking.overlap": 64})


@pytest.mark.parametrize("text", ["a: [1, 2", "\t- x: {", "retrieval: !!python/object:x.y {}"])
def test_bad_yaml_is_one_clear_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="not valid YAML"):
        load_settings(write(tmp_path, text))


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words", "42"])
def test_yaml_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="must hold sections"):
        load_settings(write(tmp_path, text))


@pytest.mark.parametrize("text", ["retrieval: 5", "retrieval: [1]", "documents: notes"])
def test_section_that_is_a_value_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        load_settings(write(tmp_path, text))


def test_missing_file_and_binary_file_are_settings_errors(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        load_settings(tmp_path / "none.yaml")
    (tmp_path / "config.yaml").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "config.yaml")
    with pytest.raises(SettingsError):
        load_settings(tmp_path)


def test_empty_file_and_commented_out_section_give_the_defaults(tmp_path: Path) -> None:
    for text in ("", "# nothing\n", "retrieval:\n  # passages: 3\n"):
        assert load_settings(write(tmp_path, text)).retrieval.passages == 8


def test_file_then_environment_then_overrides_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "retrieval: {passages: 3, candidates: 30}\nanswer: {max_sentences: 1}\n")
    assert load_settings(path).retrieval.passages == 3
    monkeypatch.setenv("ASSISTANT__RETRIEVAL__PASSAGES", "12")
    monkeypatch.setenv("ASSISTANT__EMBEDDING__MODEL", "some-model")
    assert load_settings(path).retrieval.passages == 12
    settings = load_settings(path, {"retrieval.passages": 5})
    assert settings.retrieval.passages == 5
    assert settings.retrieval.candidates == 30
    assert settings.answer.max_sentences == 1
    assert settings.embedding.model == "some-model"
    assert settings.chunking.tokens == DEFAULTS["chunking.tokens"]


def test_unknown_environment_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT__RETRIEVAL__PASAGES", "12")
    with pytest.raises(SettingsError, match="in the environment") as caught:
        load_settings(default_config_path())
    assert "retrieval.passages" in caught.value.hint


def test_override_may_be_a_whole_section() -> None:
    settings = load_settings(default_config_path(), {"retrieval": {"passages": 2}})
    assert settings.retrieval.passages == 2
    assert settings.retrieval.candidates == DEFAULTS["retrieval.candidates"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("retrieval.passages=12", ("retrieval.passages", 12)),
        ("documents.paths=[a, b]", ("documents.paths", ["a", "b"])),
        ("embedding.base_url=http://x/v1?a=b", ("embedding.base_url", "http://x/v1?a=b")),
        ("embedding.api_key_env=", ("embedding.api_key_env", "")),
        (" answer.min_confidence =0.2", ("answer.min_confidence", 0.2)),
    ],
)
def test_assignment_on_the_command_line(text: str, expected: tuple[str, Any]) -> None:
    assert parse_assignment(text) == expected


@pytest.mark.parametrize("text", ["retrieval.passages", "=3", "  =3", "", "a.b=[1"])
def test_assignment_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_assignment(text)


def test_relative_paths_count_from_where_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    path = write(tmp_path / "a", "documents: {paths: [notes, /abs]}\nindex: {path: idx}\n")
    monkeypatch.chdir(tmp_path / "b")
    settings = load_settings(path)
    assert settings.documents.paths == (tmp_path / "a" / "notes", Path("/abs"))
    assert settings.index.path == tmp_path / "a" / "idx"
    settings = load_settings(path, {"documents.paths": "mine", "index.path": "here"})
    assert settings.documents.paths == (tmp_path / "b" / "mine",)
    assert settings.index.path == tmp_path / "b" / "here"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_settings(path, {"index.path": "~/x"}).index.path == tmp_path / "x"


def test_nearest_config_upward_is_used_and_that_of_another_tool_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "project" / "deep"
    inner.mkdir(parents=True)
    write(tmp_path, "retrieval: {passages: 7}\n")
    write(tmp_path / "project", "server: {port: 80}\ntheme: dark\n")
    monkeypatch.chdir(inner)
    assert find_config(inner) == tmp_path / "config.yaml"
    settings = load_settings()
    assert settings.retrieval.passages == 7
    assert settings.source == tmp_path / "config.yaml"


@pytest.mark.parametrize(
    "text", ["- a list\n- of another tool\n", "{{ template }}: {% if x %}\n", "port: 80\n"]
)
def test_config_of_another_tool_does_not_stop_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    write(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    assert find_config(tmp_path) is None
    assert load_settings().source is None


@pytest.mark.parametrize("text", ["retrieval: {passages: 3\n", "retreival: {passages: 3}\n"])
def test_our_config_with_a_slip_is_refused_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    write(tmp_path, text)
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    with pytest.raises(SettingsError):
        load_settings()


def test_without_any_file_the_packaged_defaults_count_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert settings.source is None
    assert settings.documents.paths == (tmp_path / "documents",)
    assert settings.index.path == tmp_path / ".assistant"


def test_settings_are_frozen() -> None:
    settings = load_settings(default_config_path())
    with pytest.raises(Exception, match="frozen"):
        settings.retrieval.passages = 3  # type: ignore[misc]


def test_secret_never_stands_in_settings_messages_or_dumps(monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "sk-canary-5e1f0c"
    monkeypatch.setenv("OPENAI_API_KEY", canary)
    settings = load_settings(default_config_path(), {"embedding.provider": "openai"})
    for shown in (
        repr(settings),
        str(settings),
        str(settings.to_dict()),
        settings.model_dump_json(),
    ):
        assert canary not in shown
    with pytest.raises(SettingsError):
        load_settings(default_config_path(), {"embedding.api_key": canary})


_DOES_NOT_SHAPE_ANSWERS = {
    "embedding.concurrency",
    "embedding.timeout_seconds",
    "embedding.batch_size",
    "embedding.api_key_env",
    "llm.timeout_seconds",
    "llm.max_retries",
    "llm.api_key_env",
    "llm.prices",
    "reading.processes",
    "ocr.cache_megabytes",
}


def _other(key: str, value: Any) -> Any:
    """Another valid value of a setting."""
    section, name = key.split(".")
    field = Settings.model_fields[section].annotation.model_fields[name]  # type: ignore[union-attr]
    names = get_args(field.annotation)
    if names and get_origin(names[0]) is Literal:  # an open list: packages bring more
        names = get_args(names[0])
    elif get_origin(field.annotation) is not Literal:
        names = ()
    if names:
        return next(each for each in names if each != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value / 2 or 0.5
    if name == "collections":
        return {"letters": {"path": "/srv/letters/index", "documents": ["/srv/letters"]}}
    if isinstance(value, dict):
        return {"some-model": [1.0, 2.0]}
    if name.endswith("_url"):
        return "https://elsewhere.example"
    if name.endswith("_origins"):
        return ["https://elsewhere.example"]
    return ["elsewhere"] if isinstance(value, list) else f"{value}-other"


@pytest.mark.parametrize("key", sorted(DEFAULTS))
def test_fingerprint_changes_with_answer_shaping_keys_only(key: str) -> None:
    before = load_settings(default_config_path())
    after = load_settings(default_config_path(), {key: _other(key, DEFAULTS[key])})
    assert after.to_dict() != before.to_dict()
    shapes = (
        not key.startswith(("documents.", "index.", "watch.", "chat.", "server."))
        and key not in _DOES_NOT_SHAPE_ANSWERS
    )
    assert (after.fingerprint() != before.fingerprint()) is shapes


def test_fingerprint_does_not_depend_on_how_a_number_is_written() -> None:
    one = load_settings(default_config_path(), {"retrieval.weight_words": 2})
    two = load_settings(default_config_path(), {"retrieval.weight_words": 2.0})
    assert one.fingerprint() == two.fingerprint()


def test_every_key_has_a_comment_above_it() -> None:
    """One comment may speak of several keys that follow each other without a blank line."""
    lines = default_config_path().read_text(encoding="utf-8").splitlines()
    keys = [at for at, line in enumerate(lines) if re.match(r"  \w+:", line)]
    assert len(keys) == len(DEFAULTS)
    above = {at: lines[at - 1].strip() for at in keys}
    bare = [lines[at] for at in keys if not (above[at].startswith("#") or at - 1 in keys)]
    assert not bare


def test_mapping_setting_takes_any_key(tmp_path: Path) -> None:
    for key in [key for key, value in DEFAULTS.items() if isinstance(value, dict)]:
        section, name = key.split(".")
        value = _other(key, {})
        path = write(tmp_path, yaml.safe_dump({section: {name: value}}))
        for settings in (load_settings(path), load_settings(default_config_path(), {key: value})):
            assert by_key(settings.to_dict())[key] == value


def test_every_setting_is_read_somewhere(repository: Path) -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (repository / "assistant").rglob("*.py")
        if path.parent.name != "settings"
    )
    idle = [key for key in DEFAULTS if not re.search(rf"\.{key.split('.')[1]}\b", code)]
    assert re.search(r"\.price_of\(", code)
    assert not idle


def test_errors_are_one_family() -> None:
    assert issubclass(SettingsError, AssistantError)
    assert isinstance(load_settings(default_config_path()), Settings)


def test_index_is_found_upward_like_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    (tmp_path / ".assistant").mkdir()
    assert load_settings().index.path == inner / ".assistant"  # no index in it
    (tmp_path / ".assistant" / "CURRENT").write_text("g000001")
    settings = load_settings()
    assert settings.index.path == tmp_path / ".assistant"
    assert settings.documents.paths == (tmp_path / "documents",)
    monkeypatch.setattr("os.getuid", lambda: os.stat(tmp_path).st_uid + 1)
    assert load_settings().index.path == inner / ".assistant"  # somebody else's
    (inner / "config.yaml").write_text("retrieval: {passages: 4}")
    monkeypatch.undo()
    monkeypatch.chdir(inner)
    assert load_settings().index.path == inner / ".assistant"  # the settings file decides


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("retrieval.passage", "did you mean 'retrieval.passages'?"),
        ("model", "did you mean 'llm.model' or 'embedding.model'?"),
        ("chat.upload", "did you mean 'chat.uploads'?"),
        ("server.prot", "did you mean 'server.port'?"),
    ],
)
def test_hint_names_the_key_of_the_same_section(key: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(default_config_path(), {key: 1})
    assert caught.value.hint == hint
