"""May the movements of a bank statement be booked, and if not, why?"""

from collections.abc import Iterator
from datetime import date

from adv_domain.files.bank import BankStatement, entry_name
from adv_domain.policies import Policy
from adv_domain.rules.faults import FileFault
from adv_domain.rules.payments.statement_days import DAYS_AHEAD, latest_booking_on


def adds_up(statement: BankStatement, *, policy: Policy) -> bool:
    """Say whether every entry was read and the balances agree or need not."""
    return statement.sound and (statement.balanced or policy.payments.accept_unbalanced)


def faults_of(
    statement: BankStatement, *, file: str, policy: Policy, on: date
) -> list[FileFault]:
    """Tell what makes a readable statement unfit for this company and day.

    It is of an account that is not ours, or books later than a bank can know.
    """
    return [
        *_foreign_account(statement, file=file, policy=policy),
        *_booked_ahead(statement, file=file, on=on),
    ]


def _foreign_account(
    statement: BankStatement, *, file: str, policy: Policy
) -> Iterator[FileFault]:
    listed = policy.payments.accounts
    ours = {_compact(each) for each in (*listed, policy.company.iban)}
    if not listed or not statement.account or statement.account in ours:
        return
    yield FileFault(
        file,
        statement.row,
        "Acct",
        "foreign_account",
        f"account {statement.account[:40]} is not ours; if it is, add it to accounts "
        "under [payments] in policy.toml and put the file in again",
        statement.account[:80],
    )


def _booked_ahead(
    statement: BankStatement, *, file: str, on: date
) -> Iterator[FileFault]:
    """One fault per entry, and one for a closing balance of such a day."""
    latest = latest_booking_on(on)
    why = (
        f"more than {DAYS_AHEAD} days after the business date {on}; ask the bank for "
        "the file again"
    )
    named: set[int] = set()
    for one in statement.transactions:
        if one.booked_on <= latest or one.entry_no in named:
            continue
        named.add(one.entry_no)
        name = entry_name(one.bank_reference, one.entry_no)
        message = f"{name}: it is booked on {one.booked_on}, {why}"
        day = one.booked_on.isoformat()
        yield FileFault(file, one.row, "BookgDt", "booked_ahead", message, day)
    closing_on = statement.closing_on
    if closing_on is not None and closing_on > latest:
        message = f"the closing balance is of {closing_on}, {why}"
        day = closing_on.isoformat()
        yield FileFault(file, statement.row, "Bal", "booked_ahead", message, day)


def _compact(account: str) -> str:
    return "".join(account.split()).upper()
