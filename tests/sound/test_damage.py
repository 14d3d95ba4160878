"""Whatever bytes come, only sound or one sentence comes out: a few seconds of ``scripts/fuzz_sound.py``."""

import io
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.settings import Settings
from radiodesk.rooms.recordings import services
from radiodesk.sound.audio_facts import AudioUnreadable
from tests.sound.mutations import KINDS, damaged, use, whole

FILES = 3


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_bytes_give_sound_or_a_sentence(tmp_path: Path, kind: str) -> None:
    sound = whole(kind)
    (tmp_path / "whole.bin").write_bytes(sound)
    assert "mp3" in list(use(tmp_path / "whole.bin", tmp_path))
    for number in range(FILES):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(damaged(sound, 1000 * KINDS.index(kind) + number))
        list(use(path, tmp_path))


def test_damaged_uploads_are_kept_and_what_can_be_heard_of_them_is_played(
    session: Session, settings: Settings, clock: ManualClock
) -> None:
    for number, kind in enumerate(KINDS):
        data = damaged(whole(kind), number)
        recording = services.store_upload(session, settings, io.BytesIO(data), f"pesan.{kind}", at=clock.now())
        assert services.original(settings, recording).read_bytes() == data
        try:
            services.require_sound(recording)
        except AudioUnreadable as refused:
            assert str(refused) == recording.problem
            continue
        assert recording.duration > 0
        assert services.playable(settings, recording).stat().size > 0
        assert services.outline(settings, recording)
