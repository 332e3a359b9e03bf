"""A customer that could not be written to, billed or chased is not taken."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import customer
from tasks.intake.step import import_file
from tasks.resources import resources

HEADER = "code,name,country,currency,language,email,payment_terms,credit_limit\n"
GOOD = "C1,One,ES,EUR,es,one@example.com,net30,1000.50\n"
DAY = date(2024, 6, 3)


def take(tmp_path, *rows, header=HEADER):
    path = tmp_path / "customers.csv"
    path.write_bytes((header + "".join(rows)).encode())
    return import_file("customers", path, on=DAY)


def known():
    with reading(resources().engine) as connection:
        return list(connection.execute(select(customer.c.code).order_by("code")))


WRONG = {
    "country": ("XX,EUR,es,a@example.com,net30,", "country", "ISO 3166"),
    "currency": ("ES,ZZZ,es,a@example.com,net30,", "currency", "ISO 4217"),
    "metal": ("ES,XAU,es,a@example.com,net30,", "currency", "ISO 4217"),
    "language": ("ES,EUR,de,a@example.com,net30,", "language", "en, es, fr"),
    "no address": ("ES,EUR,es,not-an-address,net30,", "email", "no mail address"),
    "two": ('ES,EUR,es,"a@example.com, b@example.com",net30,', "email", "more than"),
    "line": ('ES,EUR,es,"a@example.com\nBcc: b",net30,', "email", "control character"),
    "bell": ("ES,EUR,es,a\x07@example.com,net30,", "email", "control character"),
    "named": ("ES,EUR,es,Ana <a@example.com>,net30,", "email", "one address alone"),
    "terms": ("ES,EUR,es,a@example.com,net31,", "payment_terms", "2_10_net30, 30_eom"),
    "cents": ("ES,EUR,es,a@example.com,net30,10.125", "credit_limit", "than EUR has"),
    "yen": ("JP,JPY,en,a@example.com,net30,10.5", "credit_limit", "than JPY has"),
}


@pytest.mark.parametrize(("row", "field", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_rejects_itself_only(sqlite_home, tmp_path, row, field, said):
    tally = take(tmp_path, GOOD, f"C2,Two,{row}\n")
    assert (tally.read, tally.accepted, tally.rejected) == (2, 1, 1)
    [fault] = tally.faults
    assert fault.field == field
    assert said in fault.message
    assert known() == [("C1",)]


def test_every_wrong_row_of_a_file_is_told_on_each_database(home, tmp_path):
    rows = [f"W{at},Wrong,{row}\n" for at, (row, _, _) in enumerate(WRONG.values())]
    tally = take(tmp_path, *rows, GOOD)
    assert (tally.accepted, tally.rejected) == (1, len(rows))
    assert known() == [("C1",)]
    twice = take(tmp_path, *(f"T,Twin,{WRONG['terms'][0]}\n" for _ in range(2)))
    assert (twice.accepted, twice.duplicate, twice.rejected) == (0, 0, 2)


def test_a_limit_is_held_against_the_currency_on_record(home, tmp_path):
    take(tmp_path, "C1,One,KW,KWD,en,,net30,\n")
    tally = take(tmp_path, "C1,One,10.125\n", header="code,name,credit_limit\n")
    assert (tally.accepted, tally.faults) == (1, [])
    with reading(resources().engine) as connection:
        assert connection.execute(
            select(customer.c.currency, customer.c.credit_limit)
        ).one() == ("KWD", Decimal("10.125"))


def test_statements_do_not_grow_with_the_rows(home, tmp_path):
    def counted(first, many):
        rows = [GOOD.replace("C1", f"C{first + at}") for at in range(many)]
        with counted_statements(resources().engine) as statements:
            take(tmp_path, *rows)
        return len(statements)

    assert counted(100, 2) == counted(200, 40)
