"""Telegram's two markups, read and refused as its server does (TDLib, MessageEntity.cpp)."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from bot.sandbox.telegram_text import Entity, Formatted, TextError, check_link, utf16_length

_NAMES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "",
}
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[^\s>]*)(?P<rest>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([^\s=]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[\w.-]+))?")
_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


def parse(text: str, mode: str | None) -> Formatted:
    """Read a text in a `parse_mode`. Raises TextError in Telegram's words."""
    match (mode or "").lower():
        case "":
            return Formatted(text)
        case "html":
            return _Html(text).parse()
        case "markdownv2":
            return _Markdown(text).parse()
        case _:
            raise TextError("unsupported parse_mode")


def _wrong(message: str) -> TextError:
    return TextError(f"can't parse entities: {message}")


@dataclass(frozen=True, slots=True)
class _Open:
    """A begun entity: its markup's name, an argument such as a link, and where it began."""

    name: str
    argument: str
    offset: int
    at: int = 0


class _Html:
    def __init__(self, source: str) -> None:
        self._source = source
        self._text = ""
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> Formatted:
        position = 0
        while (start := self._source.find("<", position)) >= 0:
            self._text += _decode(self._source[position:start])
            tag = _TAG.match(self._source, start)
            if tag is None:
                side = "end" if self._source.startswith("</", start) else "start"
                raise _wrong(f"Unclosed {side} tag at byte offset {self._byte(start)}")
            self._close(tag) if tag["end"] else self._begin(tag)
            position = tag.end()
        self._text += _decode(self._source[position:])
        if self._open:
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        return Formatted(self._text, self._entities)

    def _byte(self, position: int) -> int:
        return len(self._source[:position].encode("utf-8", "surrogatepass"))

    def _begin(self, tag: re.Match[str]) -> None:
        name, at = tag["name"].lower(), self._byte(tag.start())
        if name not in _NAMES:
            raise _wrong(f'Unsupported start tag "{name}" at byte offset {at}')
        attributes = self._attributes(tag["rest"], name, at)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
        argument = attributes.get("href") or attributes.get("emoji-id") or attributes.get("class") or ""
        if name == "blockquote" and "expandable" in attributes:
            argument = "expandable"
        self._open.append(_Open(name, argument, utf16_length(self._text), len(self._text)))

    @staticmethod
    def _attributes(rest: str, name: str, at: int) -> dict[str, str]:
        found = {}
        for attribute in _ATTRIBUTE.finditer(rest):
            key, value = attribute[1].lower(), attribute[2]
            if key.startswith(("'", '"')):
                raise _wrong(
                    f'Expected equal sign in declaration of an attribute of the tag "{name}" at byte offset {at}'
                )
            found[key] = _decode(value[1:-1]) if value and value[0] in "'\"" else value or ""
        return found

    def _close(self, tag: re.Match[str]) -> None:
        at, name = self._byte(tag.start()), tag["name"].lower()
        if not self._open:
            raise _wrong(f"Unexpected end tag at byte offset {at}")
        begun = self._open.pop()
        if name and name != begun.name:
            raise _wrong(f'Unmatched end tag at byte offset {at}, expected "</{begun.name}>", found "</{name}>"')
        entity = self._entity(begun)
        if entity and entity["length"] > 0:
            self._entities.append(entity)

    def _entity(self, begun: _Open) -> Entity | None:
        kind = _NAMES[begun.name]
        entity: Entity = {"type": kind, "offset": begun.offset, "length": utf16_length(self._text) - begun.offset}
        if begun.name == "a":
            # An address Telegram doesn't know as one leaves the words without a link, and without an error.
            link = check_link(begun.argument or self._text[begun.at :])
            return {**entity, "url": link} if link else None
        if begun.name == "blockquote" and begun.argument:
            return {**entity, "type": "expandable_blockquote"}
        if begun.name == "tg-emoji":
            return {**entity, "custom_emoji_id": begun.argument}
        return entity if kind else None


def _decode(text: str) -> str:
    """Only these few names and numbers stand for characters; every other & is an ampersand."""
    return _CHARACTER.sub(lambda found: html.unescape(found[0]), text)


