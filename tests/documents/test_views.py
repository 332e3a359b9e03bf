"""Does a document say the right thing in its language and currency?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.documents.labels import LANGUAGES, labels
from adv_domain.documents.views import invoice_view
from adv_domain.rules.billing.issued_documents import DeliveryNote, EarlyPayment
from tests.documents.examples import (
    a_credit_note,
    a_line,
    an_invoice,
    in_dinars,
    in_yen,
)
from tests.documents.varied import posted, varied
from tests.documents.varied_taxes import varied_taxes

FOLDERS = (bundled_path("templates"),)


def view_of(document):
    return invoice_view(document, labels=labels(document.language, folders=FOLDERS))


def texts(value):
    """Return every text of a view, with ordinary spaces."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [str(value).replace("\u202f", " ").replace("\xa0", " ")]


def plain(text):
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_catalogues_have_the_same_words_in_every_language():
    def keys(language):
        catalogue = labels(language, folders=FOLDERS)
        return {(part, key) for part, words in catalogue.items() for key in words}

    assert keys("es") == keys("en") == keys("fr")
    assert set(LANGUAGES) == {"es", "en", "fr"}


@pytest.mark.parametrize(
    ("language", "of_net", "says"),
    [
        ("en", False, "discount of 2%: pay"),
        ("en", True, "discount of 2% of the net amount: pay"),
        ("es", True, "del 2 % de la base imponible: pagando"),
        ("fr", True, "Escompte de 2 % du montant hors taxes pour"),
    ],
)
def test_row_39_the_offer_to_pay_early_names_what_its_rate_is_of(
    language, of_net, says
):
    document = an_invoice(language=language)
    early = EarlyPayment(
        until_on=date(2026, 12, 1),
        rate=Decimal("0.02"),
        payable=Decimal("161.88"),
        of_net=of_net,
    )
    view = view_of(replace(document, early_payment=early))
    assert says in plain(view["early_payment"])


def test_unknown_language_is_written_in_english():
    assert view_of(an_invoice(language="pt"))["title"] == "Invoice"


@pytest.mark.parametrize(
    ("document", "total", "unit_price", "first_due"),
    [
        (an_invoice(), "165,18 €", "33,33", "23 dic 2026"),
        (an_invoice(language="fr"), "165,18 €", "33,33", "23 déc. 2026"),
        (an_invoice(language="en"), "€165.18", "33.33", "23 Dec 2026"),
        (in_yen(), "JP¥1,233,750", "987", "31 Dec 2026"),
        (in_dinars(), "18,363 TND", "1,2345", "31 déc. 2026"),
    ],
    ids=["es", "fr", "en", "yen has no decimals", "dinar has three"],
)
def test_amounts_have_the_currencys_digits(document, total, unit_price, first_due):
    view = view_of(document)
    assert plain(view["totals"][-1]["value"]) == total
    assert plain(view["lines"][0]["unit_price"]) == unit_price
    assert plain(view["instalments"][0]["due_on"]) == first_due


def test_discount_column_stands_only_where_a_line_has_one():
    assert view_of(an_invoice())["has_discounts"]
    assert plain(view_of(an_invoice())["lines"][3]["discount"]) == "5 %"
    assert not view_of(an_invoice(lines=(a_line(),)))["has_discounts"]


def test_early_payment_names_date_and_amount():
    text = plain(view_of(an_invoice(language="en"))["early_payment"])
    assert "2%" in text
    assert "€161.88 by 3 Dec 2026" in text


def test_credit_note_names_the_invoice_that_it_corrects_and_asks_for_no_payment():
    view = view_of(a_credit_note(language="en"))
    assert view["title"] == "Credit note"
    corrects = {fact["code"]: fact["value"] for fact in view["facts"]}["corrects"]
    assert corrects == "F2026-000123 of 23 Nov 2026"
    assert "nothing is to be paid" in view["payment_note"]
    assert view["payment"] is None
    assert plain(view["totals"][-1]["value"]) == "-€40.33"


