"""The board in a real browser: what a person sees, types and presses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, Request, async_playwright, expect

from bot.sandbox.board import add_board
from tests.browser import sample
from tests.browser.standin import MORNING, StandInWorld, button, card, run
from tests.conftest import missing

# One Chromium serves the whole module, so all its tests share one event loop.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
STAGE = {"width": 1600, "height": 900}
PHONE = {"width": 390, "height": 844}
YOU = "telegram:2001"
HOSTILE = "<img src=x onerror=\"document.title='broken'\"> \u202eאבג " + "Щ" * 700 + " " + "слово " * 560
HOSTILE = HOSTILE[:4096]


@dataclass(frozen=True, slots=True)
class Board:
    """An open page, the world behind it, and everything the browser complained about."""

    page: Page
    world: StandInWorld
    complaints: list[str]


Open = Callable[..., Awaitable[Board]]


@pytest.fixture(scope="module")
def chromium_path() -> Path:
    if not CHROMIUM.is_file():
        missing("Chromium")
    return CHROMIUM


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium_path: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@asynccontextmanager
async def _serve(world: StandInWorld) -> AsyncIterator[str]:
    async def picture(_request: web.Request) -> web.Response:
        return web.Response(text=sample.PICTURE_SVG, content_type="image/svg+xml")

    app = web.Application()
    add_board(app, world)
    app.router.add_get(sample.PICTURE, picture)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/"))


@pytest_asyncio.fixture(loop_scope="module")
async def world() -> StandInWorld:
    full = StandInWorld()
    sample.fill(full)
    return full


@pytest_asyncio.fixture(loop_scope="module")
async def open_board(browser: Browser, world: StandInWorld) -> AsyncIterator[Open]:
    """Opens the board of `world`; at the end the browser must have had nothing to complain about."""
    complaints: list[str] = []
    async with _serve(world) as address:

        async def opened(viewport: dict[str, int] = STAGE, **options: Any) -> Board:
            settings = {"locale": "ru-RU", "timezone_id": "Europe/Moscow", "reduced_motion": "reduce", **options}
            context = await browser.new_context(viewport=viewport, **settings)  # type: ignore[arg-type]  # a TypedDict
            page = await context.new_page()
            page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("requestfailed", lambda request: complaints.extend(_failure(request)))
            page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
            await page.goto(address)
            await expect(page.locator("body[data-link=live]")).to_be_attached()
            return Board(page, world, complaints)

        yield opened
        for context in browser.contexts:
            await context.close()
        assert complaints == []


def _failure(request: Request) -> list[str]:
    """A page that is left or reloaded drops its stream of events, which is no failure."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url}: {request.failure}"]


