"""What follows from what was seen: never a second post when the first may be there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Article, Image, Outlet, Place, Platform, Post, Receipt, Slot
from bot.render import Style, post_for
from bot.sightings import Doubt, Seen, Sighting
from scheduler.evidence import (
    Absent,
    Ask,
    Case,
    Patience,
    SendAgain,
    Settle,
    There,
    Unknown,
    Wait,
    after_no_look,
    bare_link,
    held_until,
    judge,
    links_of,
    next_step,
    trace,
)
from tests.fakes import NOON

CHANNEL = Place(Platform.TELEGRAM, "@digest")
WALL = Place(Platform.VK, "-220")
ARTICLE = Article(
    "1",
    "https://www.news.example/trains/night,1",
    "Night trains are back",
    lead="After ten years.",
    outlet=Outlet("The Rail", "https://rail.example/"),
)
OTHER = Article("2", "https://news.example/gardens", "Roses in March", lead="Early.")
PATIENCE = Patience()
FRESH = Case(began=NOON, next_look=NOON)


def doubt(place: Place = CHANNEL, known: tuple[str, ...] = (), article: Article = ARTICLE) -> Doubt:
    slot = Slot(article.key, place)
    return Doubt(slot, post_for(article, place, Style()), NOON, after=10, known=frozenset(known))


def stands(number: int, article: Article = ARTICLE, place: Place = CHANNEL, *, links: bool = True) -> Seen:
    """An article's post as a platform shows it."""
    post = post_for(article, place, Style())
    text = str(post.params.get("text") or post.params["message"])
    return Seen(str(number), text, (article.url,) if links else ())


def verdict(sighting: Sighting, *, rivals: int = 0, of: Doubt | None = None) -> There | Absent | Unknown:
    return judge(of or doubt(), sighting, rivals=rivals, now=NOON)


@pytest.mark.parametrize("place", [CHANNEL, WALL])
def test_a_post_is_recognised_by_headline_and_address(place: Place) -> None:
    """Among others, on either platform; which of them does not matter."""
    seen = Sighting((stands(11, OTHER, place), stands(12, place=place)), whole=True)
    assert verdict(seen, of=doubt(place), rivals=3) == There(Receipt("12", NOON))


def test_without_any_address_the_whole_text_must_be_the_same() -> None:
    """A post whose markup was refused has lost its links."""
    assert isinstance(verdict(Sighting((stands(11, links=False),))), There)
    assert not isinstance(verdict(Sighting((Seen("11", "Night trains are back\n\nBy somebody else."),))), There)


@pytest.mark.parametrize(
    "seen",
    [
        Seen("11", "Look at this!", (ARTICLE.url,)),
        Seen("11", "Night trains are back", ("https://elsewhere.example/",)),
        Seen("11", "Night trains are back\n\nSomething else."),
    ],
)
def test_half_a_likeness_is_left_to_a_person(seen: Seen) -> None:
    """Somebody may have posted the same link by hand, or another article with the same headline."""
    assert verdict(Sighting((seen,), whole=True)) == Unknown("something like it stands there", again=False)


def test_one_unreadable_post_of_ours_is_it_when_it_can_be_no_other() -> None:
    """Two of them, or another post whose outcome is open, and nobody can tell."""
    assert verdict(Sighting((Seen("11"),), whole=True)) == There(Receipt("11", NOON))
    assert isinstance(verdict(Sighting((Seen("11"),), whole=True), rivals=1), Unknown)
    assert isinstance(verdict(Sighting((Seen("11"), Seen("12")), whole=True)), Unknown)


ALBUM = replace(ARTICLE, image=Image("https://news.example/1.jpg"), gallery=(Image("https://news.example/2.jpg"),))
AS_ALBUM = Doubt(Slot(ALBUM.key, CHANNEL), post_for(ALBUM, CHANNEL, Style(image="photo")), NOON, after=10)


def pictured(number: int, text: str = "", *links: str) -> Seen:
    return Seen(str(number), text, links, picture=True)


