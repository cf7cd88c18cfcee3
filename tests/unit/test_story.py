"""An article's story: the facts in order, and the sentences in both languages."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.conditions import Planned
from bot.model import Article, Attempt, Place, Platform, Receipt, Slot, SlotState
from bot.story import ABSENT, ADMIN_AGAIN, FOUND, NOT_REPEATED, Due, Origin, Story, named_before, tell
from handlers.telling import told
from handlers.texts import Phrases
from tests.fakes import NOON

MAIN = Place(Platform.TELEGRAM, "@digest")
WALL = Place(Platform.VK, "-220")
OLD = Place(Platform.TELEGRAM, "@old")
ANN = Place(Platform.TELEGRAM, "2002")
ARTICLE = Article("1", "https://news.example/1", "Night trains are back")
NAMES = {MAIN: "main", WALL: "wall"}
MOSCOW = ZoneInfo("Europe/Moscow")


def word(
    state: SlotState, seconds: float = 0, reason: str | None = None, place: Place = MAIN, **more: object
) -> Attempt:
    return Attempt(Slot(ARTICLE.key, place), NOON + timedelta(seconds=seconds), state, reason, **more)  # type: ignore[arg-type]  # as given


def sent(seconds: float = 41, reason: str | None = None, place: Place = MAIN) -> Attempt:
    receipt = Receipt("512", NOON, "https://t.me/digest/512")
    return word(SlotState.SENT, seconds, reason, place, receipt=receipt)


def story(*attempts: Attempt, due: bool = False, **more: object) -> Story:
    return tell(
        ARTICLE,
        origin=Origin("digest", NOON - timedelta(minutes=19)),
        dues=[Due(MAIN, NOON, "slot */20 8-22 * * *")] if due else [],
        attempts=attempts,
        names=NAMES,
        **more,  # type: ignore[arg-type]  # as given
    )


def says(one: Story, language: str = "en") -> list[str]:
    spans = told(one, Phrases(language), zone=MOSCOW, now=NOON)
    return "".join(span.text for span in spans).splitlines()


def test_the_whole_way_of_an_article() -> None:
    """Collected, due, asked to wait, sent."""
    asked = "Telegram asks to wait: Too Many Requests: retry after 37"
    waits = word(SlotState.DEFERRED, 3, asked, until=NOON + timedelta(seconds=40))
    one = story(waits, sent(), due=True)
    assert says(one) == [
        "Collected 11:41 from digest",
        (
            "main: due 12:00 (schedule */20 8-22 * * *); Telegram asked to wait 37 s; "
            "sent 12:00:41, message 512 https://t.me/digest/512"
        ),
    ]
    assert says(one, "ru") == [
        "Собрана 11:41 из digest",
        (
            "main: срок 12:00 (расписание */20 8-22 * * *); Telegram попросил подождать 37 с; "
            "отправлена 12:00:41, сообщение 512 https://t.me/digest/512"
        ),
    ]


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (word(SlotState.REFUSED, 1, "Telegram: odd"), "main: 12:00:01 refused: Telegram: odd"),
        (word(SlotState.SKIPPED, 1, "older than a day"), "main: 12:00:01 skipped: older than a day"),
        (word(SlotState.CLAIMED, 1), "main: being sent since 12:00:01"),
        (
            word(SlotState.DEFERRED, 1, "Telegram can't be reached", until=NOON + timedelta(seconds=16)),
            "main: 12:00:01 put off until 12:00:16: Telegram can't be reached",
        ),
        (
            word(SlotState.UNCONFIRMED, 9, "a reset", since=NOON + timedelta(seconds=2)),
            "main: 12:00:02 sent without an answer: a reset",
        ),
        (word(SlotState.DEFERRED, 1, ABSENT, until=NOON), "main: 12:00:01 put off until 12:00:00: surely not there"),
        (sent(1, FOUND), "main: sent 12:00:01, message 512 https://t.me/digest/512 (found in its place)"),
        (
            word(SlotState.DEFERRED, 1, f"{ADMIN_AGAIN} (telegram 1001)", until=NOON),
            "main: 12:00:01 put off until 12:00:00: an admin had it sent again (telegram 1001)",
        ),
        (
            word(SlotState.DEFERRED, 0, "VK error 9: Flood control", WALL, until=NOON + timedelta(minutes=15)),
            "wall: VK asked to wait 15 min",
        ),
    ],
)
def test_every_outcome_has_its_words(attempt: Attempt, expected: str) -> None:
    """With time and reason."""
    assert says(story(attempt))[1:] == [expected]


def test_what_has_not_happened_yet_is_told_too() -> None:
    """When it will go out, or that it waits."""
    later = Planned(NOON + timedelta(hours=1), "main", ARTICLE, "slot 0 * * * *")
    assert says(story(planned=[later], waiting=[MAIN, WALL]))[1:] == [
        "main: goes out 13:00",
        "wall: waits in the queue",
    ]
    assert says(story())[1:] == ["No channel has decided about it yet."]


def test_of_readers_only_the_numbers_are_told() -> None:
    """Who reads what is nobody's business; the last word on each counts."""
    waits = word(SlotState.DEFERRED, 0, "flood", ANN, until=NOON)
    skipped = word(SlotState.SKIPPED, 5, NOT_REPEATED, Place(Platform.VK, "43"))
    one = story(waits, sent(4, place=ANN), skipped)
    assert says(one)[1:] == ["Readers: sent 1, skipped 1"]
    assert "2002" not in "".join(says(one))


def test_another_day_is_named() -> None:
    """A story may be weeks old."""
    lines = told(story(sent()), Phrases("en"), zone=MOSCOW, now=NOON + timedelta(days=3))
    assert "sent 14 May, 12:00:41" in "".join(span.text for span in lines)


def test_channels_come_in_the_order_of_the_settings() -> None:
    """Whatever happened first; a channel that is no more comes last."""
    dues = [Due(OLD, NOON, "at once")]
    one = tell(ARTICLE, origin=None, dues=dues, attempts=[sent(place=OLD), sent(place=WALL), sent()], names=NAMES)
    assert [chapter.name for chapter in one.chapters] == ["main", "wall", "telegram:@old"]


def test_the_addresses_that_an_article_names_are_found_in_order() -> None:
    """Its original first; without the marks around them, without its own, each once and only a few."""
    article = Article(
        "1",
        "https://news.example/1",
        "Night trains are back",
        lead="See https://news.example/0, «https://news.example/б», and https://news.example/1.",
        body="(https://news.example/0) " + " ".join(f"https://news.example/more/{n}" for n in range(9)),
        original_url="https://rail.example/a",
    )
    assert named_before(article) == (
        "https://rail.example/a",
        "https://news.example/0",
        "https://news.example/б",
        "https://news.example/more/0",
        "https://news.example/more/1",
    )
    assert named_before(ARTICLE) == ()
