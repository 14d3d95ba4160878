"""A data folder into which nothing can be written is told of in one sentence."""

import os
import subprocess
import sys
from pathlib import Path


def test_a_start_without_a_usable_folder_says_so_and_ends(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    env = os.environ | {"RADIODESK_DATA": str(tmp_path / "berkas" / "data")}
    given = [sys.executable, "-m", "radiodesk", "work"]
    ended = subprocess.run(given, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "berkas" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
