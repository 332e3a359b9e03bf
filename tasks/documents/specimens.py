"""Does a made-up invoice come out on this company's paper, and how does it look?"""

from adv_domain.documents.making import DocumentMaker
from adv_domain.documents.style import LogoUnusable
from tasks.documents.paper import Specimen, specimen, style_of
from tasks.resources import Resources, business_day, now


class SpecimenFailed(Exception):
    """A template or the logo of the company's own cannot be used."""


def draw_specimen(known: Resources, *, language: str) -> bytes:
    """Return the PDF of a made-up invoice in a language; raises SpecimenFailed."""
    document = specimen(
        Specimen(language=language, on=business_day(now())), policy=known.policy
    )
    try:
        made = DocumentMaker(style_of(known)).made(document, form="facturx")
    except LogoUnusable:
        raise
    except Exception as error:
        raise SpecimenFailed(str(error)) from error
    return made.files[0].content
