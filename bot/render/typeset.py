"""Typography in Russian and English: quotes, dashes, ellipses, spaces that must not break. Pure, total, idempotent.

Only marks and spaces change, never a letter: a headline in capitals stays in capitals. Addresses are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_DOTS = re.compile(r"(?<![./\\])\.{3,}(?![./\\])")
_HYPHEN_AS_DASH = re.compile(r"(?<=[^\s\d] )(?:-{1,3}|–)(?= )|(?<=[\d] )--(?= )|(?<=\d )[-–](?= [^\W\d])")
_LEADING_DASH = re.compile(r"^(?:-{1,2}|–) (?=\w)")
_BEFORE_DASH = re.compile(r"(?<=\S) (?=[—–] )")
_STRAIGHT = '"'
_OPENS_AFTER = frozenset(" \t\n\xa0\u202f([{«„“—–-/")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_NUMBER_SIGN = re.compile(r"№ ?(?=\d)")
_UNITS = (
    r"(?:млн|млрд|трлн|тыс\.|руб\.|евро|долл\.|долларов|рублей|км|кг|мм|см|га|кв\.|°C|%|процент\w*|год\w{0,2}|лет|век\w{0,2}|час\w{0,2}"
    r"|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|million|billion|km|kg|percent|years?)"
)
_NUMBER_UNIT = re.compile(rf"(?<=\d) (?={_UNITS}(?!\w))")
_INITIALS = re.compile(r"(?<![^\W_])([А-ЯЁ]\.) ?(?:([А-ЯЁ]\.) ?)?(?=[А-ЯЁ][а-яё])")
_AND_SO_ON = re.compile(r"\b([итд]) (т\.) ?([дпек]\.)")
_SHORT_RUSSIAN = re.compile(
    r"(?<![\w-])(?:[авиксоуя]|во|до|за|из|на|не|ни|но|об|от|по|со|то)(?= [\w«(„№])", re.IGNORECASE
)
_SHORT_ENGLISH = re.compile(r"(?<![\w'’-])(?:a|an|the|of|to|in|on|at|by|no)(?= \w)", re.IGNORECASE)
_NO_BREAK = "\xa0"


def typeset(text: str, language: str | None = None, *, loose: bool = True) -> str:
    """The text as a typesetter would set it in the language its letters show, or else in the one named.

    `loose`: spaces after short words don't break either; headlines, which people copy and search for, keep theirs.

    >>> typeset('Газета "Сегодня" - о "важном"...')
    'Газета «Сегодня»\\xa0— о\\xa0«важном»…'
    >>> typeset("It's called \\"home\\" -- by some", "en", loose=False)
    'It’s called “home”\\xa0— by some'
    """
    if not text:
        return text
    rules = _rules(text, language)
    if rules is None:
        return text
    if "://" not in text and "www." not in text.lower():
        return rules(text, loose)
    parts, last = [], 0
    for address in _ADDRESS.finditer(text):
        parts += [_aside(rules, text[last : address.start()], loose), address[0]]
        last = address.end()
    return "".join([*parts, _aside(rules, text[last:], loose)])


def _aside(rules: Callable[[str, bool], str], text: str, loose: bool) -> str:
    return rules(text, loose) if text else text


def _rules(text: str, language: str | None) -> Callable[[str, bool], str] | None:
    if _CYRILLIC.search(text):
        return _russian
    if (language or "").lower().startswith("en") and _LATIN.search(text):
        return _english
    return None


def _russian(text: str, loose: bool) -> str:
    text = _common(text)
    if _STRAIGHT in text:
        text = _quoted(text, ("«", "»"), ("„", "“"))
    if "№" in text:
        text = _NUMBER_SIGN.sub(f"№{_NO_BREAK}", text)
    if "." in text:
        text = _INITIALS.sub(lambda found: _NO_BREAK.join([*filter(None, found.groups()), ""]), text)
        text = _AND_SO_ON.sub(rf"\1{_NO_BREAK}\2{_NO_BREAK}\3", text)
    return _SHORT_RUSSIAN.sub(_with_hard_space, text).replace("\0 ", _NO_BREAK) if loose else text


def _english(text: str, loose: bool) -> str:
    text = _common(text)
    if _STRAIGHT in text:
        text = _quoted(text, ("“", "”"), ("‘", "’"))
    if "'" in text:
        text = _APOSTROPHE.sub("’", text)
    return _SHORT_ENGLISH.sub(_with_hard_space, text).replace("\0 ", _NO_BREAK) if loose else text


def _with_hard_space(found: re.Match[str]) -> str:
    """Marks the space after a short word; two such words in a row are both found, since the space is no part of it."""
    return f"{found[0]}\0"


def _common(text: str) -> str:
    if "..." in text:
        text = _DOTS.sub("…", text)
    if "-" in text or "–" in text:
        text = _LEADING_DASH.sub("— ", _HYPHEN_AS_DASH.sub("—", text))
    if "—" in text or "–" in text:
        text = _BEFORE_DASH.sub(_NO_BREAK, text)
    return _NUMBER_UNIT.sub(_NO_BREAK, text)


def _quoted(text: str, outer: tuple[str, str], inner: tuple[str, str]) -> str:
    """Straight quotes turned by what stands before them; all are left alone when they don't pair up."""
    turned: list[str] = []
    depth = 0
    for index, char in enumerate(text):
        if char != _STRAIGHT:
            turned.append(char)
            depth += (char == outer[0]) - (char == outer[1])
            continue
        opens = index == 0 or text[index - 1] in _OPENS_AFTER or (text[index - 1] == _STRAIGHT and turned[-1] in "«„“‘")
        if opens:
            turned.append((inner if depth > 0 else outer)[0])
            depth += 1
        else:
            depth -= 1
            if depth < 0:
                return text
            turned.append((inner if depth > 0 else outer)[1])
    return "".join(turned) if depth == 0 else text
