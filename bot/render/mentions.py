"""Texts of others with nothing in them that VK could read as a mention. Pure and total."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"https?://\S+|[\[\]|]|[@*](?=\w)", re.IGNORECASE)
_OPENS = re.compile(r"https?://\S+|\[", re.IGNORECASE)
_LOOK_ALIKE = {"@": "＠", "*": "∗", "|": "∣"}
_ESCAPED = str.maketrans({"@": "%40", "*": "%2A", "|": "%7C"})


def unmentioned(text: str) -> str:
    """The text with nothing VK could read as a mention: `@` and `*` before a word, `|` after an open bracket, a bracket
    that stays open, in which a later text's `|` would stand.

    Inside an address these signs are percent-encoded instead, so that it still leads to the same page.

    >>> unmentioned("[id1|Ann] @id2 (Ben) *club3, 2 * 2, a | b")
    '[id1∣Ann] ＠id2 (Ben) ∗club3, 2 * 2, a | b'
    >>> unmentioned("an open [bracket")
    'an open ［bracket'
    """
    inside = False

    def look_alike(found: re.Match[str]) -> str:
        nonlocal inside
        sign = found[0]
        if len(sign) > 1:
            if "[" in sign or "]" in sign:
                inside = sign.rfind("[") > sign.rfind("]")  # an address may end inside of a bracket it opened
            return sign.translate(_ESCAPED)
        if sign in "[]":
            inside = sign == "["
            return sign
        return _LOOK_ALIKE[sign] if sign != "|" or inside else sign

    return _closed(_SIGNS.sub(look_alike, text))


def _closed(text: str) -> str:
    """The text without brackets that nothing closes."""
    if text.rfind("[") <= (last := text.rfind("]")):
        return text
    return text[: last + 1] + _OPENS.sub(
        lambda found: "［" if found[0] == "[" else found[0].replace("[", "%5B"), text[last + 1 :]
    )
