"""What becomes of the sound of the lines: whole, aligned, and with every gap known."""

import os
from pathlib import Path

import numpy as np
import pytest

from radiodesk.sound.line_setup import Line, LineKind, Lines
from radiodesk.sound.pcm import Pcm
from radiodesk.sound.recorder.engine import LineState, LineUnknown, NoRoom
from radiodesk.sound.recorder.recorder_report import state
from radiodesk.sound.recorder.recovery import RESUME_SECONDS, recover
from radiodesk.sound.recorder.take_direction import Block
from tests.sound.recorder.rig import AT, HYBRID, ONE_DEVICE, RATE, STUDIO, TWO_DEVICES, Rig, kinds, samples_of


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_a_call_keeps_caller_and_studio_apart_and_aligned(rig: Rig) -> None:
    rig.hear(1.0)
    take = rig.recorder.open("hibrida", by="penyaring")
    heard = rig.hear(2.0)
    rig.recorder.close("hibrida", by="penyaring")
    rig.hear(1.0)
    kept = rig.take(take.id)
    assert np.array_equal(samples_of(kept, "caller"), heard)
    assert np.array_equal(samples_of(kept, "studio"), -heard)
    assert (kept.about.started_at - AT).total_seconds() == pytest.approx(1.0)
    assert rig.events() == ["opened", "closed"]


