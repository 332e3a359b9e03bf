"""How does a file reach an outbox folder whole or not at all?"""

import os
from collections.abc import Mapping
from pathlib import Path


def write_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write each file under a name that readers pass over, then rename it.

    The bytes are on the disk before a name appears, and the names before this
    returns, so that a power cut loses nothing that was confirmed. A file that is
    there already is replaced by the same. Raises OSError; ValueError for a name
    that leads out of the folder.
    """
    for name in contents:
        if name != Path(name).name or name in {"", ".", ".."}:
            raise ValueError(f"{name!r} is no plain file name")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        _write_synced(folder / f".{name}.part", content)
    for name in contents:
        (folder / f".{name}.part").replace(folder / name)
    if contents:
        _sync_folder(folder)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no descriptor of a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