async def _until(world: StandInWorld, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await world.changed(world.snapshot()["revision"])


async def test_shows_channel_wall_and_chats_side_by_side(open_board: Open) -> None:
    """On a wide screen all three columns are there, with their posts, previews and talk."""
    page = (await open_board()).page
    channel, wall, chats = page.locator("#channel"), page.locator("#wall"), page.locator("#chats")

    await expect(channel.locator("h2")).to_have_text("Наука и поезда")
    await expect(channel.locator(".card .title")).to_have_text("Ночные поезда возвращаются на Балтику")
    await expect(channel.locator("blockquote")).to_contain_text("Поливать реже")
    await expect(wall.locator(".post")).to_have_count(3)
    await expect(wall.locator(".post").first).to_contain_text("Закваска")
    await expect(wall.locator(".source").first).to_contain_text("Источник: example.org")
    await expect(chats.get_by_role("tab")).to_have_count(5)
    await expect(chats.get_by_role("tabpanel")).to_contain_text("Здравствуйте!")
    for column in (channel, wall, chats):
        await expect(column).to_be_in_viewport(ratio=0.95)


async def test_pictures_are_shown_and_broken_ones_vanish(open_board: Open, world: StandInWorld) -> None:
    """A preview's picture is drawn; one that is no picture at all leaves no broken frame behind."""
    world.add(
        "channel", run("Без картинки"), card=card("https://example.org/a", "Пусто", image="/board/static/board.css")
    )
    page = (await open_board()).page

    await expect(page.locator("#channel .cover.loaded")).to_have_count(1)
    await expect(page.locator("#channel .cover")).to_have_count(1)


async def test_new_post_arrives_without_reload(open_board: Open) -> None:
    """What the world gets, the page shows by itself, and what was there is the same node as before."""
    board = await open_board()
    await board.page.evaluate("document.querySelector('#channel .message').dataset.kept = 'yes'")

    board.world.add("channel", run("Трамвай вернулся на набережную"))

    await expect(board.page.locator("#channel .message").last).to_contain_text("Трамвай вернулся на набережную")
    await expect(board.page.locator("#channel .message").first).to_have_attribute("data-kept", "yes")


async def test_newest_post_comes_into_view_in_each_order(open_board: Open) -> None:
    """The channel stays at its foot and the wall at its head when posts arrive."""
    board = await open_board()

    board.world.add("channel", run("Последний в канале"))
    board.world.add("wall", run("Первый на стене"))

    await expect(board.page.get_by_text("Последний в канале")).to_be_in_viewport()
    await expect(board.page.get_by_text("Первый на стене")).to_be_in_viewport()


async def test_reader_who_scrolled_away_is_told_and_not_moved(open_board: Open) -> None:
    """Somebody reading older posts keeps the place, and a button says how many are new."""
    board = await open_board()
    scroller = board.page.locator("#channel .scroller")
    await scroller.evaluate("node => node.scrollTo(0, -100000)")
    jump = board.page.locator("#channel .jump")
    await expect(jump).to_have_text("К последним")

    board.world.add("channel", run("Пока вы читали"))

    await expect(jump).to_have_text("Новых: 1")
    await expect(board.page.get_by_text("Пока вы читали")).not_to_be_in_viewport()
    await jump.click()
    await expect(board.page.get_by_text("Пока вы читали")).to_be_in_viewport()
    await expect(jump).to_be_hidden()


async def test_edited_post_changes_in_place(open_board: Open, world: StandInWorld) -> None:
    """A correction replaces the text where it stands and is marked."""
    post = world.add("channel", run("Поезд едет девять часов"))
    board = await open_board()

    world.edit("channel", post, runs=[run("Поезд едет восемь часов")], edited=True)

    last = board.page.locator("#channel .message").last
    await expect(last).to_contain_text("восемь часов")
    await expect(last.locator(".stamp")).to_contain_text("изменено")


async def test_an_answer_shows_what_it_answers(open_board: Open, world: StandInWorld) -> None:
    """A strip above its words, so that threads can be seen; other posts have none."""
    world.add("channel", run("Поезд опоздал"), answers="Поезд едет девять часов")

    page = (await open_board()).page

    await expect(page.locator("#channel .answers")).to_have_text(["Поезд едет девять часов"])
    await expect(page.locator("#channel .message").last.locator(".answers")).to_be_visible()


async def test_typed_command_reaches_the_world(open_board: Open) -> None:
    """Enter sends what is in the composer, exactly as typed, from the person whose chat is open."""
    board = await open_board()
    composer = board.page.get_by_label("Сообщение боту")

    await composer.fill("/subscribe Наука")
    await composer.press("Enter")

    await expect(board.page.locator(".room:not([hidden]) .mine").last).to_contain_text("/subscribe Наука")
    assert board.world.said == [(YOU, "/subscribe Наука")]
    await expect(composer).to_have_value("")
    await expect(board.page.get_by_label("Бот печатает")).to_be_visible()


async def test_shift_enter_starts_a_line_instead_of_sending(open_board: Open) -> None:
    """Several lines can be written before they are sent together."""
    board = await open_board()
    composer = board.page.get_by_label("Сообщение боту")

    await composer.press_sequentially("раз")
    await composer.press("Shift+Enter")
    await composer.press_sequentially("два")
    await composer.press("Enter")

    await _until(board.world, lambda: bool(board.world.said))
    assert board.world.said == [(YOU, "раз\nдва")]


async def test_command_chip_sends_or_waits_for_the_rest(open_board: Open) -> None:
    """A command whole in itself goes at once; one that needs a word is put into the composer."""
    board = await open_board()
    commands = board.page.get_by_role("group", name="Команды бота")

    await commands.get_by_role("button", name="/tags", exact=True).click()
    await _until(board.world, lambda: bool(board.world.said))
    await commands.get_by_role("button", name="/subscribe", exact=True).click()

    assert board.world.said == [(YOU, "/tags")]
    await expect(board.page.get_by_label("Сообщение боту")).to_have_value("/subscribe ")
    await expect(board.page.get_by_label("Сообщение боту")).to_be_focused()


async def test_hashtag_becomes_a_subscription_to_send(open_board: Open) -> None:
    """A hashtag under a post is the shortest way to subscribe to it."""
    board = await open_board()

    await board.page.locator("#channel .hashtag", has_text="#Сад").click()

    await expect(board.page.get_by_label("Сообщение боту")).to_have_value("/subscribe Сад")


async def test_pressed_button_reaches_the_world(open_board: Open) -> None:
    """A press is told by message, row and column, and the bot's short word is shown."""
    board = await open_board()

    await board.page.get_by_role("button", name="Кухня", exact=True).click()
    await _until(board.world, lambda: bool(board.world.pressed))
    board.world.notify(YOU, "Вы подписаны на тему «Кухня»")

    greeting = board.world.snapshot()["chats"][0]["messages"][1]
    assert board.world.pressed == [(YOU, greeting["id"], 1, 1)]
    await expect(board.page.locator(".toast")).to_have_text("Вы подписаны на тему «Кухня»")


async def test_focus_stays_on_a_button_when_its_message_changes(open_board: Open) -> None:
    """A keyboard user who presses a button can press the next one although the bot redrew the message."""
    board = await open_board()
    greeting = board.world.snapshot()["chats"][0]["messages"][1]
    await board.page.get_by_role("button", name="Поезда", exact=True).focus()
    await board.page.keyboard.press("Enter")
    await _until(board.world, lambda: bool(board.world.pressed))

    board.world.edit(YOU, greeting["id"], buttons=[[button("Наука"), button("✓ Поезда")]])

    await expect(board.page.get_by_role("button", name="✓ Поезда")).to_be_focused()


async def test_unread_badge_until_the_chat_is_opened(open_board: Open) -> None:
    """Messages in a chat that isn't open are counted on its tab and in the title of the page."""
    board = await open_board()
    board.world.add("vk:42", run("Новая статья о поездах"))
    board.world.add("vk:42", run("И ещё одна"))
    tab = board.page.get_by_role("tab", name="Вы, ВКонтакте")

    await expect(tab.locator(".badge")).to_have_text("2")
    await expect(board.page).to_have_title("(2) Depeche")
    await tab.click()

    await expect(board.page.get_by_text("И ещё одна")).to_be_in_viewport()
    await expect(tab.locator(".badge")).to_have_count(0)
    await expect(board.page).to_have_title("Depeche")


async def test_chats_are_switched_by_arrow_keys_and_keep_drafts(open_board: Open) -> None:
    """The switcher is one stop of the Tab key, and half a message waits in its own chat."""
    page = (await open_board()).page
    composer = page.get_by_label("Сообщение боту")
    await composer.fill("недописанное")

    await page.get_by_role("tab", selected=True).focus()
    await page.keyboard.press("ArrowRight")

    await expect(page.get_by_role("tab", selected=True)).to_have_accessible_name("Редактор, Telegram")
    await expect(composer).to_have_value("")
    await page.keyboard.press("ArrowLeft")
    await expect(composer).to_have_value("недописанное")


async def test_refused_message_comes_back_to_the_composer(open_board: Open) -> None:
    """What could not be said is not lost: the reason is shown and the text stands in the composer again."""
    board = await open_board()
    await board.page.route("**/board/say", lambda route: route.fulfill(status=200, body="not JSON"))
    composer = board.page.get_by_label("Сообщение боту")

    await composer.fill("/latest")
    await composer.press("Enter")

    await expect(board.page.get_by_role("alert")).to_contain_text("Песочница не отвечает")
    await expect(composer).to_have_value("/latest")


async def test_over_long_message_cannot_be_sent(open_board: Open) -> None:
    """Over 4096 characters the composer says how many are too many, and Enter does nothing."""
    board = await open_board()
    composer = board.page.get_by_label("Сообщение боту")

    await composer.fill("ж" * 4100)
    await composer.press("Enter")

    await expect(board.page.locator(".count")).to_have_text("лишних символов: 4")
    await expect(board.page.get_by_role("button", name="Отправить")).to_be_disabled()
    assert board.world.said == []


@pytest.mark.parametrize("viewport", [STAGE, PHONE], ids=["stage", "phone"])
async def test_hostile_text_stays_text(open_board: Open, world: StandInWorld, viewport: dict[str, int]) -> None:
    """Markup, right-to-left marks, endless words and full-length texts are shown as text, within the width."""
    endless = [[button("Ю" * 90), button("Ж" * 90, url="https://example.org/")]]
    preview = card("https://example.org/", "Ы" * 300, description="Щ" * 600, site="Ш" * 200)
    for where in ("channel", "wall", YOU):
        world.add(where, run(HOSTILE), run("ссылка", url="javascript:alert(1)"), card=preview, buttons=endless)
    world.add_chat("vk:44", HOSTILE[:300], "/" + "ы" * 64)
    page = (await open_board(viewport)).page

    for name in ("channel", "wall", "chats"):
        if viewport is PHONE:
            await page.locator(f".tabs [data-tab={name}]").click()
        text = page.locator(f"#{name} .words").filter(has_text="onerror").first
        assert (await text.text_content()) == HOSTILE + "ссылка"
        await expect(text.locator("img, a")).to_have_count(0)
        await expect(page.locator("[src=x]")).to_have_count(0)
        widths = "node => [node.scrollWidth - node.clientWidth, document.documentElement.scrollWidth - innerWidth]"
        scroller = page.locator(f"#{name} .scroller:visible")
        assert await scroller.evaluate(widths) == [0, 0]
    await expect(page).to_have_title("Depeche")


async def test_phone_has_one_column_and_tabs(open_board: Open) -> None:
    """At a phone's width the columns become tabs, with a badge for what came meanwhile."""
    board = await open_board(PHONE)
    page = board.page
    tabs = page.get_by_role("navigation", name="Разделы доски")
    await expect(page.locator("#channel")).to_be_visible()
    await expect(page.locator("#wall")).to_be_hidden()

    board.world.add("wall", run("Пост на стене"))
    await expect(tabs.get_by_role("button", name="Стена").locator(".badge")).to_have_text("1")
    await tabs.get_by_role("button", name="Стена").click()

    await expect(page.locator("#wall")).to_be_visible()
    await expect(page.locator("#channel")).to_be_hidden()
    await expect(tabs.get_by_role("button", name="Стена").locator(".badge")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


async def test_wide_screen_has_no_tab_bar(open_board: Open) -> None:
    """Where everything is in view there is nothing to switch."""
    page = (await open_board()).page

    await expect(page.get_by_role("navigation")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_theme_follows_the_system_until_it_is_chosen(open_board: Open, scheme: str) -> None:
    """The page is dark where the system is; the toggle turns it over, also for the next visit."""
    page = (await open_board(color_scheme=scheme)).page
    other = {"light": "dark", "dark": "light"}

    assert await _brightness(page) == scheme
    await page.get_by_role("button", name="Сменить светлую и тёмную тему").click()
    assert await _brightness(page) == other[scheme]
    await page.reload()
    await expect(page.locator("body[data-link=live]")).to_be_attached()
    assert await _brightness(page) == other[scheme]


async def _brightness(page: Page) -> str:
    color = await page.locator("#wall").evaluate("node => getComputedStyle(node).backgroundColor")
    red = int(color.removeprefix("rgb(").split(",")[0])
    return "light" if red > 127 else "dark"


async def test_english_for_an_english_browser_and_by_choice(open_board: Open) -> None:
    """The browser's language decides between Russian and English, then the toggle does, and it is remembered."""
    page = (await open_board(locale="en-GB")).page
    await expect(page.locator("#publish")).to_contain_text("Release a story")

    await page.get_by_role("button", name="Переключить на русский").click()

    await expect(page.locator("#publish")).to_contain_text("Выпустить статью")
    await page.reload()
    await expect(page.locator("#publish")).to_contain_text("Выпустить статью")
    await expect(page.locator("html")).to_have_attribute("lang", "ru")


async def test_times_are_the_readers_own(open_board: Open, world: StandInWorld) -> None:
    """A post of 06:23 UTC is one of 09:23 in Moscow and of 15:23 in Tokyo."""
    moscow = (await open_board()).page
    tokyo = (await open_board(timezone_id="Asia/Tokyo")).page

    await expect(moscow.locator("#channel .stamp").first).to_have_text("09:23")
    await expect(tokyo.locator("#channel .stamp").first).to_have_text("15:23")


async def test_publish_button_releases_stories_until_there_are_none(open_board: Open) -> None:
    """«Выпустить статью» lets the next story out; when all are out it says so."""
    board = await open_board()
    publish = board.page.get_by_role("button", name="Выпустить статью")
    for story in (1, 2, 3):
        await publish.click()
        posts = board.page.locator("#channel .message").filter(has_text="Ночной поезд едет тише")
        await expect(posts).to_have_count(story)
    await expect(board.page.locator(".toast")).to_contain_text("Статья вышла на сайте")

    async with board.page.expect_console_message():  # the browser itself notes the answer's status there
        await publish.click()

    await expect(board.page.get_by_role("alert")).to_contain_text("Статьи закончились")
    assert all("publish" in line or "409" in line for line in board.complaints)
    board.complaints.clear()


async def test_newcomer_is_told_what_to_do(browser: Browser) -> None:
    """Empty columns explain themselves, and the example in the empty chat can be pressed."""
    world = StandInWorld()
    world.add_chat(YOU, "Вы", "/start")
    async with _serve(world) as address:
        page = await browser.new_page(locale="ru-RU", reduced_motion="reduce")
        await page.goto(address)
        await expect(page.locator("#channel .empty")).to_contain_text("Нажмите «Выпустить статью»")
        await expect(page.locator(".room .empty")).to_contain_text("Напишите /subscribe Наука и ждите следующую статью")

        await page.get_by_role("button", name="/subscribe Наука").click()

        await expect(page.locator(".room .empty")).to_be_hidden()
        assert world.said == [(YOU, "/subscribe Наука")]
        await page.close()


@pytest.mark.parametrize("viewport", [STAGE, PHONE], ids=["stage", "phone"])
async def test_the_plan_says_what_goes_out_and_why(
    open_board: Open, world: StandInWorld, viewport: dict[str, int]
) -> None:
    """Not there without a bot; with one it says that nothing waits, or when what goes where and why."""
    page = (await open_board(viewport)).page
    plan = page.locator("#plan")
    await expect(plan).to_be_hidden()

    world.expect()
    await expect(plan).to_contain_text("Ничего не ждёт выхода")
    world.expect({"time": MORNING.isoformat(), "channel": "wall", "headline": "<b>Поезд</b>", "why": "расписание"})

    for words in ("09:20", "wall", "<b>Поезд</b>", "расписание (ru)"):
        await expect(plan.get_by_role("listitem")).to_contain_text(words)
    await expect(plan.get_by_text("Ничего не ждёт")).to_be_hidden()
    await expect(plan).to_be_in_viewport(ratio=0.95)
    await expect(page.locator("#channel")).to_be_in_viewport(ratio=0.95)


async def test_lost_connection_is_shown_and_comes_back(browser: Browser, world: StandInWorld) -> None:
    """When the sandbox stops the board says so, and when it is there again the board catches up by itself."""
    async with _serve(world) as address:
        page = await browser.new_page(locale="ru-RU", reduced_motion="reduce")
        await page.goto(address)
        await expect(page.get_by_text("В эфире")).to_be_visible()
        port = int(address.rstrip("/").rpartition(":")[2])
    await expect(page.get_by_text("Связь потеряна, подключаюсь снова…")).to_be_visible()
    world.add("channel", run("Пока связи не было"))

    app = web.Application()
    add_board(app, world)
    async with TestServer(app, host="127.0.0.1", port=port):
        await expect(page.get_by_text("В эфире")).to_be_visible(timeout=15_000)
        await expect(page.get_by_text("Пока связи не было")).to_be_visible()
        await page.close()


async def test_everything_that_can_be_pressed_has_a_name(open_board: Open) -> None:
    """Every button, link and field tells a screen reader what it is, on a phone too."""
    for viewport in (STAGE, PHONE):
        page = (await open_board(viewport)).page
        nameless = await page.evaluate(
            """() => [...document.querySelectorAll("button, a, textarea")]
                .filter((node) => node.getClientRects().length > 0)
                .filter((node) => !(node.getAttribute("aria-label") ?? node.innerText ?? "").trim())
                .map((node) => node.outerHTML)"""
        )
        assert nameless == []