def test_code_to_pay_is_for_euro_transfers_only():
    assert "<svg" in view_of(an_invoice())["payment"]["qr"]
    assert view_of(in_yen())["payment"]["qr"] == ""
    assert view_of(in_dinars())["payment"]["qr_caption"] == ""


def test_code_to_pay_pays_the_instalment_due_first():
    caption = plain(view_of(an_invoice(language="en"))["payment"]["qr_caption"])
    assert caption == "Scan to pay €49.55, due 23 Dec 2026"


def test_account_that_is_no_iban_gets_no_code():
    from dataclasses import replace

    bank = an_invoice().bank
    broken = an_invoice(bank=replace(bank, iban="ES9121000418450200051333"))
    assert view_of(broken)["payment"]["qr"] == ""


def test_order_stands_beside_each_line_only_when_there_are_several():
    assert view_of(an_invoice())["lines"][0]["order_no"] == ""
    several = an_invoice(order_nos=("SO-2026-00017", "SO-2026-00018"))
    assert view_of(several)["lines"][0]["order_no"] == "SO-2026-00017"


def test_country_stands_in_the_documents_language():
    buyers = {
        language: view_of(an_invoice(language=language))["buyer"]["address_lines"][-1]
        for language in ("es", "en", "fr")
    }
    assert buyers == {"es": "Francia", "en": "France", "fr": "France"}


def test_a_long_list_of_references_gets_the_width_of_the_page():
    many = tuple(f"DN-2026-{at:05d}" for at in range(40))
    notes = tuple(DeliveryNote(one) for one in many)
    view = view_of(an_invoice(delivery_notes=notes))
    assert "Albarán" not in [fact["label"] for fact in view["facts"]]
    [listed] = view["long_facts"]
    assert (listed["label"], listed["value"]) == ("Albarán", ", ".join(many))


def test_row_32_of_several_deliveries_each_says_its_day():
    notes = (
        DeliveryNote("DN-1", date(2026, 11, 3)),
        DeliveryNote("DN-2", date(2026, 11, 17)),
        DeliveryNote("DN-OLD"),
    )

    def listed(*some):
        facts = view_of(an_invoice(delivery_notes=some))["facts"]
        return next(plain(one["value"]) for one in facts if one["label"] == "Albarán")

    assert listed(*notes) == "DN-1 (3 nov 2026), DN-2 (17 nov 2026), DN-OLD"
    assert listed(notes[0]) == "DN-1"


def test_a_period_stands_in_for_the_day_of_supply():
    month = (date(2026, 11, 1), date(2026, 11, 30))
    facts = {one["code"]: one for one in view_of(an_invoice(period=month))["facts"]}
    assert "delivered_on" not in facts
    assert facts["period"]["value"] == "1 nov 2026 – 30 nov 2026"
    assert "delivered_on" in {one["code"] for one in view_of(an_invoice())["facts"]}


def test_who_gets_money_back_is_not_invoiced():
    titles = {
        language: view_of(a_credit_note(language=language))["labels"]["bill_to"]
        for language in ("es", "en", "fr")
    }
    assert titles == {"es": "Cliente", "en": "Customer", "fr": "Client"}


def test_an_advance_names_the_day_of_its_money_and_the_customer_his_number():
    facts = {one["label"]: one["value"] for one in view_of(_paid("en"))["facts"]}
    assert facts["Payment received on"] == "20 Nov 2026"
    assert facts["Customer no."] == "C-0042"


def _paid(language):
    return an_invoice(language=language, is_advance=True, paid_on=date(2026, 11, 20))


@pytest.mark.parametrize(
    ("vat_id", "country", "says"),
    [
        ("ESB12345674", "ES", "NIF-IVA ESB12345674"),
        ("B12345674", "ES", "NIF B12345674"),
        ("EL123456783", "GR", "NIF-IVA EL123456783"),
        ("MEX010101AB1", "MX", "NIF MEX010101AB1"),
        ("", "US", ""),
    ],
)
def test_only_a_number_with_its_countrys_letters_is_called_a_vat_number(
    vat_id, country, says
):
    buyer = replace(an_invoice().buyer, vat_id=vat_id, country=country)
    assert view_of(an_invoice(buyer=buyer))["buyer"]["tax_id"] == says


