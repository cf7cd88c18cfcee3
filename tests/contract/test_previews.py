"""What a preview shows is what is posted: by one function, over the sandbox and on the command line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.assembly import channels_of, lineups_of, newsstand_for
from bot.channels.telegram import open_telegram
from bot.codec import article_to_json
from bot.config import Settings, given
from bot.console import offline, previewing
from bot.errors import CommandError
from bot.model import Article, Image, Outlet, Place, Platform, Post
from bot.ports import Card
from bot.posting import channel_composer
from bot.previewing import Previewer, Previews
from bot.render.preview import shown as shown_to
from bot.render.samples import articles
from bot.sandbox import showing
from bot.sandbox.demo import demo_settings
from bot.sandbox.server import Sandbox, open_sandbox
from bot.source.fetch import Fetcher
from bot.store import Store
from bot.wishes import NOTHING, Wish
from handlers.conversation import Conversation
from scheduler.deliver import Delivery
from scheduler.follow_ups import FollowUps
from scheduler.publish import Publication
from tests.fakes import NOON, FixedClock, RecordingPublisher, TalkingBot
from tests.newsdesk import Newsdesk, an_article
from tests.newsdesk import Newsstand as Stand

CHANNELS: list[dict[str, Any]] = [
    {"name": "main", "platform": "telegram", "target": "@digest", "image": "photo", "schedule": "0 * * * *"},
    {"name": "short", "platform": "telegram", "target": "@short", "template": "headline", "filter": "сад"},
    {"name": "wall", "platform": "vk", "target": -220, "first_comment": "{{ link }}", "utm": {"source": "vk"}},
]
SETTINGS = given({"channels": CHANNELS, "timezone": "UTC"})
LONG = Article(
    id="1",
    url="https://digest.example/1",
    headline="Ночные поезда возвращаются",
    lead="Поезд идёт через ночь, и никто не спит. " * 60,
    image=Image("https://digest.example/1.jpg"),
    outlet=Outlet("Le Rail"),
    tags=("поезда",),
)
ADMIN = Place(Platform.TELEGRAM, "1001")


@dataclass
class Site:
    """Cards that are all alike."""

    card: Card = Card(up=True)  # noqa: RUF009 - a frozen value

    async def __call__(self, address: str) -> Card:  # noqa: ARG002 - the port's argument
        return self.card


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as running:
        yield running


async def shown(article: Article, settings: Settings = SETTINGS) -> list[Post]:
    found = await Previewer(settings, channels_of(settings, every=True)).of(article, now=NOON)
    return [preview.look.post for preview in found]


async def test_what_is_shown_is_what_is_posted() -> None:
    """For every shape of article on every channel, to the last parameter; `depeche render` prints the same."""
    compose = channel_composer(SETTINGS)
    for _, article in [*articles(), ("", LONG)]:
        posts = await shown(article)
        assert posts == [compose(article, channel, NOTHING) for channel in channels_of(SETTINGS, every=True)]
        rendered = [post for platform in Platform for post in offline.posts_of(article, platform, SETTINGS)]
        assert rendered == posts


async def test_it_tells_lengths_cuts_slots_and_whether_the_channel_wants_it() -> None:
    """In the channel's own time."""
    main, short, wall = await Previewer(SETTINGS, channels_of(SETTINGS, every=True), Site()).of(LONG, now=NOON)
    assert main.look.length <= main.look.limit == 1024
    assert main.look.cut[0].startswith("lead: ")
    assert main.slot == NOON + timedelta(hours=1)
    assert (main.not_here, main.card_seen) == (None, False)
    assert short.not_here == "does not match the filter сад"
    assert (wall.slot, wall.card_seen, wall.card) == (None, True, None)


