"""Does a mapping that comes with the product fit a file's columns?"""

from collections.abc import Sequence

from adv_domain.bundled import bundled_path
from adv_domain.files.mapping import Mapping, read_mapping
from adv_domain.files.table import normal_name

_ENOUGH = 5


def shipped_mapping(kind: str, header: Sequence[str]) -> str | None:
    """Return the text of the one whose columns the file has, all of them."""
    names = {normal_name(name) for name in header}
    folder = bundled_path("deployments") / "mappings"
    for path in sorted(folder.glob(f"*/{kind}.toml")):
        data = path.read_bytes()
        wanted = _columns(read_mapping(data, name=path.name))
        if len(wanted) >= _ENOUGH and wanted <= names:
            title = f"# The file has the columns of a {path.parent.name} export.\n"
            return title + data.decode("utf-8").rstrip() + "\n"
    return None


def _columns(mapping: Mapping) -> set[str]:
    composed = (name for names in mapping.composed.values() for name in names)
    return {normal_name(name) for name in (*mapping.columns.values(), *composed)}
