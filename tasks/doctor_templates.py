"""Are the mail templates whole, and can the company's own be used?"""

from collections.abc import Iterator

from adv_domain.bundled import bundled_path
from adv_domain.mail.own_templates import own_template_faults
from tasks.checks import Check
from tasks.resources import Resources

_LANGUAGES = ("en", "es", "fr")
_HELD = "mend it: until then the mails that need it are held"


def templates_check(known: Resources) -> Iterator[Check]:
    """Compare our languages with each other, and the company's files with ours."""
    folder = bundled_path("templates") / "email"
    names = {
        language: {
            str(path.relative_to(folder / language))
            for path in (folder / language).rglob("*")
            if path.is_file()
        }
        for language in _LANGUAGES
    }
    if len({frozenset(found) for found in names.values()}) > 1:
        yield Check("templates", "bad", "es, en and fr differ", "install anew")
    else:
        yield Check("templates", "ok", f"{len(names['en'])} mail templates a language")
    for fault in own_template_faults(known.settings.home):
        yield Check("own templates", "bad", str(fault), _HELD)
