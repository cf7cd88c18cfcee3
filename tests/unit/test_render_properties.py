"""Rendering holds for any input: total, within limits, valid, never empty, the same each time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Article, Image, Outlet, Place, Platform, Post, Receipt
from bot.render import (
    Style,
    Text,
    correction_for,
    message_correction_for,
    message_for,
    post_for,
    removals_for,
    reply_for,
    tidy,
)
from bot.render.article import with_utm
from bot.render.mentions import unmentioned
from bot.render.readymade import READY_MADE
from bot.render.typeset import typeset
from bot.render.typography import clean, visible, web_url
from bot.talk import Button, Heard, Reply, Span

PAGE = "digest_press"
"""The page's own short name stands in its local hashtags."""
MENTION = re.compile(r"\[[^\]\n]*\||[@*]\w")
"""What VK reads as a mention, taken as widely as possible."""

SNIPPETS = st.sampled_from(
    [
        "<b>x</b>", "[id1|Ann]", "[club1|", "|x]", "@id1 (x)", "*id2", "@all", "[https://vk.com/x|y]",
        "https://x.example/@ann",
        "_*[]()~`>#+-=|{}.!\\", "&lt;", "\u202eabc\u202c", "\u2067", "שלום", "العربية", "👨\u200d👩\u200d👧", "🇫🇷🇷🇺",
        "👩🏽\u200d🚀",
        "\ud83d", "\ude80", "\x00", "\r\n", "\u2028", "\xa0", "\u3164", "e\u0301" * 40, "火车来了。", "поезд, ",
        "сад. ",
        "«роза» ",
        " ", "\n\n", "...", ",,", "?.", "\ufeff", "\U000e0062", "\U0001f3f4\U000e0067\U000e007f", "a" * 600,
        "слово " * 400,
    ]
)  # fmt: skip
WORDS = SNIPPETS | st.text(st.characters(), max_size=8)
TEXTS = st.builds(
    lambda words, times: "".join(words) * times, st.lists(WORDS, max_size=5), st.sampled_from([1, 1, 1, 9])
)
"""Drawing costs far more than rendering: what is long or many is made by saying a little of it several times."""
URLS = st.sampled_from(
    [
        "https://x.example/a,b", "http://пример.рф/путь?я=да", "https://x.example/@ann/*b|c", "",
        "tg://resolve?domain=x",
        "https://x.example/" + "a" * 3000, "https://x.example/" + "a" * 9000, "javascript:1",
        "http://x.example/\r\nX: 1",
        "https://ann:b@x.example/[1]",
    ]
)  # fmt: skip
MAYBE = st.none() | TEXTS
NAME = st.none() | WORDS
ARTICLES = st.builds(
    Article,
    id=TEXTS,
    url=URLS,
    headline=TEXTS,
    canonical_url=st.none() | URLS,
    lead=MAYBE,
    image=st.none() | st.builds(Image, URLS, NAME),
    outlet=st.none() | st.builds(Outlet, TEXTS, st.none() | URLS),
    original_url=st.none() | URLS,
    country=NAME,
    tags=st.lists(WORDS, max_size=6).map(tuple),
    disclaimer=MAYBE,
)
OWN = "{{ headline }}\n{{ lead|quote }}{{ read }}{{ source }} {{ photo }} {{ disclaimer }}"
"""An odd template that loses nothing: those that do are refused when the settings are read."""
STYLES = st.builds(
    Style,
    language=st.sampled_from(["ru", "en"]),
    image=st.sampled_from(["preview", "photo", "none"]),
    preview_above=st.booleans(),
    max_hashtags=st.integers(-1, 40),
    silent=st.booleans(),
    protect=st.booleans(),
    disclaimer=st.booleans(),
    template=st.sampled_from([*READY_MADE.values(), OWN]),
    typography=st.booleans(),
    prefix=st.sampled_from(["keep", "move"]),
    fold_over=st.sampled_from([0, 1, 700]),
    local_tags=st.sampled_from(["", PAGE]),
    utm=st.sampled_from([(), (("utm_source", "telegram"), ("utm_campaign", "лето & зима"))]),
    bot=st.sampled_from(["", "digest_bot"]),
    group=st.sampled_from([0, 220]),
    subscribe_buttons=st.integers(-1, 3),
    first_comment=st.sampled_from(["", "{{ link }} {{ headline }}", "{{ nothing }}"]),
    short_links=st.booleans(),
)
BUTTONS = st.builds(Button, WORDS, NAME, st.none() | URLS)
ROWS = st.builds(
    lambda rows, wide, tall: tuple(tuple(row) * wide for row in rows) * tall,
    st.lists(st.lists(BUTTONS, max_size=3), max_size=3),
    st.sampled_from([1, 1, 4]),
    st.sampled_from([1, 1, 5]),
)
SPANS = st.builds(Span, TEXTS, st.booleans(), st.booleans(), st.none() | URLS)
RUNS = st.builds(lambda spans, times: spans * times, st.lists(SPANS, max_size=4), st.sampled_from([1, 1, 30]))
REPLIES = st.builds(Reply, RUNS.map(tuple), ROWS, MAYBE)
CHANNEL, WALL = Place(Platform.TELEGRAM, "@digest"), Place(Platform.VK, "-220")
CHAT, PEER = Place(Platform.TELEGRAM, "1001", 3), Place(Platform.VK, "42")
UPDATED = datetime(2026, 3, 1, 14, 5, tzinfo=timezone(timedelta(hours=3)))
SENT = UPDATED - timedelta(hours=2)
MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def every(posts: tuple[Post, ...]) -> Iterator[Post]:
    for post in posts:
        yield post
        if post.fallback:
            yield post.fallback


