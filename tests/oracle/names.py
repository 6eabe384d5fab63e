"""Names as rules compare them."""

import unicodedata

DOTS = "\u00b7\u2022\u2027\u30fb\uff65."


def normalised(name: str) -> str:
    """NFKC, without blanks and without dots."""
    return "".join(c for c in unicodedata.normalize("NFKC", name) if not c.isspace() and c not in DOTS)
