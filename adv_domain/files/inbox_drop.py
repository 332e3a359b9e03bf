"""How does a file appear in an inbox whole, once, and over no other?"""

import os
import secrets
from pathlib import Path


def drop_file(folder: Path, name: str, data: bytes) -> bool:
    """Put the file there unless one of the name is; return whether it was put.

    It is written under a name that readers pass over and linked to its own when its
    bytes are on the disk: of two at once one wins, and a power cut loses nothing that
    was confirmed. Raises OSError; ValueError for a name that leads out of the folder.
    """
    if name in {"", ".", ".."} or name != Path(name).name:
        raise ValueError(f"{name!r} is no plain file name")
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{secrets.token_hex(8)}.part"
    try:
        with unfinished.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(unfinished, folder / name)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(folder)
    return True


def _sync(folder: Path) -> None:
    """Wait until the disk has the name too."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows keeps names by itself
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