def test_an_album_is_found_whole() -> None:
    """Its further pictures bear no words and follow the first; what stands behind them is somebody else's."""
    first = pictured(11, "Night trains are back", ARTICLE.url)
    seen = (first, pictured(12), pictured(13))
    assert verdict(Sighting(seen), of=AS_ALBUM) == There(Receipt("11", NOON, others=("12",)))
    assert verdict(Sighting((first, pictured(12, "Mine"))), of=AS_ALBUM) == There(Receipt("11", NOON))
    as_text = Seen("11", "Night trains are back", (ARTICLE.url,))
    assert verdict(Sighting((as_text, pictured(12))), of=AS_ALBUM) == There(Receipt("11", NOON))


def test_unreadable_posts_are_an_album_when_they_can_be_nothing_else() -> None:
    """As many as it has pictures, one behind the other, and no other post is in doubt."""
    both = (Seen("11"), Seen("12"))
    assert verdict(Sighting(both), of=AS_ALBUM) == There(Receipt("11", NOON, others=("12",)))
    assert isinstance(verdict(Sighting(both), of=AS_ALBUM, rivals=1), Unknown)
    assert isinstance(verdict(Sighting((Seen("11"), Seen("13"))), of=AS_ALBUM), Unknown)
    assert isinstance(verdict(Sighting((*both, Seen("13"))), of=AS_ALBUM), Unknown)


def test_what_is_accounted_for_proves_nothing() -> None:
    """A message that belongs to another slot of the ledger is not this one."""
    assert verdict(Sighting((Seen("11"), stands(12)), whole=True), of=doubt(known=("11", "12"))) == Absent()


def test_nothing_seen_counts_only_when_all_was_seen() -> None:
    """Else it may stand where nobody looked."""
    assert verdict(Sighting(whole=True)) == Absent()
    assert verdict(Sighting(why="too many")) == Unknown("too many")
    assert verdict(Sighting((stands(11, OTHER),), whole=True)) == Absent()


def test_the_platforms_own_word_is_enough() -> None:
    """VK answers a repeat with the first post."""
    receipt = Receipt("7", NOON)
    assert verdict(Sighting((Seen("11"), Seen("12")), receipt=receipt), rivals=5) == There(receipt)


texts = st.sampled_from([None, "", "Night trains are back", "Roses in March", stands(1).text, "Something"])
links = st.lists(st.sampled_from([ARTICLE.url, OTHER.url, "https://rail.example/"]), max_size=2).map(tuple)
seens = st.lists(
    st.builds(Seen, st.integers(11, 20).map(str), texts, links), max_size=5, unique_by=lambda seen: seen.message_id
).map(tuple)
sightings = st.builds(Sighting, seens, st.booleans(), st.just(None), st.booleans(), st.just("why"))


@given(sightings, st.integers(0, 3), st.sets(st.integers(11, 20).map(str)))
def test_never_sent_again_when_the_evidence_allows_that_it_is_there(
    sighting: Sighting, rivals: int, known: set[str]
) -> None:
    """Absent needs that all was seen, and that nothing unaccounted for has its headline, its address or no text."""
    said = verdict(sighting, rivals=rivals, of=doubt(known=tuple(known)))
    if not isinstance(said, Absent):
        return
    assert sighting.whole
    for seen in sighting.seen:
        if seen.message_id not in known:
            assert seen.text is not None
            assert not seen.text.startswith("Night trains are back")
            assert bare_link(ARTICLE.url) not in links_of(seen)


@given(sightings, st.integers(0, 3))
def test_taken_to_be_there_only_with_a_reason(sighting: Sighting, rivals: int) -> None:
    """Its headline or its text, or a message of ours that can be no other."""
    said = verdict(sighting, rivals=rivals)
    if isinstance(said, There):
        [seen] = [one for one in sighting.seen if one.message_id == said.receipt.message_id][:1]
        assert seen.text is None or seen.text.startswith("Night trains are back") or not rivals


def test_the_trace_of_a_post_is_its_own_article_and_not_the_outlet() -> None:
    """Both platforms; also when the picture is sent as a photo or there is no preview."""
    for place, style in ((CHANNEL, Style()), (CHANNEL, Style(image="none")), (WALL, Style())):
        found = trace(post_for(ARTICLE, place, style))
        assert (found.headline, found.link) == ("Night trains are back", "news.example/trains/night,1")


