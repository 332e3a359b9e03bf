"""Where do the files that come with the product (templates, deployments) lie?

In a checkout they are folders of the repository, beside the package; in an installed
wheel they are inside it (pyproject.toml, force-include).
"""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


class BundledFolderMissing(Exception):
    """The installation lacks a folder that comes with the product."""

    def __init__(self, name: str) -> None:
        """Name the folder."""
        self.name = name
        super().__init__(f"the installation has no folder {name!r}: install it again")


def bundled_path(name: Literal["templates", "deployments"]) -> Path:
    """Return the folder of this name; raises BundledFolderMissing."""
    installed = _PACKAGE / "_bundled" / name
    checkout = _PACKAGE.parent / name
    if installed.is_dir():
        return installed
    if (_PACKAGE.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    raise BundledFolderMissing(name)
