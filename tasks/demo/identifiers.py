"""Which numbers do the demo's companies bear, with check digits that are right?"""

from collections.abc import Callable

from stdnum import luhn
from stdnum.eu import vat

_VAT_BODIES: dict[str, Callable[[int, int], str]] = {
    "ES": lambda number, check: f"B{number:07d}{check}",
    "FR": lambda number, check: f"{check:02d}{_siren(number)}",
    "DE": lambda number, check: f"1{number:07d}{check}",
    "IT": lambda number, check: f"{number:07d}001{check}",
    "PT": lambda number, check: f"5{number:07d}{check}",
    "BE": lambda number, check: f"0{number:07d}{check:02d}",
}


def vat_id(country: str, at: int) -> str:
    """Make a VAT number, one of the EU with its right check digits."""
    number = 1_000_000 + at * 7919
    bodies = _VAT_BODIES.get(country)
    if bodies is None:
        return f"{country}{100_000_000 + number}"
    return next(
        made
        for check in range(100)
        if vat.is_valid(made := country + bodies(number, check))
    )


def iban(country: str, at: int) -> str:
    """Make an account number with right check digits (ISO 13616)."""
    body = f"{4700 + at:04d}{at * 7919 % 10**12:014d}"
    digits = "".join(str(int(letter, 36)) for letter in f"{body}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{body}"


def _siren(number: int) -> str:
    """Return the number with its check digit, as a French company's is made."""
    return f"4{number:07d}{luhn.calc_check_digit(f'4{number:07d}')}"