def test_a_siren_is_written_in_threes():
    assert plain(view_of(an_invoice())["buyer"]["legal_id"]) == "SIREN 303 265 045"


def test_row_34_a_surcharge_is_a_total_of_its_own_beside_the_tax():
    document = replace(varied_taxes()["surcharge"], language="es")
    totals = {one["label"]: plain(one["value"]) for one in view_of(document)["totals"]}
    # 21 % and 5,2 % of 99.99
    assert totals["IVA"] == "21,00 €"
    assert totals["Recargo de equivalencia"] == "5,20 €"
    assert totals["Total"] == "126,19 €"


@pytest.mark.parametrize(
    ("language", "rates", "notes"),
    [
        ("es", ["0 % exento", "0 % exportación"], ["exento", "exportación"]),
        ("en", ["0% exempt", "0% export"], ["exempt", "export"]),
        ("fr", ["0 % exonéré", "0 % exportation"], ["exonéré", "exportation"]),
    ],
)
def test_row_34_what_bears_no_tax_says_why(language, rates, notes):
    lines = (("1", "10", "0", "E", "0"), ("1", "5", "0", "G", "0"))
    view = view_of(posted(*lines, language=language))
    assert [plain(one["rate"]) for one in view["taxes"]] == rates
    assert [one["tax_note"] for one in view["lines"]] == notes
    # one reason stands beside the tax and is not repeated
    alone = view_of(posted(lines[0], language=language))
    assert [one["tax_note"] for one in alone["lines"]] == [""]


@pytest.mark.parametrize(
    ("back", "says"),
    [
        ("-1", "No hay nada que pagar."),
        ("-2", "El abono se descuenta de lo próximo que venza; no hay nada que pagar."),
    ],
)
def test_where_nothing_is_to_be_paid_the_page_asks_for_no_payment(back, says):
    lines = (("1", "10", "0", "S", "21"), (back, "10", "0", "S", "21"))
    view = view_of(posted(*lines, language="es"))
    assert (view["instalments"], view["payment"]) == ([], None)
    assert view["payment_note"] == says
    assert view["terms"] == says
    paid = view_of(varied()["advance invoice"])
    assert (paid["instalments"], paid["payment"]) == ([], None)
    assert paid["payment_note"] == "Nothing is to be paid."


def test_what_is_outside_the_tax_has_no_rate():
    view = view_of(posted(("1", "75", "0", "O", "0"), language="es"))
    assert [one["rate"] for one in view["taxes"]] == ["no sujeto"]
    assert [one["tax_rate"] for one in view["lines"]] == [""]


def test_facts_without_a_value_are_left_out():
    view = view_of(an_invoice(delivered_on=None, delivery_notes=(), buyer_reference=""))
    assert "Albarán" not in [fact["label"] for fact in view["facts"]]


def test_legal_lines_are_printed_as_they_are():
    view = view_of(an_invoice(mentions=("reverse_charge",), legal_lines=("Línea.",)))
    assert [one["text"] for one in view["mentions"]] == [
        "Inversión del sujeto pasivo.",
        "Línea.",
    ]


def test_company_words_stand_before_the_bundled_ones(tmp_path: Path):
    own = tmp_path / "document"
    own.mkdir()
    bundled = FOLDERS[0] / "document" / "labels.es.toml"
    own.joinpath("labels.es.toml").write_text(
        bundled.read_text(encoding="utf-8").replace('"Factura"', '"Factura de venta"'),
        encoding="utf-8",
    )
    folders = (tmp_path, *FOLDERS)
    assert labels("es", folders=folders)["titles"]["invoice"] == "Factura de venta"
    assert labels("fr", folders=folders)["titles"]["invoice"] == "Facture"
