"""Does a report say what was done and what to do?"""

from datetime import date

from adv_domain.store.runs import FailedDocument
from flows.run_report import chain_report, step_report
from tasks.catalogue import StepEnd
from tasks.step import Outcome

DAY = date(2026, 11, 23)


def test_nothing_to_do_is_said():
    report = step_report("mail", on=DAY, outcome=Outcome(), owner="adv")
    assert report == "# mail, 2026-11-23\n\nNothing to do."


def test_failed_documents_stand_with_cause_owner_and_remedy():
    outcome = Outcome(
        done={"invoices": 412},
        skipped={"ignored": 2},
        waiting=3,
        failed=(FailedDocument("O-7", "NoRate", "no rate for reduced | zero\nin XX"),),
    )
    report = step_report("invoicing", on=DAY, outcome=outcome, owner="accounting")
    assert "| invoices | 412 |" in report
    assert "| ignored | 2 |" in report
    assert "**3 waiting**" in report
    assert "## 1 failed, for accounting" in report
    assert "| O-7 | NoRate | no rate for reduced \\| zero in XX |" in report
    assert "run `invoicing` again" in report


def test_long_lists_of_failures_are_cut_and_counted():
    failed = tuple(FailedDocument(f"O-{n}", "X", "x") for n in range(130))
    report = step_report("mail", on=DAY, outcome=Outcome(failed=failed), owner="adv")
    assert "## 130 failed" in report
    assert "… and 30 more." in report


def test_chain_says_how_each_step_ended():
    ends = [
        StepEnd(step="payments", outcome=Outcome(), error="the disk is full"),
        StepEnd(step="invoicing", outcome=Outcome(done={"invoices": 4})),
        StepEnd(
            step="documents",
            outcome=Outcome(failed=(FailedDocument("F1", "X", "broken"),)),
        ),
        StepEnd(step="dunning", outcome=Outcome(), kept_by="payments"),
    ]
    report = chain_report("nightly", on=DAY, ends=ends)
    assert "| payments | **broke** | see below |" in report
    assert "- payments, broke: the disk is full" in report
    assert "| invoicing | completed | 4 invoices |" in report
    assert "| documents | **failed** | 1 failed |" in report
    assert "- documents, F1: broken" in report
    assert "| dunning | not run | payments broke" in report
    assert "retry this run" in report
