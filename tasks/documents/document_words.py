"""What does a document say of itself in its reader's language, already at posting?"""

from collections.abc import Collection

from adv_domain.bundled import bundled_path
from adv_domain.documents.labels import labels
from tasks.resources import resources


def document_words(key: str, languages: Collection[str]) -> dict[str, str]:
    """Return a text of the documents' catalogues by language, the company's own first.

    Raises TemplateBroken where the company's own catalogue is.
    """
    folders = (resources().settings.home / "templates", bundled_path("templates"))
    return {one: labels(one, folders=folders)["texts"][key] for one in set(languages)}