_PAIRS = {
    "*": ("*", "bold", "Bold"),
    "_": ("_", "italic", "Italic"),
    "__": ("__", "underline", "Underline"),
    "~": ("~", "strikethrough", "Strikethrough"),
    "||": ("||", "spoiler", "Spoiler"),
}
_TOKEN = re.compile(
    r"\\(?P<escaped>[\x01-\x7e])|```(?:(?P<language>[^\s`]+)?\n)?(?P<pre>(?:\\.|[^`\\]|`(?!``))*)(?P<pre_end>```)?"
    r"|`(?P<code>(?:\\.|[^`\\])*)(?P<code_end>`)?|(?P<pair>__|\|\||[*_~])"
    r"|(?P<link_end>\]\((?P<url>(?:\\.|[^)\\])*)\))|(?P<link>!?\[)|(?P<other>(?s:.))"
)


class _Markdown:
    """Pairs nest; a block quotation is a run of lines that begin with ">"."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._text = ""
        self._open: list[_Open] = []
        self._entities: list[Entity] = []
        self._quote: int | None = None

    def parse(self) -> Formatted:
        position = 0
        while position < len(self._source):
            token = _TOKEN.match(self._source, position)
            if token is None:
                break
            self._take(token)
            position = token.end()
        self._end_quote()
        if self._open:
            begun = self._open[-1]
            raise _wrong(f"Can't find end of {begun.argument} entity at byte offset {begun.at}")
        return Formatted(self._text, self._entities)

    def _take(self, token: re.Match[str]) -> None:
        match token.lastgroup:
            case "escaped":
                self._text += token["escaped"]
            case "pre" | "pre_end" | "language":
                self._block(token, "pre", "Pre")
            case "code" | "code_end":
                self._block(token, "code", "Code")
            case "pair":
                self._pair(token["pair"], token)
            case "link":
                self._open.append(self._begun("[", "TextUrl", token))
            case "link_end":
                self._link(token)
            case _:
                self._other(token)

    def _byte(self, token: re.Match[str]) -> int:
        return len(self._source[: token.start()].encode("utf-8", "surrogatepass"))

    def _begun(self, name: str, title: str, token: re.Match[str]) -> _Open:
        return _Open(name, title, utf16_length(self._text), self._byte(token))

    def _add(self, kind: str, offset: int, **more: str) -> None:
        length = utf16_length(self._text) - offset
        if length > 0:
            self._entities.append({"type": kind, "offset": offset, "length": length, **more})

    def _block(self, token: re.Match[str], kind: str, title: str) -> None:
        if token[f"{kind}_end"] is None:
            raise _wrong(f"Can't find end of {title} entity at byte offset {self._byte(token)}")
        offset = utf16_length(self._text)
        self._text += re.sub(r"\\(.)", r"\1", token[kind])
        language = token["language"] if kind == "pre" else None
        self._add(kind, offset, **({"language": language} if language else {}))

    def _pair(self, mark: str, token: re.Match[str]) -> None:
        _, kind, title = _PAIRS[mark]
        if self._open and self._open[-1].name == mark:
            self._add(kind, self._open.pop().offset)
        else:
            self._open.append(self._begun(mark, title, token))

    def _link(self, token: re.Match[str]) -> None:
        if not self._open or self._open[-1].name != "[":
            raise _wrong("Character ']' is reserved and must be escaped with the preceding '\\'")
        begun = self._open.pop()
        link = check_link(re.sub(r"\\(.)", r"\1", token["url"]))
        if link:
            self._add("text_link", begun.offset, url=link)

    def _other(self, token: re.Match[str]) -> None:
        char = token[0]
        at_line_start = not self._text or self._text.endswith("\n")
        if char == ">" and at_line_start:
            self._quote = utf16_length(self._text) if self._quote is None else self._quote
            return
        if char in "[]()>#+-=|{}.!":
            raise _wrong(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
        if char == "\n" and self._source[token.end() : token.end() + 1] != ">":
            self._end_quote()
        self._text += char

    def _end_quote(self) -> None:
        if self._quote is not None:
            self._add("blockquote", self._quote)
            self._quote = None
