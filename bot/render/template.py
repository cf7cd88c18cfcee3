"""Templates: how the parts of an article are laid out, in the sandboxed language of Jinja2.

The parts are plain texts, "" when there is none: `headline`, `lead`, `link` (the address), `read` (the words that lead
there; on VK the address itself where it has no card), `address` (the same, on VK alone), `outlet`, `country`, `source`
("Source: outlet, country"), `original` (its address, where it stands in the text), `credit`, `photo` ("Photo: credit"),
`disclaimer`, `hashtags`, `platform`. A round-up has `heading`, `sign`, `stories` with the same parts, `disclaimer`,
`hashtags`. Filters: `bold`, `italic`, `quote`, `fold` (a quote that is folded when it is long), `link(address)`.

What makes a style are control characters, which no article's text holds: nothing of a text can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.talk import Span

_START, _CODE_END, _END, _VOID = "\x01", "\x02", "\x03", "\x04"
_MARK = re.compile("\x01([^\x02]*)\x02|\x03")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile(r"\n{3,}")
_VOID_LINES = re.compile("^[ \t]*\x04[ \t\x04]*\n", re.MULTILINE)
_AT_LINE_END = re.compile(r"[ \t]+$", re.MULTILINE)

Parts = Mapping[str, Any]


class _Environment(ImmutableSandboxedEnvironment):
    """No way to a big result from a small template: a text can't be multiplied."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401, ARG002 - Jinja2's own signature
        raise TemplateError(f"{operator} is not for templates")


def _style(code: str) -> Callable[[object], str]:
    def styled(text: object) -> str:
        return f"{_START}{code}{_CODE_END}{text}{_END}" if text else ""

    return styled


def mark_link(text: object, address: object) -> str:
    """The text as a link to an address, in a part that a template will show."""
    if not text or not address or _MARK.search(str(address)):
        return str(text)
    return f"{_START}u{address}{_CODE_END}{text}{_END}"


def _finished(value: object) -> object:
    return _VOID if value == "" or value is None else value


_JINJA = _Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, finalize=_finished)
_JINJA.globals.clear()
_JINJA.filters = {
    name: _JINJA.filters[name] for name in ("upper", "lower", "length", "replace", "trim", "join", "first")
}
_JINJA.filters |= {
    "bold": _style("b"),
    "italic": _style("i"),
    "quote": _style("q"),
    "fold": _style("f"),
    "link": mark_link,
}


@lru_cache(maxsize=256)
def _compiled(source: str) -> Any:  # noqa: ANN401 - Jinja2's own type is untyped here
    return _JINJA.from_string(source)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What a template made of an article's parts."""

    marked: str

    @property
    def plain(self) -> str:
        """The text without its styles."""
        return _MARK.sub("", self.marked)

    def spans(self, fold_over: int = 0) -> list[Span]:
        """The text in its styles. What stands under the filter `fold` is folded when it is longer than `fold_over`; 0
        leaves it plain."""
        return _spans(self.marked, fold_over)


def lay_out(source: str, parts: Parts) -> LaidOut:
    """Raises what the template raises."""
    return LaidOut(_marked(source, parts))


def _marked(source: str, parts: Parts) -> str:
    """The text with its marks, without the lines of which nothing is left."""
    text: str = _compiled(source).render(parts) + "\n"
    text = _VOID_LINES.sub("", text).replace(_VOID, "")
    return _BLANKS.sub("\n\n", _AT_LINE_END.sub("", text)).strip()


def _spans(text: str, fold_over: int) -> list[Span]:
    spans: list[Span] = []
    codes: list[str] = []
    position = 0
    for mark in _MARK.finditer(text):
        if mark.start() > position:
            spans.append(_span(text[position : mark.start()], codes))
        position = mark.end()
        code = mark[1]
        if code is None:
            codes = codes[:-1]
        elif code == "f" and not 0 < fold_over < text.find(_END, position) - position:
            codes.append("")
        else:
            codes.append(code)
    if position < len(text):
        spans.append(_span(text[position:], codes))
    return spans


def _span(text: str, codes: Sequence[str]) -> Span:
    if not codes:
        return Span(text)
    url = next((code[1:] for code in reversed(codes) if code.startswith("u")), None)
    quote: Literal["", "plain", "folded"] = "folded" if "f" in codes else "plain" if "q" in codes else ""
    return Span(text, "b" in codes, "i" in codes, url, quote)


Kind = Literal["article", "roundup", "comment"]


def mistake_in(source: str, samples: Sequence[tuple[str, Parts, Sequence[str]]]) -> str | None:
    """What is wrong with a template, with its line; None: nothing.

    Each sample has a name, its parts, and what must not be lost of them.
    """
    if _CONTROLS.search(source):
        return "a control character stands in it"
    try:
        _compiled(source)
    except TemplateSyntaxError as error:
        return f"line {error.lineno}: {error.message}"
    for name, parts, kept in samples:
        try:
            spans = lay_out(source, parts).spans()
        except Exception as error:  # noqa: BLE001 - whatever a template of a person does wrong is told to them
            return f"line {_line_of(error)}: {error} (with an article {name})"
        said = " ".join([*(span.text for span in spans), *(span.url or "" for span in spans)])
        lost = next((part for part in kept if part and part not in said), None)
        if lost is not None:
            end = source.count("\n") + 1
            return f"line {end}: the end is reached, and “{lost}” was never said (with an article {name})"
    return None


def _line_of(error: BaseException) -> int:
    """The template's line that an error came from: Jinja2 puts it into the traceback."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