def test_a_line_that_opens_inside_a_block_begins_there(rig: Rig) -> None:
    rig.hear(1.0)
    rig.seconds += 0.05
    take = rig.recorder.open("hibrida")
    rig.seconds -= 0.05
    heard = rig.hear(0.2)
    rig.recorder.close("hibrida")
    assert np.array_equal(samples_of(rig.take(take.id), "caller"), heard[RATE // 20 :])


def test_a_broadcast_begins_when_it_began_though_the_recorder_is_told_later(rig: Rig) -> None:
    rig.hear(5.0)
    begun = rig.now()
    heard = rig.hear(1.5)
    take = rig.recorder.open("studio", since=begun, broadcast="b1")
    more = rig.hear(1.0)
    rig.recorder.close("studio")
    kept = rig.take(take.id)
    assert kept.about.started_at == begun
    assert (kept.about.feed, kept.about.broadcast) == ("broadcast", "b1")
    assert np.array_equal(samples_of(kept, "programme"), -np.concatenate([heard, more]))


def test_an_unplugged_device_leaves_a_marked_gap_of_the_right_length_and_goes_on(rig: Rig) -> None:
    rig.hear(1.0)
    take = rig.recorder.open("hibrida")
    first = rig.hear(1.0)
    rig.recorder.lose_device("USB", "absent")
    rig.recorder.lose_device("USB", "absent")
    rig.wait(4.0)
    second = rig.hear(1.0)
    rig.recorder.close("hibrida")
    kept = rig.take(take.id)
    silence: Pcm = np.zeros(4 * RATE, np.int16)
    assert np.array_equal(samples_of(kept, "caller"), np.concatenate([first, silence, second]))
    gap = next(entry for entry in kept.log() if entry["kind"] == "gap")
    assert (gap["frame"], gap["seconds"], gap["why"]) == (RATE, 4.0, "device lost")
    assert rig.events() == ["opened", *["device_lost"] * 2, *["device_back"] * 2, "closed"]


def test_one_device_that_goes_does_not_stop_the_other(rig: Rig) -> None:
    rig.start(TWO_DEVICES)
    rig.hear(1.0, "USB", "Meja")
    take = rig.recorder.open("hibrida")
    rig.hear(1.0, "USB", "Meja")
    rig.recorder.lose_device("Meja", "absent")
    rig.hear(2.0, "USB")
    rig.recorder.close("hibrida")
    kept = rig.take(take.id)
    assert kept.frames("caller") == kept.frames("studio") == 3 * RATE
    assert [entry["direction"] for entry in kept.log() if entry["kind"] == "gap"] == ["studio"]


def test_a_line_opened_while_its_device_is_away_waits_for_it(rig: Rig) -> None:
    rig.recorder.lose_device("USB", "absent")
    take = rig.recorder.open("hibrida")
    rig.wait(3.0)
    heard = rig.hear(1.0)
    rig.recorder.close("hibrida")
    caller = samples_of(rig.take(take.id), "caller")
    assert np.array_equal(caller[: 3 * RATE], np.zeros(3 * RATE, np.int16))
    assert np.array_equal(caller[3 * RATE :], heard)


def test_frames_that_were_dropped_are_counted_marked_and_kept_as_silence(rig: Rig) -> None:
    rig.hear(1.0)
    take = rig.recorder.open("hibrida")
    rig.hear(1.0)
    rig.wait(0.5)
    rig.hear(0.1, dropped=RATE // 2, overflowed=True)
    rig.hear(1.0)
    rig.recorder.close("hibrida")
    kept = rig.take(take.id)
    assert kept.frames("caller") == round(2.6 * RATE)
    assert "overflow" in kinds(kept)
    [gap] = [entry for entry in kept.log() if entry["kind"] == "gap" and entry["direction"] == "caller"]
    assert (gap["seconds"], gap["why"]) == (0.5, "overflow")
    [device] = state(rig.recorder)["devices"]
    assert (device["overflows"], device["dropped_seconds"]) == (1, 0.5)
    assert rig.events().count("overflow") == 2


def test_a_storm_of_overflows_is_counted_in_full_but_told_now_and_then(rig: Rig) -> None:
    rig.hear(3.0, overflowed=True)
    assert state(rig.recorder)["devices"][0]["overflows"] == 30
    assert rig.events().count("overflow") == 2


def test_the_disk_first_alarms_then_stops_clearly_then_goes_on(rig: Rig) -> None:
    rig.hear(1.0)
    take = rig.recorder.open("hibrida")
    first = rig.hear(1.0)
    rig.free = 900
    rig.recorder.tick()
    low = rig.hear(1.0)
    rig.free = 50
    rig.recorder.tick()
    assert state(rig.recorder)["disk"]["stopped"]
    with pytest.raises(NoRoom):
        rig.recorder.open("studio")
    rig.hear(2.0)
    rig.free = 5000
    rig.recorder.tick()
    last = rig.hear(1.0)
    rig.recorder.close("hibrida")
    kept = rig.take(take.id)
    silence: Pcm = np.zeros(2 * RATE, np.int16)
    assert np.array_equal(samples_of(kept, "caller"), np.concatenate([first, low, silence, last]))
    assert rig.events() == ["opened", "disk_low", "disk_full", "disk_free", "closed"]
    assert kinds(kept) == ["disk_full", "gap", "gap", "closed"]


def test_a_write_that_finds_no_room_stops_at_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.hear(1.0)
    take = rig.recorder.open("hibrida")
    first = rig.hear(1.0)
    write, tries = os.write, 0

    def full(file: int, data: memoryview) -> int:
        nonlocal tries
        tries += 1
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    rig.hear(1.0)
    assert tries < 8
    monkeypatch.setattr(os, "write", write)
    rig.recorder.tick()
    last = rig.hear(1.0)
    rig.recorder.close("hibrida")
    caller = samples_of(rig.take(take.id), "caller")
    assert np.array_equal(caller, np.concatenate([first, np.zeros(RATE, np.int16), last]))
    assert "disk_full" in rig.events()


def test_a_clock_that_is_set_changes_no_length_and_is_noted(rig: Rig) -> None:
    rig.hear(1.0)
    take = rig.recorder.open("hibrida")
    rig.hear(1.0)
    rig.jumped = -3600.0
    rig.recorder.tick()
    rig.recorder.tick()
    rig.hear(1.0)
    rig.recorder.close("hibrida")
    kept = rig.take(take.id)
    assert kept.seconds == pytest.approx(2.0)
    assert [entry["seconds"] for entry in kept.log() if entry["kind"] == "clock"] == [-3600.0]


def test_clips_and_dead_lines_are_warned_of(rig: Rig) -> None:
    take = rig.recorder.open("hibrida")
    rig.hear(0.5, level=32_000)
    line = state(rig.recorder)["lines"][0]
    assert line["clipping"]
    assert line["peak"] == 0.0
    rig.be_silent(11.0)
    line = state(rig.recorder)["lines"][0]
    assert line["quiet"]
    assert not line["clipping"]
    rig.hear(0.5)
    rig.recorder.close("hibrida")
    assert [kind for kind in kinds(rig.take(take.id)) if kind in ("clip", "silence", "sound")] == [
        "clip",
        "silence",
        "sound",
    ]


def test_a_killed_recorder_goes_on_with_the_take_and_marks_what_it_missed(rig: Rig) -> None:
    rig.hear(1.0)
    take = rig.recorder.open("hibrida")
    first = rig.hear(2.0)
    rig.wait(1.5)
    rig.start(ONE_DEVICE)
    recover(rig.recorder)
    second = rig.hear(1.0)
    rig.recorder.close("hibrida")
    kept = rig.take(take.id)
    missing: Pcm = np.zeros(RATE * 3 // 2, np.int16)
    assert np.array_equal(samples_of(kept, "caller"), np.concatenate([first, missing, second]))
    gap = next(entry for entry in kept.log() if entry["kind"] == "gap")
    assert (gap["seconds"], gap["why"]) == (1.5, "the recorder was not running")
    assert rig.events() == ["opened", "opened", "closed"]


@pytest.mark.parametrize("lines", [ONE_DEVICE, Lines((STUDIO,), RATE)])
def test_a_take_left_too_long_ago_or_of_a_line_that_is_gone_ends_where_it_stopped(rig: Rig, lines: Lines) -> None:
    rig.hear(1.0)
    take = rig.recorder.open("hibrida")
    heard = rig.hear(1.0)
    rig.wait(RESUME_SECONDS + 1 if lines is ONE_DEVICE else 1.0)
    rig.start(lines)
    recover(rig.recorder)
    kept = rig.take(take.id)
    assert kept.closed
    assert np.array_equal(samples_of(kept, "caller"), heard)
    assert rig.events() == ["opened", "closed"]


def test_a_changed_list_leaves_the_other_lines_alone(rig: Rig) -> None:
    rig.start(TWO_DEVICES)
    rig.hear(1.0, "USB", "Meja")
    call, programme = rig.recorder.open("hibrida"), rig.recorder.open("studio")
    first = rig.hear(1.0, "USB", "Meja")
    renamed = Lines((*TWO_DEVICES.lines[1:],), RATE)
    rig.recorder.configure(renamed)
    second = rig.hear(1.0, "USB", "Meja")
    rig.recorder.close("studio")
    assert rig.take(call.id).closed
    assert np.array_equal(samples_of(rig.take(programme.id), "programme"), np.concatenate([first, second]))
    with pytest.raises(LineUnknown):
        rig.recorder.open("hibrida")


def test_a_device_that_is_read_anew_with_more_channels_leaves_a_marked_gap(rig: Rig) -> None:
    rig.hear(1.0)
    take = rig.recorder.open("hibrida")
    first = rig.hear(1.0)
    third = Line("ketiga", "Telepon 3", "USB", 3, LineKind.TELEPHONE)
    rig.recorder.configure(Lines((*ONE_DEVICE.lines, third), RATE))
    # The reader of two channels is ended only now; what it still brings counts as missed.
    rig.recorder.deliver("USB", Block(rig.seconds, rig.seconds + 0.1, np.ones((RATE // 10, 2), np.int16)))
    assert not state(rig.recorder)["devices"][0]["heard"]
    rig.wait(1.0)
    second = rig.hear(1.0)
    rig.recorder.close("hibrida")
    kept = rig.take(take.id)
    missing: Pcm = np.zeros(RATE, np.int16)
    assert np.array_equal(samples_of(kept, "caller"), np.concatenate([first, missing, second]))
    assert kinds(kept) == ["gap", "gap", "closed"]


def test_a_line_is_opened_and_closed_once(rig: Rig) -> None:
    rig.recorder.open("hibrida")
    with pytest.raises(LineState):
        rig.recorder.open("hibrida")
    rig.recorder.close("hibrida")
    with pytest.raises(LineState):
        rig.recorder.close("hibrida")


def test_an_orderly_end_closes_what_is_open(rig: Rig) -> None:
    take = rig.recorder.open("hibrida")
    rig.hear(1.0)
    rig.recorder.close_all("the recorder was stopped")
    assert rig.take(take.id).closed
    assert rig.events() == ["opened", "closed"]


def test_a_line_can_be_tried_out_unless_a_caller_is_on_it(rig: Rig) -> None:
    kept: list[Pcm] = []
    with pytest.raises(LineState):
        rig.recorder.try_out("hibrida", 0.5, kept.append)
    rig.hear(0.1)
    rig.recorder.try_out("hibrida", 0.5, kept.append)
    heard = rig.hear(1.0)
    assert np.array_equal(kept[0], heard[: RATE // 2])
    assert not state(rig.recorder)["lines"][0]["trying"]
    rig.recorder.open(HYBRID.id)
    with pytest.raises(LineState):
        rig.recorder.try_out("hibrida", 0.5, kept.append)
