"""Bytes become text, before any parser sees them.

Order of evidence: a byte-order mark; valid UTF-8 (text in another encoding is hardly ever that by accident); UTF-8 with
a few broken bytes; the charset of HTTP and the one the document declares; a guess among the encodings of Cyrillic and
Western European text. A parser left to itself trusts a wrong label, or gives up a whole document for one bad byte.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

HEAD = 4096
"""Bytes looked at for a declared encoding."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_PARAMETER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_TEXT_CODECS = re.compile(
    r"(ascii|utf-8|cp\d+|iso8859-\d+|koi8-[rut]|gb\w+|hz|big5\w*|euc_\w+|shift_jis\w*|iso2022_\w+|mac-\w+|tis-620|johab)"
)
# What the web means by these labels (WHATWG Encoding Standard, section 4.2): the superset that Windows used.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_ALIASES = {
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "x-mac-cyrillic": "mac-cyrillic",
    "win-1251": "cp1251",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "utf8": "utf-8",
}
_STATEFUL = ("iso2022_", "hz")
_GUESSES = ("cp1251", "koi8-r", "cp1252", "iso8859-5", "mac-cyrillic", "cp866", "cp855")
_CYRILLIC = frozenset({"cp1251", "koi8-r", "koi8-u", "iso8859-5", "mac-cyrillic", "cp866", "cp855"})
_MENDABLE = 10
"""Good multi-byte characters for each bad byte that make a document UTF-8 although it declares something else."""
_LIKELY = 2
"""The same for one that declares nothing: text in other encodings has far more bad bytes than good characters."""
_CUT_LEADS = frozenset(b"\xc2\xc3\xd0\xd1\xe2\xf0")
_SAMPLE = 3000
_JUDGED = 1500
"""Characters beyond ASCII by which a reading is judged."""
_FOREIGN = re.compile(r"[^\x00-\x7f]")


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a document. Never fails: bytes that are nothing at all are left out."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "ignore")
    for start, encoding in _WIDE:
        if body.lstrip(b" \r\n\t").startswith(start):
            return body.decode(encoding, "ignore")
    labels = _labels(body, content_type)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(body, labels)
    return _stateful(body, labels) or text


def _labels(body: bytes, content_type: str | None) -> list[str]:
    """The declared encodings under the names Python knows, HTTP's first."""
    found: list[str] = []
    if content_type and (match := _PARAMETER.search(content_type)):
        found.append(match[1])
    for pattern in (_XML, _META):
        if declared := pattern.search(body[:HEAD]):
            found.append(declared[1].decode("ascii", "ignore"))
            break
    return list(dict.fromkeys(name for label in found if (name := _codec(label))))


def _codec(label: str) -> str | None:
    label = label.strip().lower()
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name
    except LookupError:
        return None
    # Not every codec of Python is one for documents: "punycode" takes quadratic time, "unicode_escape" runs escapes.
    if not _TEXT_CODECS.fullmatch(name):
        return None
    return _SUPERSETS.get(name, name)


def _stateful(body: bytes, labels: list[str]) -> str | None:
    """ISO-2022 and HZ hide behind pure ASCII."""
    hidden = [label for label in labels if label.startswith(_STATEFUL)]
    if not hidden and b"\x1b" in body and b"\x1b$" in body:  # a byte is looked for ten times as fast as two
        hidden = ["iso2022_jp_2", "iso2022_kr"]
    for label in hidden:
        try:
            return body.decode(label)
        except UnicodeDecodeError:
            continue
    return None


def _not_utf8(body: bytes, labels: list[str]) -> str:
    good, bad = _tally(body)
    others = [label for label in labels if label != "utf-8"]
    enough = _MENDABLE if others else _LIKELY if "utf-8" not in labels else 1
    if good >= bad * enough:
        return _mended(body)
    for label in others:
        if _multibyte(label) and (text := _almost(body, label)) is not None:
            return text
    ranked = [*(label for label in others if not _multibyte(label)), *_GUESSES]
    readings = {label: body.decode(label, "ignore") for label in dict.fromkeys(ranked)}
    return readings[max(readings, key=lambda label: _naturalness(readings[label]) + _trust(label, others))]


def _trust(label: str, declared: list[str]) -> float:
    """What being declared counts. Encodings of Cyrillic are taken for one another all the time, and the text tells."""
    if label not in declared:
        return 0.0
    return 0.02 if label in _CYRILLIC else 0.3


