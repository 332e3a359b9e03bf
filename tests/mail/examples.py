"""One example of every mail, made by the views as the product makes them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import Environment

from adv_domain.bundled import bundled_path
from adv_domain.documents.labels import labels as document_labels
from adv_domain.mail.file_answer_view import (
    FileAnswer,
    ToldFault,
    file_answer_view,
)
from adv_domain.mail.labels import labels_of
from adv_domain.mail.operations_views import (
    Digest,
    FailedEntry,
    FailedRun,
    LateAnswer,
    LateReason,
    MailCounts,
    StageCount,
    StuckWork,
    digest_view,
    failure_view,
)
from adv_domain.mail.order_book_view import BookHead, order_book_view
from adv_domain.mail.order_views import OrderHead, ReplacedPrice, price_view
from adv_domain.mail.payment_request_view import (
    RequestFigures,
    payment_request_view,
)
from adv_domain.mail.views import (
    BankDetails,
    CreditEntry,
    DocumentFigures,
    EarlyOffer,
    Letterhead,
    OpenEntry,
    ReminderFigures,
    credit_note_view,
    invoice_view,
    pre_due_view,
    reminder_view,
)
from adv_domain.rules.money import Money
from adv_domain.rules.stock.order_book import (
    BookLine,
    OrderBook,
    ToldLine,
    order_book,
)
from tests.mail.progress_examples import PROGRESS, progress_context

TONES = ("friendly", "firm", "final", "formal")
LANGUAGES = ("es", "en", "fr")
KINDS = (
    "invoice",
    "credit_note",
    "payment_request",
    *(f"reminder_{tone}" for tone in TONES),
    "pre_due_courtesy",
    *PROGRESS,
    "price_notice",
    "order_book",
    "file_answer",
    "digest",
    "failure",
    "test",
)
BANK = BankDetails(
    holder="Talleres Nervión, S.L.",
    iban="ES9121000418450200051332",
    bic="CAIXESBBXXX",
    bank_name="CaixaBank",
    payment_reference="RF18 5390 0754 7034",
)


def a_letterhead(
    language: str = "en", *, customer_name: str = "Brasserie du Pont <Fils> & Cie"
) -> Letterhead:
    return Letterhead(
        language=language,
        customer_name=customer_name,
        company_name="Talleres Nervión, S.L.",
        company_lines=("Calle Uribitarte 12, 48001 Bilbao", "ESB95123457"),
        contact_email="cobros@nervion.example.com",
        contact_phone="+34 944 000 000",
    )


def some_figures(*, with_credits: bool = True) -> ReminderFigures:
    return ReminderFigures(
        currency="EUR",
        items=(
            OpenEntry(
                invoice="F-2026-000123",
                issued_on=date(2026, 1, 15),
                due_on=date(2026, 2, 14),
                open_amount=Decimal("1234.56"),
                days_overdue=24,
            ),
            OpenEntry(
                invoice="F-2026-000140",
                issued_on=date(2026, 1, 28),
                due_on=date(2026, 2, 27),
                open_amount=Decimal("10800.00"),
                days_overdue=11,
            ),
        ),
        credits=(CreditEntry("A-2026-000007", date(2026, 2, 3), Decimal("200.00")),)
        if with_credits
        else (),
        total_overdue=Decimal("12034.56"),
        credit_total=Decimal("200.00") if with_credits else Decimal(0),
        total=Decimal("11834.56") if with_credits else Decimal("12034.56"),
        pay_by_on=date(2026, 3, 17),
        as_of_on=date(2026, 3, 10),
        last_reminder_on=date(2026, 2, 24),
        interest=Decimal("84.17"),
        compensation=Decimal("80.00"),
    )


def context_of(kind: str, language: str, templates: Environment) -> dict[str, Any]:
    """Return the example context of a template."""
    if kind.startswith("reminder_"):
        return reminder_view(
            some_figures(), letterhead=a_letterhead(language), bank=BANK
        )
    if kind in ("digest", "failure", "test"):
        return _operations(kind, language, templates)
    if kind == "file_answer":
        return _file_answer(language)
    if kind == "order_book":
        folders = (bundled_path("templates"),)
        units = document_labels(language, folders=folders)["units"]
        return order_book_view(
            a_book(),
            head=BookHead(date(2026, 1, 12), date(2026, 1, 5), "C1-2026-01-12.csv"),
            letterhead=a_letterhead(language),
            labels=labels_of(templates, language) | {"units": units},
            listed=4,
        )
    if kind in PROGRESS:
        return progress_context(kind, a_letterhead(language))
    if kind == "price_notice":
        return _prices(language)
    return _document(kind, language)


def a_book() -> OrderBook:
    """Return a book with every kind of change, made by the rule."""

    def _line(line_id: int, **changes: Any) -> BookLine:
        line = BookLine(
            line_id=line_id,
            order_no="O-2026-000017",
            customer_ref="PO <7>",
            line_no=line_id,
            product=f"P-{line_id}",
            customer_article="",
            description="Steel & oak bench",
            unit="C62",
            qty=Decimal(12),
            qty_shipped=Decimal(0),
            qty_cancelled=Decimal(0),
            ordered_on=date(2025, 12, 22),
            requested_on=date(2026, 1, 9),
            first_confirmed_on=date(2026, 1, 9),
            confirmed_on=date(2026, 1, 9),
        )
        return replace(line, **changes)

    later = date(2026, 1, 15)
    told = {line_id: ToldLine(Decimal(12), date(2026, 1, 9)) for line_id in range(1, 9)}
    told[4] = ToldLine(Decimal(12), None)
    lines = [
        _line(1),
        _line(2, unit="kg", confirmed_on=later, qty_shipped=Decimal("4.5")),
        _line(3, confirmed_on=date(2026, 1, 8), customer_article="=HYPERLINK(1)"),
        _line(4),
        _line(5, confirmed_on=None),
        _line(6, qty_shipped=Decimal(12), is_open=False),
        _line(7, qty_cancelled=Decimal(12), is_open=False),
        _line(9, requested_on=None, first_confirmed_on=None, confirmed_on=None),
    ]
    return order_book(lines, told=told)


def _file_answer(language: str) -> dict[str, Any]:
    fault = ToldFault(
        row="7",
        field="Menge",
        value="=1+<b>",
        wrong="no number in the agreed form",
        todo="write digits",
    )
    return file_answer_view(
        FileAnswer(
            file_name="orders-0310.csv",
            kind="orders",
            is_taken=True,
            rejected=2,
            counts=(("read", 14), ("accepted", 12), ("rejected", 2)),
            faults=[fault] * 3,
        ),
        letterhead=a_letterhead(language),
        most=2,
    )


def _document(kind: str, language: str) -> dict[str, Any]:
    letterhead = a_letterhead(language)
    if kind == "pre_due_courtesy":
        return pre_due_view(
            some_figures().items,
            total=Money(Decimal("12034.56"), "EUR"),
            letterhead=letterhead,
            bank=BANK,
        )
    if kind == "payment_request":
        return payment_request_view(
            RequestFigures(
                order_no="O-2026-00088",
                customer_ref="PO-4471",
                rate=Decimal("0.3"),
                order_total=Money(Decimal("4115.20"), "EUR"),
                amount=Money(Decimal("1234.56"), "EUR"),
                due_on=date(2026, 2, 14),
                has_page=True,
                has_code=True,
            ),
            letterhead=letterhead,
            bank=BANK,
        )
    if kind == "credit_note":
        return credit_note_view(
            DocumentFigures(
                document_no="A-2026-000007",
                issued_on=date(2026, 2, 3),
                total=Money(Decimal("-200.00"), "EUR"),
                corrected_invoice="F-2026-000123",
                reason="2 × Q-17 damaged",
            ),
            letterhead=letterhead,
        )
    return invoice_view(
        DocumentFigures(
            document_no="F-2026-000123",
            issued_on=date(2026, 1, 15),
            total=Money(Decimal("1234.567"), "TND"),
            instalments=(
                (date(2026, 2, 14), Decimal("617.283")),
                (date(2026, 3, 16), Decimal("617.284")),
            ),
            order_refs=("PO-4471", "PO-4480"),
            early=EarlyOffer(date(2026, 1, 25), Decimal("1209.876")),
        ),
        letterhead=letterhead,
        bank=BANK,
    )


def _prices(language: str) -> dict[str, Any]:
    return price_view(
        (
            ReplacedPrice(
                product="Q-17",
                description="Hex bolts M8, box",
                qty=Decimal("12.5"),
                unit="kg",
                asked=Money(Decimal("1234.5"), "EUR"),
                agreed=Money(Decimal("1240.0625"), "EUR"),
            ),
        ),
        order=OrderHead(order_no="O-2026-00088", customer_reference="PO-4471"),
        letterhead=a_letterhead(language),
    )


def _operations(kind: str, language: str, templates: Environment) -> dict[str, Any]:
    labels = labels_of(templates, language)
    if kind == "digest":
        return digest_view(a_digest(), language=language, labels=labels)
    if kind == "failure":
        return failure_view(a_failed_run(), language=language, labels=labels)
    return {"company_name": "Talleres Nervión, S.L.", "requested_by": "Ana"}


def a_digest() -> Digest:
    return Digest(
        company_name="Talleres Nervión, S.L.",
        business_date=date(2026, 3, 10),
        stages=(
            StageCount("invoicing", done=412, waiting=3, failed=2),
            StageCount("dunning", done=17, skipped=230),
        ),
        stuck=(
            StuckWork(
                what="held_orders",
                count=4,
                owner="credit control",
                oldest_on=date(2026, 3, 6),
                command="adv order list --state held",
            ),
            StuckWork(what="unknown_mails", count=1, owner="operations"),
        ),
        kpis=(("orders_entered", "64"), ("overdue", "12.034,56 €")),
        mails=MailCounts(sent=398, waiting=2, failed=1, unknown=1),
        dashboard="dashboard/index.html",
        delays=(
            LateReason(
                reason="stock",
                orders=9,
                lines=14,
                silent=3,
                value="8.120 €",
                since_on=date(2026, 3, 2),
            ),
            LateReason(reason="credit", orders=1, lines=1),
        ),
        late_answers=(
            LateAnswer(
                order="S00000041",
                customer="Ferretería Ibáñez",
                owner="sales",
                waited=Decimal("19.5"),
                value="1.210,00 €",
                told=("head of sales", "Eve"),
            ),
            LateAnswer(
                order="S00000044",
                customer="C-17",
                owner="credit control",
                waited=Decimal(8),
            ),
            LateAnswer(
                order="S00000039",
                customer="Ateliers du Midi",
                owner="order desk",
                waited=Decimal(9),
                value="90,00 €",
                told=("head of sales",),
                is_answered=True,
            ),
        ),
    )


def a_failed_run(*, failures: int = 2) -> FailedRun:
    return FailedRun(
        flow="invoicing",
        business_date=date(2026, 3, 10),
        technical=False,
        reached=(("invoice", 412), ("reminder", 0), ("delay_notice", 3)),
        command="adv run invoicing --date 2026-03-10",
        failures=tuple(
            FailedEntry(
                document=f"O-2026-0008{number}",
                code="tax_rate_missing",
                message="no rate for tax category Z on 10 March",
                owner="master data",
            )
            for number in range(failures)
        ),
        done_count=412,
        run_url="http://127.0.0.1:4200/runs/flow-run/1",
    )