def check(post: Post) -> None:
    """What both networks' rules say about one call."""
    wire = json.dumps(dict(post.params), ensure_ascii=False).encode("utf-8")
    assert json.loads(wire) == post.params
    assert len(wire) < 65536
    if post.platform is Platform.TELEGRAM:
        check_telegram(post)
    else:
        check_vk(post)


def check_telegram(post: Post) -> None:
    params = post.params
    for text_key, entities_key, limit in (("text", "entities", 4096), ("caption", "caption_entities", 1024)):
        if entities_key in params:
            assert 0 < units(params[text_key]) <= limit
            assert len(params[text_key].encode()) <= 32768
            assert visible(params[text_key])
            check_entities(params[text_key], params[entities_key])
    rows = params.get("reply_markup", {}).get("inline_keyboard", [[{"text": "x", "url": "x"}]])
    assert rows
    assert sum(map(len, rows)) <= 100
    for row in rows:
        assert 0 < len(row) <= 8
        for button in row:
            assert button["text"].strip()
            assert 0 < len(button.get("callback_data", "x").encode()) <= 64


def check_entities(text: str, entities: list[dict[str, Any]]) -> None:
    """In bounds, in order, not empty, no half of a character, no blank at the end, no partial overlap."""
    assert len(entities) <= 100
    assert len(json.dumps(entities, ensure_ascii=False).encode()) < 9500
    raw = text.encode("utf-16-le")
    assert [entity["offset"] for entity in entities] == sorted(entity["offset"] for entity in entities)
    previous: tuple[int, int] = (0, 0)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        assert 0 <= start < end <= len(raw) // 2
        covered = raw[start * 2 : end * 2].decode("utf-16-le")
        assert covered == covered.strip() != ""
        assert (start, end) == previous or start >= previous[1]
        previous = (start, end)
        assert ("url" in entity) == (entity["type"] == "text_link")


