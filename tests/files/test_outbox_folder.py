from pathlib import Path

import pytest

from adv_domain.files.outbox_folder import write_files


def test_files_appear_under_their_names_and_are_replaced_by_the_same(tmp_path: Path):
    folder = tmp_path / "outbox"
    for _ in range(2):
        write_files(folder, {"a.json": b"1", "b.json": b"2"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "a.json": b"1",
        "b.json": b"2",
    }


@pytest.mark.parametrize("name", ["../a.json", "/a.json", "x/a.json", "..", ""])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="no plain file name"):
        write_files(tmp_path, {"good.json": b"", name: b""})
    assert list(tmp_path.iterdir()) == []
