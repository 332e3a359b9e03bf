"""How is a count written before its noun: 1 day late, 2 days late?"""

_NO_PLURALS = ("ss", "us", "news")


def counted(number: int, words: str) -> str:
    """Write the number before the words, whose noun is a plural: order books queued.

    For one the first plural among them becomes a singular: 1 order book queued.
    """
    if number != 1:
        return f"{number} {words}"
    parts = words.split(" ")
    for at, part in enumerate(parts):
        if part.endswith("s") and not part.endswith(_NO_PLURALS):
            parts[at] = _singular(part)
            break
    return f"1 {' '.join(parts)}"


def _singular(noun: str) -> str:
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    if noun.endswith(("sses", "shes", "ches", "xes")):
        return noun[:-2]
    return noun[:-1]
