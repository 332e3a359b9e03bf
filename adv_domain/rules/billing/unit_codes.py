"""Which code of UN/ECE recommendation 20 does a unit of measure have, which word?

E-invoices carry the code; a page prints the unit's word, a mail does where it is not
pieces. Units come as codes already or as words and old codes of order files.
"""

from collections.abc import Mapping
from decimal import Decimal

AS_AGREED = "ZZ"
"""A unit that the two parties agreed on: what has no code of its own."""
LUMP_SUM = "LS"
"""The unit of a line that is an amount of money, not a quantity of goods."""

_PIECES = frozenset({"C62", "EA", "H87"})

# the codes in common use out of some two thousand, those of packages (X…) from
# recommendation 21
_CODES = frozenset(
    """
    4L ACR AMP ANN BLL C62 CEN CLT CMK CMQ CMT DAY DLT DMQ DMT DPC DTN DZN E48 E49 E51
    EA FOT GLI GLL GRM GRO H87 HLT HUR INH JOU KGM KMT KNT KWH KWT LBR LEF LM LS LTR
    MGM MIL MIN MLT MMT MON MTK MTQ MTR MWH NAR ONZ P1 PR RM SEC SET STN TNE VLT WEE
    WHR XBA XBE XBG XBO XBX XCA XCR XCS XCT XDR XNE XPA XPF XPK XPP XPU XPX XRL XRO
    XSA XTU XUN YRD ZZ
    """.split()
)
_WORDS_OF = {
    "H87": "pce pc pcs piece pieces pièce pièces pieza piezas ud uds unidad unidades",
    "C62": "u unit units unité unités one",
    "KGM": "kg kilo kilos",
    "GRM": "g gr",
    "TNE": "t to tn",
    "LTR": "l lt litro litros litre litres",
    "MLT": "ml",
    "MTR": "m metro metros mètre mètres metre metres",
    "CMT": "cm",
    "MMT": "mm",
    "KMT": "km",
    "MTK": "m2 m² qm",
    "MTQ": "m3 m³ cbm",
    "HUR": "h hr hora horas hour hours heure heures",
    "MIN": "min",
    "DAY": "d día días dia dias day days jour jours",
    "WEE": "week weeks semana semanas semaine semaines",
    "MON": "month months mes meses mois",
    "ANN": "year years año años an ans",
    "KWH": "kwh",
    "PR": "npr pair pairs par pares paire paires",
    "DZN": "dz dozen docena docenas douzaine douzaines",
    "SET": "sets juego juegos jeu jeux lot lots",
    "XBX": "bx box boxes caja cajas boîte boîtes",
    "XCT": "ct carton cartons cartón cartones",
    "XPK": "pk pack packs paquete paquetes paquet paquets",
    "XPX": "px pallet pallets palet palets palette palettes",
    "XBG": "bg bag bags bolsa bolsas sac sacs",
    "XBO": "bo bottle bottles botella botellas bouteille bouteilles",
    "XRO": "ro roll rolls rollo rollos rouleau rouleaux",
}
_CODE_OF_WORD = {
    word: code for code, words in _WORDS_OF.items() for word in words.split()
}


def unit_code(unit: str) -> str:
    """Return the unit's code, ZZ (as agreed) for one that has none in use here."""
    written = unit.strip()
    if written.upper() in _CODES:
        return written.upper()
    return _CODE_OF_WORD.get(written.casefold().rstrip("."), AS_AGREED)


def is_same_unit(first: str, second: str) -> bool:
    """Tell whether two ways to write a unit mean one; pieces go by several codes."""
    if first.strip().casefold() == second.strip().casefold():
        return True
    codes = {unit_code(first), unit_code(second)}
    return AS_AGREED not in codes and (len(codes) == 1 or codes <= _PIECES)


def unit_word(
    unit: str, *, words: Mapping[str, str], qty: Decimal | None = None
) -> str:
    """Return the reader's word for a unit, the unit itself where there is none.

    Words may be two, for one and for several: day|days.
    """
    said = words.get(unit) or words.get(unit_code(unit))
    if not said:
        return unit
    one, _, several = said.partition("|")
    is_one = qty is not None and abs(qty) == 1
    return one if is_one or not several else several


def unit_in_text(
    unit: str, *, words: Mapping[str, str], qty: Decimal | None = None
) -> str:
    """Return the word that follows a quantity in running text: none for pieces."""
    if unit_code(unit) in _PIECES:
        return ""
    return unit_word(unit, words=words, qty=qty)
