"""The files that come with the product are found."""

from pathlib import Path

import pytest

from adv_domain import bundled


def test_a_checkout_uses_the_folder_of_the_repository() -> None:
    root = Path(bundled.__file__).resolve().parent.parent
    assert bundled.bundled_path("templates") == root / "templates"


def test_an_installed_wheel_uses_the_folder_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "adv_domain" / "_bundled" / "templates"
    inside.mkdir(parents=True)
    monkeypatch.setattr(bundled, "_PACKAGE", tmp_path / "adv_domain")
    assert bundled.bundled_path("templates") == inside


def test_a_stray_folder_beside_an_installed_package_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(bundled, "_PACKAGE", tmp_path / "adv_domain")
    with pytest.raises(bundled.BundledFolderMissing, match="templates"):
        bundled.bundled_path("templates")
