"""The child process by itself: what it prints is there when it is asked for, and no older words with it."""

import os
from pathlib import Path

from radiodesk.sound.telephone import baresip_process
from radiodesk.sound.telephone.baresip_process import Output
from tests.sound.telephone.callers import eventually


def test_what_a_new_baresip_complains_of_is_not_lost_behind_the_words_of_an_old_one(tmp_path: Path) -> None:
    program = tmp_path / "fails"
    program.write_text("#!/bin/sh\necho failed: no such device\n")
    program.chmod(0o700)
    output = Output()
    while True:
        try:
            os.write(output.writing, b"call with sip:081230000001@h failed\n" * 100)
        except BlockingIOError:
            break

    running = baresip_process.start(str(program), tmp_path, output)
    eventually(lambda: not running.alive, within=10.0)

    assert output.tail() == "failed: no such device\n"


def test_a_process_that_died_before_it_was_looked_at_does_not_live_for_ever() -> None:
    assert not baresip_process.Running(2**22, "").alive


def test_a_process_is_found_again_by_its_number_while_it_runs(tmp_path: Path) -> None:
    program = tmp_path / "runs"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o700)
    assert baresip_process.find(tmp_path) is None
    running = baresip_process.start(str(program), tmp_path, Output())
    assert baresip_process.find(tmp_path) == running
    running.stop(1.0)
    assert baresip_process.find(tmp_path) is None
    (tmp_path / "baresip.pid").write_text(f"{os.getpid()} 1\n")
    assert baresip_process.find(tmp_path) is None, "the number is another process's by now"