def check_vk(post: Post) -> None:
    params = post.params
    assert params["v"] == "5.199"
    assert not any(isinstance(value, bool) or value is None for value in params.values())
    if "message" in params:
        assert visible(params["message"])
        assert units(params["message"]) <= (15000 if post.method.startswith("wall.") else 4096)
        assert not MENTION.search(params["message"].replace(f"@{PAGE}", ""))
    assert "," not in params.get("attachments", "")
    if "keyboard" in params:
        rows = json.loads(params["keyboard"])["buttons"]
        assert 0 < len(rows) <= 6
        assert 0 < sum(map(len, rows)) <= 10
        for row in rows:
            assert 0 < len(row) <= 5
            for button in row:
                assert 0 < units(button["action"]["label"]) <= 40
                assert len(button["action"].get("payload", "")) <= 255
    assert units(params.get("event_data", "")) <= 1000


def spoken(params: Mapping[str, Any]) -> str:
    return str(params.get("text") or params.get("caption") or params["message"])


@MANY
@given(ARTICLES, STYLES, MAYBE, ROWS)
def test_any_article_is_a_valid_call(article: Article, style: Style, because: str | None, rows: Any) -> None:
    """Both networks, in public and to a subscriber: never raises, never over, never invalid, never empty."""
    posts = [post_for(article, place, style) for place in (CHANNEL, WALL)]
    posts += [message_for(article, place, style, buttons=rows, because=because) for place in (CHAT, PEER)]
    for post in every(tuple(posts)):
        check(post)
    assert posts[0] == post_for(article, CHANNEL, style)
    assert posts[1] == post_for(article, WALL, style)


@MANY
@given(ARTICLES, STYLES, MAYBE, ROWS, TEXTS)
def test_any_correction_is_a_valid_call(
    article: Article, style: Style, because: str | None, rows: Any, number: str
) -> None:
    """The mark counts within the limits and is never lost; so it is in a photo's caption. Whatever the receipt says."""
    receipt = Receipt(number or "7", SENT)
    edits = [correction_for(article, place, style, receipt, UPDATED) for place in (CHANNEL, WALL)]
    edits += [
        message_correction_for(article, place, style, receipt, UPDATED, buttons=rows, because=because)
        for place in (CHAT, PEER)
    ]
    mark = "обновлено 14:05" if style.language == "ru" else "updated 14:05"
    for post in every(tuple(edits)):
        check(post)
        assert post.method in {"editMessageText", "editMessageCaption", "wall.edit", "messages.edit"}
        assert spoken(post.params).endswith(mark)
        assert isinstance(post.params.get("message_id", post.params.get("post_id")), int)
    assert edits[0] == correction_for(article, CHANNEL, style, receipt, UPDATED)


@MANY
@given(ARTICLES, STYLES)
def test_a_correction_says_what_a_post_would_say(article: Article, style: Style) -> None:
    """It is made from the post itself: but for the mark and what only a sending needs, all is the same."""
    post, edit = post_for(article, WALL, style), correction_for(article, WALL, style, Receipt("7", SENT), UPDATED)
    if units(post.params["message"]) < 14_000:
        assert edit.params["message"].startswith(post.params["message"])
    for name in ("attachments", "copyright", "owner_id"):
        assert edit.params.get(name) == post.params.get(name)


@MANY
@given(TEXTS, st.sampled_from(["ru", "en", "it"]), st.booleans(), st.booleans())
def test_any_removal_is_valid_calls(number: str, language: str, public: bool, fresh: bool) -> None:
    """The best way first, and always one that leaves a word behind."""
    for place in (CHANNEL, WALL, CHAT, PEER):
        ways = removals_for(place, language, Receipt(number, SENT), public=public, fresh=fresh)
        for post in every(ways):
            check(post)
        assert "delete" not in ways[-1].method
        assert spoken(ways[-1].params) == ("Публикация отозвана" if language == "ru" else "Retracted")