async def test_an_admin_is_shown_the_very_post_that_then_goes_out(store: Store) -> None:
    """In the editors' words, without a sound, as an answer to the story's earlier post: what the previewer shows is
    what the channel's publication sends, to the last parameter."""
    channel = channels_of(SETTINGS, every=True)[0]
    earlier = replace(LONG, id="0", url="https://digest.example/0", headline="Поезда отменены")
    told_again = replace(LONG, body=f"Раньше мы писали: {earlier.url}.")
    desk, sent = Newsdesk(store), RecordingPublisher(FixedClock())
    follow_ups = FollowUps(store.articles, store.traces, store.ledger)
    publication = Publication(
        channel,
        queues=store.queues,
        ledger=store.ledger,
        overdue=store.overdue,
        delivery=Delivery(store.ledger, {Platform.TELEGRAM: sent}, desk.clock),
        compose=channel_composer(SETTINGS),
        jobs=desk.jobs,
        problems=desk.problems,
        clock=desk.clock,
        stopping=desk.stopping,
        lineups=lineups_of(store),
        follow_ups=follow_ups,
    )
    await store.articles.add(earlier, source="digest", at=NOON, queues=[channel.name])
    await publication.post_now()
    await store.articles.add(told_again, source="digest", at=NOON, queues=[channel.name])
    wish = Wish(1, headline="Ночные поезда идут снова", silent=True)
    assert await store.wishes.change(channel.name, told_again.key, before=NOTHING, after=wish)
    newsstand = newsstand_for(SETTINGS, Fetcher(user_agent="nothing is read here"))
    previewer = Previewer(SETTINGS, [channel], follow_ups=follow_ups)
    found = await Previews(previewer, store.articles, store.wishes, newsstand).of(told_again.url, now=NOON)
    assert found is not None
    await publication.post_now()
    _, post = sent.posts
    assert found[0].look.post == post
    assert post.params["caption"].startswith("Ночные поезда идут снова")
    assert post.params["disable_notification"]
    assert post.params["reply_parameters"]["message_id"] == 1
    assert found[0].above is not None
    assert found[0].above.message_id == "1"


async def test_a_page_that_only_lets_guess_its_lead_is_shown_with_it(store: Store) -> None:
    """As a draft from the same link would be."""
    newsstand, page = Stand(), "https://news.example/9"
    newsstand.pages[page] = replace(an_article(9), lead="The first paragraph of the text.")
    newsstand.guessed.add(page)
    previews = Previews(Previewer(SETTINGS, channels_of(SETTINGS, every=True)), store.articles, store.wishes, newsstand)
    found = await previews.of(page, now=NOON)
    assert found is not None
    assert "The first paragraph of the text." in str(found[0].look.post.params)


async def test_a_page_that_nobody_has_collected_is_read(sandbox: Sandbox, store: Store, tmp_path: Path) -> None:
    """What stands in the editor's chat is what would stand in the channel."""
    settings = demo_settings(sandbox, tmp_path)
    page = sandbox.newsroom.page_url(sandbox.newsroom.published[0].story.slug)
    await sandbox.world.say("telegram:1001", "/start")
    async with (
        open_telegram(sandbox.telegram_token, sandbox.telegram_api, clock=FixedClock()) as telegram,
        Fetcher(user_agent="test", allow_networks=settings.fetch.allow_networks) as fetcher,
    ):
        newsstand = newsstand_for(settings, fetcher)
        previews = Previews(Previewer(settings, channels_of(settings)), store.articles, store.wishes, newsstand)
        found = await previews.of(page, now=NOON)
        assert found is not None
        [call] = shown_to(found[0].look.post, ADMIN, event="1")
        await telegram.publish(call)
        article = await newsstand.page(page, "auto")
        await telegram.publish(channel_composer(settings)(article, channels_of(settings)[0], NOTHING))
        with pytest.raises(CommandError, match="404"):
            await previews.of(f"{sandbox.url}/news/nothing", now=NOON)
        assert await previews.of("nothing", now=NOON) is None
    [standing] = sandbox.world.channel.messages.values()
    private = list(sandbox.world.chat("telegram:1001").messages.values())[-1]
    assert private.runs == standing.runs
    assert private.card == standing.card


