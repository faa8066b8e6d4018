"""What of a folder is read, and what never."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.disk import LARGEST, DiskTexts
from bot.cli.trouble import WrongInput


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_files_are_found_by_their_path_from_the_folder(tmp_path: Path) -> None:
    write(tmp_path, a_py="1", versions__b_py="2")
    texts = DiskTexts(tmp_path)
    assert list(texts) == ["a.py", "versions/b.py"]
    assert texts["versions/b.py"] == "2"
    assert "c.py" not in texts
    with pytest.raises(KeyError):
        texts["c.py"]


def test_a_file_is_read_once_and_only_when_asked_for(tmp_path: Path) -> None:
    write(tmp_path, a_py="1", b_py="2")
    read: list[str] = []
    texts = DiskTexts(tmp_path, read.append)
    assert (texts["a.py"], texts["a.py"], len(texts)) == ("1", "1", 2)
    assert read == ["a.py"]


@pytest.mark.parametrize("folder", [".git", ".hidden", "node_modules", "x/__pycache__", "site-packages"])
def test_foreign_folders_are_left_out(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "a.py").write_text("1")
    assert list(DiskTexts(tmp_path)) == []


def test_a_virtual_environment_is_known_whatever_its_name(tmp_path: Path) -> None:
    write(tmp_path, env__lib__a_py="1", env__b_py="2")
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /usr")
    assert list(DiskTexts(tmp_path)) == []


def test_the_settings_of_github_are_found(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "dbbot.yml").write_text("fail_on: error")
    assert list(DiskTexts(tmp_path)) == [".github/dbbot.yml"]


def test_a_file_over_one_megabyte_is_left_out_and_named(tmp_path: Path) -> None:
    write(tmp_path, a_py="#" * (LARGEST + 1), b_py="#" * LARGEST)
    texts = DiskTexts(tmp_path)
    assert list(texts) == ["b.py"]
    assert texts.too_large == ["a.py"]


def test_a_link_that_leads_out_of_the_folder_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, secret_py="password", shop__a_py="1")
    (tmp_path / "shop" / "b.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "shop" / "c.py").symlink_to("a.py")
    (tmp_path / "shop" / "up").symlink_to(tmp_path)
    assert list(DiskTexts(tmp_path / "shop")) == ["a.py", "c.py"]


def test_a_broken_link_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to("nowhere.py")
    assert list(DiskTexts(tmp_path)) == []


def test_line_ends_stay_and_a_byte_order_mark_goes(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbfa\r\nb\xff")
    assert DiskTexts(tmp_path)["a.py"] == "a\r\nb\ufffd"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, a_py="1")
    texts = DiskTexts(tmp_path)
    (tmp_path / "a.py").unlink()
    with pytest.raises(WrongInput, match=r"`a\.py` cannot be read: No such file"):
        texts["a.py"]