@MANY
@given(ARTICLES, STYLES)
def test_headline_link_and_outlet_are_never_lost(article: Article, style: Style) -> None:
    """Whatever else must go. A headline over the limit is there from its beginning."""
    style = replace(style, prefix="keep", typography=True)
    headline = typeset(tidy(article.headline), style.language, loose=False)
    outlet = tidy(article.outlet.name) if article.outlet else ""
    for post in every((post_for(article, CHANNEL, style), message_for(article, CHAT, style))):
        text = spoken(post.params)
        if visible(headline):
            assert text.startswith(headline[:100].strip())
        if visible(outlet) and len(outlet) < 60:
            assert outlet in text
        entities = post.params["entities" if "entities" in post.params else "caption_entities"]
        if link := with_utm(web_url(article.link), style.utm):
            assert link in [entity.get("url") for entity in entities]
    link = with_utm(web_url(article.link) or web_url(article.url), style.utm)
    assert post_for(article, WALL, style).params.get("attachments") == (link.replace(",", "%2C") if link else None)
    if visible(headline):  # with look-alikes for what VK would read as a mention
        assert post_for(article, WALL, style).params["message"].startswith(unmentioned(headline)[:90].strip())


@MANY
@given(ARTICLES)
def test_the_headline_alone_is_bold_and_the_link_stands_on_its_words(article: Article) -> None:
    """Entities point at the right words, whatever stands before them."""
    post = post_for(article, CHANNEL, Style(disclaimer=False))
    text = post.params["text"]
    raw = text.encode("utf-16-le")
    link = web_url(article.link) or web_url(article.url)
    for entity in post.params["entities"]:
        before = raw[: entity["offset"] * 2].decode("utf-16-le")
        covered = raw[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")
        if entity["type"] == "bold":
            assert (before, covered) == ("", text.split("\n")[0].strip())
        elif entity["type"] == "expandable_blockquote":
            assert before == text.split("\n\n")[0] + "\n\n"
        elif covered == "Читать полностью" and not before.endswith("Источник: "):
            assert entity["url"] == link
        else:
            assert before.endswith("Источник: ")
            assert entity["url"] != link or link in (web_url(article.original_url), outlet_url(article))


def outlet_url(article: Article) -> str | None:
    return web_url(article.outlet.url) if article.outlet else None


@MANY
@given(REPLIES, st.booleans(), st.none() | st.just("77"), st.none() | st.just("c1"))
def test_any_reply_is_valid_calls(reply: Reply, edit: bool, pressed: str | None, callback: str | None) -> None:
    """Whatever the words, the buttons and the event."""
    for place in (CHAT, PEER):
        event = Heard(place, "1001", "/x", "e1", pressed=pressed, callback=callback)
        posts = reply_for(reply, event, edit=edit)
        assert posts == reply_for(reply, event, edit=edit)
        assert bool(callback) == any("nswer" in post.method for post in posts)
        for post in posts:
            check(post)


@MANY
@given(st.lists(SPANS, max_size=4), st.integers(60, 500))
def test_splitting_loses_no_word_and_no_style(spans: list[Span], limit: int) -> None:
    """The parts together are the whole but for blanks at the cuts; each style covers the same characters."""
    whole = Text.of(spans)
    parts = whole.split(limit)

    def styled(text: Text) -> list[tuple[str, bool, bool, str | None]]:
        return [(char, span.bold, span.italic, span.url) for span in text.spans for char in span.text if char.strip()]

    assert [char for part in parts for char in styled(part)] == styled(whole)
    assert all(0 < part.width <= limit for part in parts)
    assert all(part.plain == part.plain.strip() for part in parts)


@MANY
@given(TEXTS)
def test_tidy_is_idempotent_and_clean(text: str) -> None:
    """Once is enough; what comes out can be sent: valid UTF-8, one line, no control signs."""
    line = tidy(text)
    assert tidy(line) == line
    assert clean(line) == line
    line.encode("utf-8")
    assert line == line.strip()
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\n]|  ", line)


@MANY
@given(TEXTS | URLS)
def test_web_url_is_idempotent(text: str) -> None:
    """An address that is fit stays as it is, and stands in plain text as one word."""
    for url in (web_url(text), web_url("https://x.example/" + text)):
        assert web_url(url) == url
        assert url is None or re.fullmatch(r"\S+", url)