async def test_the_command_answers_with_the_posts_and_what_is_known_of_each(store: Store) -> None:
    """The other network's post as its words; without an address the bot says how."""
    bot = TalkingBot(store, admins={Platform.TELEGRAM: frozenset({"7"})})
    await store.articles.add(LONG, source="digest", at=NOON, queues=())
    previewer = Previewer(SETTINGS, channels_of(SETTINGS, every=True), Site(Card(up=True, problem="no og:image")))
    newsstand = newsstand_for(SETTINGS, Fetcher(user_agent="nothing is read here"))
    bot.previews = Previews(previewer, store.articles, store.wishes, newsstand)
    bot.talk = bot.restarted()
    assert isinstance(bot.talk, Conversation)
    admin = bot.person(chat="7")
    answer = await admin.says(f"/preview {LONG.url}")
    *_, photo, short, wall, told = admin.inbox.posts
    assert [post.method for post in (photo, short, wall, told)] == ["sendPhoto", *["sendMessage"] * 3]
    assert {post.params["chat_id"] for post in (photo, short, wall, told)} == {7}
    assert wall.params["text"].endswith(f"{LONG.url}?utm_source=vk")
    assert "cut: lead: " in answer
    assert "does not go there: does not match the filter сад" in answer
    assert "the link card: no og:image" in answer
    assert "/preview https://" in await admin.says("/preview")
    assert "whole address" in await admin.says("/preview unknown")


def test_an_album_is_shown_to_the_other_network_by_its_words() -> None:
    """They stand under its first picture."""
    album = replace(LONG, gallery=(Image("https://digest.example/2.jpg"),))
    post = channel_composer(SETTINGS)(album, channels_of(SETTINGS, every=True)[0], NOTHING)
    assert post.method == "sendMediaGroup"
    [call] = shown_to(post, Place(Platform.VK, "42"), event="1")
    assert call.params["message"].startswith("Ночные поезда возвращаются")


async def test_the_terminal_shows_the_words_and_the_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of Article JSON or of a page; without channels in the settings, of one on each platform."""
    file = tmp_path / "article.json"
    file.write_text(json.dumps(article_to_json(LONG), ensure_ascii=False), encoding="utf-8")
    article = await previewing.article_of(given({}), str(file))
    posts = await previewing.show(given({}), article, cards=False)
    told = capsys.readouterr().out
    assert article == LONG
    assert [post.platform for post in posts] == list(Platform)
    assert "Ночные поезда возвращаются" in told
    assert "of 4096 characters" in told
    assert "goes out at once" in told
    page = tmp_path / "page.html"
    page.write_text(
        "<html><head><title>Тихий сад</title></head><body><h1>Тихий сад</h1></body></html>", encoding="utf-8"
    )
    assert (await previewing.article_of(given({}), str(page))).headline == "Тихий сад"
    with pytest.raises(CommandError, match="can't be read"):
        await previewing.article_of(given({}), str(tmp_path / "nothing"))


async def test_the_board_shows_the_posts_themselves(sandbox: Sandbox) -> None:
    """Sent by the real doors, with the article's card under each address."""
    posts = await shown(LONG, given({"channels": [CHANNELS[2], CHANNELS[0] | {"image": "preview"}]}))
    showing.with_card(sandbox, LONG, showing.addresses_of(posts))
    await showing.put(sandbox, posts)
    [message] = sandbox.world.channel.messages.values()
    [post] = sandbox.world.wall.messages.values()
    assert message.text == posts[1].params["text"]
    assert post.text == posts[0].params["message"]
    assert message.card is not None
    assert post.card is not None
    assert {message.card.title, post.card.title} == {LONG.headline}
    assert post.comments[0].text == f"{LONG.url}?utm_source=vk"
