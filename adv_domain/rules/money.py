"""How are amounts of money kept, rounded and split exactly?

Amounts are Decimal in the currency's own number of minor digits (ISO 4217:
0, 2 or 3). Functions on bare Decimals are for hot loops of one currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

# ISO 4217, active codes as of 2026; not those of metals and tests, nor the two units
# of account with four decimals (CLF, UYW)
CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN
    BWP BYN BZD CAD CDF CHE CHF CHW CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP
    ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD
    IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR
    PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS
    SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU
    UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()
)
_EXCEPTIONAL_DIGITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
_ORDINARY_DIGITS = 2
_UNITS = {digits: Decimal(1).scaleb(-digits) for digits in (0, 2, 3)}
ZERO = Decimal(0)


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met in one sum."""

    def __init__(self, *, left: str, right: str) -> None:
        super().__init__(f"amounts in {left} and {right} cannot be added")
        self.left = left
        self.right = right


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency has (0, 2 or 3)."""
    return _EXCEPTIONAL_DIGITS.get(currency, _ORDINARY_DIGITS)


def minor_unit(currency: str) -> Decimal:
    """Return the smallest amount of the currency, 0.01 for EUR."""
    return _UNITS[minor_digits(currency)]


def rounded_to_minor(amount: Decimal, currency: str) -> Decimal:
    """Round half up (away from zero at the half) to the currency's digits."""
    return amount.quantize(minor_unit(currency), rounding=ROUND_HALF_UP)


def plain_amount(amount: Decimal, currency: str) -> str:
    """Write an amount in the currency's digits for a reason or a task: 4.88."""
    return f"{rounded_to_minor(amount, currency):f}"


def shared_out(
    total: Decimal, weights: Sequence[Decimal], currency: str
) -> list[Decimal]:
    """Split the total by weights with the largest remainder method.

    The parts sum to the total exactly and each differs from its exact share by
    less than one minor unit. Raises ValueError where no weight is given or the
    weights sum to zero.
    """
    whole = sum(weights, ZERO)
    if not whole:
        raise ValueError("an amount cannot be shared out over weights that sum to zero")
    unit = minor_unit(currency)
    exact = [total * weight / whole for weight in weights]
    parts = [share.quantize(unit, rounding=ROUND_DOWN) for share in exact]
    missing = int((total - sum(parts, ZERO)) / unit)
    step = unit if missing > 0 else -unit
    by_remainder = sorted(
        range(len(parts)), key=lambda at: (-abs(exact[at] - parts[at]), at)
    )
    for at in by_remainder[: abs(missing)]:
        parts[at] += step
    return parts


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount of one currency."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def rounded(self) -> "Money":
        return Money(rounded_to_minor(self.amount, self.currency), self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
