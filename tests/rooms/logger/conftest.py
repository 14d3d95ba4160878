"""The logs of two lines, written once for all tests."""

from pathlib import Path

import pytest

from tests.rooms.logger.logged import PROGRAMME, TELEPHONE, write_log


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    for line in (PROGRAMME, TELEPHONE):
        write_log(folder / line.id)
    return folder