# Steps


def test_an_album_is_known_by_its_first_caption() -> None:
    """There its words are."""
    post = post_for(ARTICLE, CHANNEL, Style())
    pictures = [{"media": "https://a.example/1.jpg", "caption": post.params["text"]}, {"media": "second"}]
    pictures[0]["caption_entities"] = post.params["entities"]
    assert trace(Post(Platform.TELEGRAM, "sendMediaGroup", {"media": pictures})) == trace(post)


def test_a_post_is_recognised_by_the_words_it_was_sent_with() -> None:
    """Though the article is called otherwise by now: the new words would be no evidence."""
    sent = replace(ARTICLE, headline="As the editors put it")
    looked_for = replace(doubt(), said=trace(post_for(sent, CHANNEL, Style())))
    found = judge(looked_for, Sighting((stands(11, sent),), whole=True), rivals=0, now=NOON)
    assert found == There(Receipt("11", NOON, None))


def test_absence_must_last() -> None:
    """One empty look is none: the post may still be on its way."""
    first = next_step(FRESH, Absent(), PATIENCE, now=NOON)
    assert isinstance(first, Wait)
    assert first.case.next_look == NOON + PATIENCE.settle
    early = next_step(first.case, Absent(), PATIENCE, now=NOON + PATIENCE.settle / 2)
    assert isinstance(early, Wait)
    assert next_step(first.case, Absent(), PATIENCE, now=NOON + PATIENCE.settle) == SendAgain()


@pytest.mark.parametrize("between", [Unknown("odd"), None])
def test_absence_counts_anew_after_a_look_that_told_something_else(between: Unknown | None) -> None:
    """Two empty looks in a row, without anything else in between."""
    first = next_step(FRESH, Absent(), PATIENCE, now=NOON)
    assert isinstance(first, Wait)
    soon = NOON + timedelta(seconds=1)
    if between is None:
        second = after_no_look(first.case, timedelta(seconds=5), "away", PATIENCE, now=soon)
    else:
        second = next_step(first.case, between, PATIENCE, now=soon)
    assert isinstance(second, Wait)
    assert not isinstance(next_step(second.case, Absent(), PATIENCE, now=NOON + 2 * PATIENCE.settle), SendAgain)


def test_looking_that_tells_nothing_ends_in_a_question() -> None:
    """After a few looks with growing pauses; at once when no look can help."""
    case, now = FRESH, NOON
    for pause in PATIENCE.pauses:
        step = next_step(case, Unknown("odd"), PATIENCE, now=now)
        assert isinstance(step, Wait)
        assert step.case.next_look == now + pause
        case, now = step.case, step.case.next_look
    assert next_step(case, Unknown("odd"), PATIENCE, now=now) == Ask("odd")
    assert next_step(FRESH, Unknown("never", again=False), PATIENCE, now=NOON) == Ask("never")


def test_what_is_there_is_settled() -> None:
    """Whatever was thought before."""
    case = Case(NOON, NOON, unknowns=9, absent_since=NOON)
    assert next_step(case, There(Receipt("7", NOON)), PATIENCE, now=NOON) == Settle(Receipt("7", NOON))


def test_a_platform_that_is_away_is_waited_for() -> None:
    """An hour; a wait that is longer is a question at once."""
    wait = timedelta(minutes=1)
    assert isinstance(after_no_look(FRESH, wait, "away", PATIENCE, now=NOON), Wait)
    assert after_no_look(FRESH, wait, "away", PATIENCE, now=NOON + PATIENCE.blind) == Ask("away")
    assert after_no_look(FRESH, timedelta(seconds=43_837), "flood", PATIENCE, now=NOON) == Ask("flood")


def test_a_place_waits_for_a_while_and_no_longer() -> None:
    """Longer only while the platform shows nothing; never once a person was asked."""
    later = NOON + PATIENCE.hold
    assert held_until(FRESH, PATIENCE, now=NOON) is not None
    assert held_until(FRESH, PATIENCE, now=later) is None
    assert held_until(Case(NOON, NOON, blind=True), PATIENCE, now=later) is not None
    assert held_until(Case(NOON, NOON, asked=True), PATIENCE, now=NOON) is None
