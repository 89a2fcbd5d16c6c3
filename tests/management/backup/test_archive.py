import io
import tarfile
from pathlib import Path

import pytest

from posts.management.backup import archive
from posts.management.backup.archive import NoBackup

WORDS = "rest is part of the work"
CONTENT = bytes(range(256)) * 1_000  # several chunks


def write(path: Path, passphrase: str = "") -> Path:
    with archive.written(path, passphrase) as tar:
        info = tarfile.TarInfo("a")
        info.size = len(CONTENT)
        tar.addfile(info, io.BytesIO(CONTENT))
    return path


def content(path: Path, passphrase: str = "") -> bytes:
    with archive.read(path, passphrase) as tar:
        return b"".join(tar.extractfile(info).read() for info in tar)  # type: ignore[union-attr]


@pytest.mark.parametrize("passphrase", ["", WORDS])
def test_what_was_written_is_read(tmp_path: Path, passphrase: str) -> None:
    path = write(tmp_path / "a.backup", passphrase)
    assert content(path, passphrase) == CONTENT
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_lay_there_open_to_others_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    path.write_text("old")
    path.chmod(0o644)
    assert write(path).stat().st_mode & 0o777 == 0o600


def test_without_a_passphrase_tar_opens_it(tmp_path: Path) -> None:
    with tarfile.open(write(tmp_path / "a.backup"), "r:gz") as tar:
        assert tar.getnames() == ["a"]


def test_another_passphrase_does_not_open_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.backup", WORDS)
    assert archive.is_encrypted(path)
    with pytest.raises(NoBackup, match="does not open"):
        content(path, "rest is part of the word")


@pytest.mark.parametrize("passphrase", ["", WORDS])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.999])
def test_one_that_was_cut_off_is_refused(tmp_path: Path, passphrase: str, kept: float) -> None:
    path = write(tmp_path / "a.backup", passphrase)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(NoBackup):
        content(path, passphrase)


@pytest.mark.parametrize("passphrase", ["", WORDS])
def test_one_that_was_changed_is_refused(tmp_path: Path, passphrase: str) -> None:
    path = write(tmp_path / "a.backup", passphrase)
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)
    with pytest.raises(NoBackup):
        content(path, passphrase)


def test_another_file_is_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    path.write_text("email\nada@example.org\n")
    with pytest.raises(NoBackup, match="is no backup"):
        content(path)
