"""How is a number written plainly: 2.5 and 100, not 2.500000 or 1E+2?"""

from decimal import Decimal

_HUNDRED = Decimal(100)


def plain_number(number: Decimal) -> str:
    """Write a number without needless zeros and never with an exponent."""
    return f"{number.normalize():f}"


def percentage(rate: Decimal) -> str:
    """Write a fraction in per cent, without the sign: 0.21 is 21."""
    return plain_number(rate * _HUNDRED)