def _tally(body: bytes) -> tuple[int, int]:
    """How many characters of several bytes are whole, and how many are broken."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return sum(1 for char in text if char > "\x7f") - bad, bad


def _multibyte(label: str) -> bool:
    return label.startswith(("gb", "big5", "euc_", "cp9", "iso2022", "johab", "shift", "hz"))


def _almost(body: bytes, label: str) -> str | None:
    """The reading in a multi-byte encoding, if at most one character in a hundred is broken."""
    text = body.decode(label, "replace")
    foreign = sum(1 for char in text if char > "\x7f")
    return text.replace("\ufffd", "") if text.count("\ufffd") * 100 <= foreign else None


def _mended(body: bytes) -> str:
    """UTF-8 with strangers in it: a character cut in two goes, other bytes are read as their neighbours suggest."""
    cyrillic = len(re.findall(rb"[\xd0\xd1][\x80-\xbf]", body)) > len(re.findall(rb"\xc3[\x80-\xbf]", body))
    fallback = "cp1251" if cyrillic else "cp1252"
    parts: list[str] = []
    rest = body
    while rest:
        try:
            parts.append(rest.decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            broken = rest[error.start : error.end]
            parts.append(rest[: error.start].decode("utf-8"))
            if broken[0] not in _CUT_LEADS or _stranger(rest, error.end):
                parts.append(broken.decode(fallback, "ignore"))
            rest = rest[error.end :]
            if len(parts) > _SAMPLE:  # each round copies the rest: many strangers would take quadratic time
                parts.append(rest.decode("utf-8", "ignore"))
                break
    return "".join(parts)


def _stranger(rest: bytes, end: int) -> bool:
    """Another broken byte follows at once: a run of them is a word in another encoding, not a cut character."""
    following = rest[end : end + 1]
    return following > b"\xbf" and not b"\x80" <= rest[end + 1 : end + 2] <= b"\xbf"


_COMMON = frozenset("оеаинтсрвлкмдпуя")
_RARE = frozenset("бгжзйхцчшщъыьэюфё")
_COMMON_CAPITALS = frozenset("ОЕАИНТСРВЛКМДПУЯ")
_RARE_CAPITALS = frozenset("БГЖЗЙХЦЧШЩЪЫЬЭЮФЁ")
_NEIGHBOURS = frozenset("іїєґђјљњћџўѕІЇЄҐЂЈЉЊЋЏЎЅ")
_NOT_THEIRS = re.compile("[ыэ]")
"""Letters that stand in hardly any text with those of Russian's neighbours."""
_PUNCTUATION = frozenset("«»“”„‘’‚…–—№©®°§€\u00a0·•™")


def _naturalness(text: str) -> float:
    """How much the characters beyond ASCII look like language: about 1 for text, below 0 for gibberish."""
    marks = list(_marks(text))
    return sum(marks) / len(marks) if marks else 0.0


def _marks(text: str) -> Iterator[float]:
    strange = -1.0 if _NOT_THEIRS.search(text) else -0.1
    for count, match in enumerate(_FOREIGN.finditer(text)):
        if count >= _JUDGED:
            return
        char, before = match[0], text[match.start() - 1] if match.start() else " "
        if "\u0400" <= char <= "\u052f":
            yield strange if char in _NEIGHBOURS else _cyrillic(char, before)
        elif char in _PUNCTUATION:
            yield 0.2 if not before.isalpha() or not text[match.end() : match.end() + 1].isalpha() else -0.5
        elif char.isalpha():
            yield _alphabetic(char, before)
        else:
            yield -1.0


def _cyrillic(char: str, before: str) -> float:
    """Capitals stand at the beginnings of words, or all together: a text in capitals alone is the rarer one."""
    if before.isascii() and before.isalpha():
        return -1.0
    if char in _COMMON:
        return 1.0 if before not in _RARE_CAPITALS else 0.6
    if char in _RARE:
        return 0.4
    if "а" <= before <= "я":
        return -1.5
    begins = not before.isalpha()
    if char in _COMMON_CAPITALS:
        return 0.7 if begins else 0.4
    return 0.4 if begins and char in _RARE_CAPITALS else -0.4 if char in _RARE_CAPITALS else -1.0


def _alphabetic(char: str, before: str) -> float:
    """Accented Latin letters stand among plain ones; letters of other scripts stand together."""
    if char < "\u0250":
        if not before.isascii():
            return -1.0 if before.isalpha() else 0.0
        return 0.6
    return 0.5 if not before.isascii() or not before.isalpha() else -0.5
