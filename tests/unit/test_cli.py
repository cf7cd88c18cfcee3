"""The command line's contracts: exit codes, one JSON document on stdout, lists in order."""

from __future__ import annotations

import asyncio
import gzip
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.codec import article_from_json, article_to_json
from bot.config import load
from bot.roles import Deed
from bot.store import open_server, open_store
from tests.commands import FEED, PAGE, POSTED, QUEUED, depeche, fill
from tests.commands import folder as folder  # noqa: PLC0414 - a fixture; the name is looked up in this module

COMMANDS = [
    "run",
    "demo",
    "init",
    "doctor",
    "health",
    "extract",
    "feed",
    "render",
    "plan",
    "why",
    "audit",
    "export",
    "import",
]
KEYS = {
    "id", "url", "canonical_url", "headline", "lead", "body", "image", "outlet", "original_url", "country", "region",
    "tags", "authors", "language", "published_at", "updated_at", "disclaimer",
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("folder")


def listed(path: Path, *rows: object) -> Path:
    """A list for --batch; a text goes in as it is."""
    text = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def timeless(row: dict[str, object]) -> dict[str, object]:
    """A line of the plan but for its time: what goes out at once goes out when the plan was asked for."""
    return {key: value for key, value in row.items() if key != "time"}


# Usage


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    """`--help`, exit code 0."""
    told = depeche(command, "--help")
    assert told.code == 0
    assert "Usage" in told.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["extract"],
        ["extract", "a.html", "--batch", "list.jsonl"],
        ["feed"],
        ["render", "a.json"],
        ["render", "a.json", "--platform", "fax"],
        ["plan", "--hours", "0"],
        ["run", "--role", "boss"],
        ["why"],
        ["plan", "--config", "missing.toml"],
    ],
)
def test_what_cannot_be_meant_exits_with_2(arguments: list[str]) -> None:
    """Nothing on stdout, a sentence on stderr."""
    told = depeche(*arguments)
    assert told.code == 2
    assert told.out == ""
    assert told.err.strip()


@pytest.mark.parametrize("arguments", [["plan", "--json"], ["extract", "a.html", "--json"], ["why", "x"], ["doctor"]])
def test_settings_that_cannot_be_used_exit_with_2(arguments: list[str], folder: Path) -> None:
    """Every mistake by its key."""
    (folder / "depeche.toml").write_text('language = "xx"\ntimezone = "Mars"\n', encoding="utf-8")
    told = depeche(*arguments)
    assert (told.code, told.out) == (2, "")
    assert "language" in told.err
    assert "timezone" in told.err


# extract and feed


def test_extract_prints_one_article() -> None:
    """Every key of the contract; what is unknown is null or []."""
    Path("page.html").write_text(PAGE, encoding="utf-8")
    told = depeche("extract", "page.html", "--url", "https://news.example/night-train?utm_source=x", "--json")
    assert (told.code, told.err) == (0, "")
    article = told.document
    assert article.keys() == KEYS
    assert article["headline"] == "A night train across the Alps"
    assert article["canonical_url"] == "https://news.example/night-train"
    assert article["published_at"] == "2024-05-14T10:00:00+02:00"
    assert article["tags"] == ["Trains", "Alps"]
    assert (article["image"], article["region"], article["authors"]) == (None, None, [])


def test_without_json_it_is_for_a_person() -> None:
    """A table with the same facts."""
    Path("page.html").write_text(PAGE, encoding="utf-8")
    Path("feed.xml").write_text(FEED, encoding="utf-8")
    assert "A night train across the Alps" in depeche("extract", "page.html").out
    assert "2 entries" in depeche("feed", "feed.xml").out


def test_explain_says_which_evidence_gave_each_field() -> None:
    """As a table, or in the same one document; not for lists."""
    Path("page.html").write_text(PAGE.replace("<h1>", "<h1>News: "), encoding="utf-8")
    address = "https://news.example/night-train"
    document = depeche("extract", "page.html", "--url", address, "--json", "--explain").document
    assert document["article"] == depeche("extract", "page.html", "--url", address, "--json").document
    assert document["evidence"]["headline"]["from"] == "jsonld"
    assert document["evidence"]["headline"]["told"] == {
        "jsonld": "A night train across the Alps",
        "visible": "News: A night train across the Alps",
    }
    assert document["evidence"]["canonical_url"]["from"] == "visible"
    shown = depeche("extract", "page.html", "--explain").out
    assert all(word in shown for word in ("headline", "jsonld", "News: A night train", "Trains, Alps"))
    assert depeche("extract", "--batch", "page.html", "--explain").code == 2


def test_feed_prints_its_entries() -> None:
    """In the feed's own order."""
    Path("feed.xml").write_text(FEED, encoding="utf-8")
    told = depeche("feed", "feed.xml", "--url", "https://news.example/rss", "--json")
    assert told.code == 0
    feed = told.document
    assert (feed["title"], feed["language"]) == ("The Digest", "en")
    assert [entry["id"] for entry in feed["entries"]] == ["n1", "n2"]
    assert all(entry.keys() == KEYS for entry in feed["entries"])


@pytest.mark.parametrize("command", ["extract", "feed"])
def test_a_file_that_is_not_there_exits_with_1(command: str) -> None:
    """A sentence with its name, no traceback, nothing on stdout."""
    told = depeche(command, "missing.html", "--json")
    assert (told.code, told.out) == (1, "")
    assert "missing.html" in told.err


def test_an_unknown_profile_exits_with_1() -> None:
    """With the names there are."""
    Path("page.html").write_text(PAGE, encoding="utf-8")
    told = depeche("extract", "page.html", "--profile", "mine", "--json")
    assert told.code == 1
    assert "auto" in told.err


@pytest.mark.parametrize(("command", "what", "text"), [("extract", "article", PAGE), ("feed", "feed", FEED)])
def test_a_batch_answers_line_by_line(command: str, what: str, text: str, folder: Path) -> None:
    """In order; a line that fails says so in its place and stops nothing; empty lines are none. Files may be absolute,
    packed, relative to the working folder, or else to the list's."""
    (folder / "lists").mkdir()
    (folder / "here.txt").write_text(text, encoding="utf-8")
    (folder / "lists" / "there.txt").write_text(text, encoding="utf-8")
    (folder / "packed.gz").write_bytes(gzip.compress(text.encode()))
    absolute = str(folder / "here.txt")
    url = "https://news.example/x"
    batch = listed(
        folder / "lists" / "list.jsonl",
        {"file": "here.txt", "url": url},
        {"file": "there.txt", "url": url},
        "",
        "not JSON",
        {"file": "missing.txt", "url": url},
        {"url": url},
        {"file": "packed.gz", "url": url},
        {"file": absolute},
        "",
    )
    told = depeche(command, "--batch", batch)
    assert (told.code, told.err) == (0, "")
    assert [row["file"] for row in told.lines] == [
        "here.txt", "there.txt", None, "missing.txt", None, "packed.gz", absolute,
    ]  # fmt: skip
    assert [row["error"] is None for row in told.lines] == [True, True, False, False, False, True, True]
    assert all((row[what] is None) == (row["error"] is not None) for row in told.lines)
    assert all(row.keys() == {"file", what, "error"} for row in told.lines)


def test_a_file_in_the_working_folder_comes_first(folder: Path) -> None:
    """The same name in both."""
    (folder / "lists").mkdir()
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "lists" / "page.html").write_text(PAGE.replace("night train", "day train"), encoding="utf-8")
    batch = listed(folder / "lists" / "list.jsonl", {"file": "page.html", "url": ""})
    [row] = depeche("extract", "--batch", batch).lines
    assert row["article"]["headline"] == "A night train across the Alps"


def test_a_list_that_cannot_be_read_exits_with_1() -> None:
    """Nothing on stdout."""
    told = depeche("feed", "--batch", "missing.jsonl")
    assert (told.code, told.out) == (1, "")
    assert "missing.jsonl" in told.err


# render


def test_render_prints_the_calls_for_a_sample_channel() -> None:
    """Without settings; from the standard input too."""
    written = json.dumps(article_to_json(POSTED), ensure_ascii=False)
    Path("article.json").write_text(written, encoding="utf-8")
    told = depeche("render", "article.json", "--platform", "telegram", "--json")
    assert told.code == 0
    [call] = told.document
    assert call.keys() == {"method", "params"}
    assert call["params"]["chat_id"] == "@digest"
    assert POSTED.headline in call["params"]["text"]
    assert depeche("render", "-", "--platform", "telegram", "--json", typed=written).document == told.document
    [call] = depeche("render", "article.json", "--platform", "vk", "--json").document
    assert call["method"] == "wall.post"
    assert call["params"]["owner_id"] == -220


def test_render_for_the_channels_of_the_settings(folder: Path) -> None:
    """One call for each channel of the platform; a platform without a channel is a mistake."""
    (folder / "other.toml").write_text(
        '[[channels]]\nname = "a"\nplatform = "telegram"\ntarget = "@first"\n'
        '[[channels]]\nname = "b"\nplatform = "telegram"\ntarget = "@second"\n',
        encoding="utf-8",
    )
    Path("article.json").write_text(json.dumps(article_to_json(QUEUED)), encoding="utf-8")
    told = depeche("render", "article.json", "--platform", "telegram", "--config", "other.toml", "--json")
    assert [call["params"]["chat_id"] for call in told.document] == ["@first", "@second"]
    told = depeche("render", "article.json", "--platform", "vk", "--config", "other.toml", "--json")
    assert (told.code, told.out) == (1, "")


def test_what_extract_gives_render_takes() -> None:
    """The JSON is the same on both sides."""
    Path("page.html").write_text(PAGE, encoding="utf-8")
    Path("article.json").write_text(
        depeche("extract", "page.html", "--url", "https://news.example/night-train", "--json").out, encoding="utf-8"
    )
    told = depeche("render", "article.json", "--platform", "telegram", "--json")
    assert "A night train across the Alps" in told.document[0]["params"]["text"]


def test_render_of_what_is_no_article_exits_with_1() -> None:
    """And says which key is missing."""
    Path("article.json").write_text('{"headline": "No address"}', encoding="utf-8")
    told = depeche("render", "article.json", "--platform", "vk", "--json")
    assert (told.code, told.out) == (1, "")
    assert "'url'" in told.err


def test_a_batch_of_articles_is_rendered_line_by_line(folder: Path) -> None:
    """In order, past a line that is no article; a separator of lines inside a text is no end of a line."""
    batch = listed(folder / "articles.jsonl", article_to_json(POSTED), "", "[1]", "{", article_to_json(QUEUED))
    told = depeche("render", "--batch", batch, "--platform", "telegram")
    assert told.code == 0
    assert [row.keys() for row in told.lines] == [{"calls", "error"}] * 4
    assert [row["error"] is None for row in told.lines] == [True, False, False, True]
    assert [row["calls"] is None for row in told.lines] == [False, True, True, False]


# plan, why, export, import


def test_plan_is_a_list_even_when_nothing_waits() -> None:
    """`[]`, exit code 0."""
    told = depeche("plan", "--json")
    assert (told.code, told.document) == (0, [])
    assert "Nothing will go out" in depeche("plan").out


def test_plan_names_what_goes_out_when_and_why(folder: Path) -> None:
    """In order of time, also for platforms that are off here."""
    asyncio.run(fill(folder / "var"))
    told = depeche("plan", "--json", "--hours", "2")
    assert told.code == 0
    rows = told.document
    assert [row["channel"] for row in rows] == ["wall", "main"]
    assert all(row.keys() == {"time", "channel", "article_id", "headline", "why"} for row in rows)
    assert {row["article_id"] for row in rows} == {"guid-2"}
    assert rows[0]["time"].endswith("+00:00")
    assert rows[1]["why"] == "slot 0 * * * *"
    assert "A night train" in depeche("plan").out


def test_why_knows_an_article_by_id_address_and_key(folder: Path) -> None:
    """The same story three times."""
    asyncio.run(fill(folder / "var"))
    told = {depeche("why", name).out for name in ("guid-1", POSTED.url, POSTED.key)}
    [story] = told
    lines = story.strip().split("\n")
    assert lines[0] == POSTED.headline
    assert lines[2] == "Collected 14 May, 09:00 from digest"
    assert lines[3] == "main: sent 14 May, 09:00:00, message 7 https://t.me/digest/7"
    assert lines[4] == "wall: 14 May, 09:00:00 refused: message is too long"
    assert depeche("why", "https://t.me/Digest/7").out == story
    waiting = depeche("why", "guid-2").out.strip().split("\n")
    assert [line.partition(":")[0] for line in waiting[3:]] == ["main", "wall"]
    assert all("goes out" in line for line in waiting[3:])
    unknown = depeche("why", "guid-9")
    assert (unknown.code, unknown.out) == (1, "")
    assert "guid-9" in unknown.err


def test_audit_tells_who_did_what(folder: Path) -> None:
    """The newest first, as lines or as JSON."""

    async def work() -> None:
        async with open_server(folder / "var") as server, open_store(None, server.socket) as store:
            for number in (1, 2):
                await store.audit.record(
                    Deed(datetime(2024, 5, 14, 9, tzinfo=UTC), "telegram 7", f"/grant editor {number}", "done")
                )

    asyncio.run(work())
    assert [row["what"] for row in depeche("audit", "--json").document] == ["/grant editor 2", "/grant editor 1"]
    [line] = depeche("audit", "--last", "1").out.splitlines()
    assert line.endswith("telegram 7: /grant editor 2  done")


def test_export_and_import_carry_everything_over(folder: Path) -> None:
    """Into another folder: the same story, the same plan, and a second import changes nothing."""
    asyncio.run(fill(folder / "var"))
    other = folder / "other.toml"
    text = (folder / "depeche.toml").read_text(encoding="utf-8")
    other.write_text(text.replace('data_dir = "var"', 'data_dir = "var2"'), encoding="utf-8")
    told = depeche("export", "state.jsonl")
    assert (told.code, told.out) == (0, "")
    assert depeche("why", "guid-1", "--config", other).code == 1
    for _ in range(2):
        assert depeche("import", "state.jsonl", "--config", other).code == 0
    assert depeche("why", "guid-1", "--config", other).out == depeche("why", "guid-1").out
    there, here = depeche("plan", "--json", "--config", other).document, depeche("plan", "--json").document
    assert [timeless(row) for row in there] == [timeless(row) for row in here]
    assert not (folder / "state.jsonl.part").exists()
    on_stdout = depeche("export", "-", "--config", other)
    assert {row["key"] for row in on_stdout.lines} == {
        json.loads(line)["key"] for line in (folder / "state.jsonl").read_text(encoding="utf-8").split("\n") if line
    }


def test_import_of_what_is_no_export_changes_nothing(folder: Path) -> None:
    """Exit code 1 with a sentence: no JSON, no such file, nowhere to write."""
    Path("bad.jsonl").write_text('{"key": 1}\nnot JSON\n', encoding="utf-8")
    assert depeche("import", "bad.jsonl").code == 1
    assert depeche("import", "missing.jsonl").code == 1
    told = depeche("export", folder / "no" / "such" / "folder.jsonl")
    assert told.code == 1
    assert "can't be written" in told.err


# init and health


def answers(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_init_writes_settings_that_can_be_used(folder: Path) -> None:
    """What was answered wrong is asked again; tokens are in .env alone, which only its owner can read."""
    telegram_token, vk_token = "123456:AAaaBBbbCCccDDddEEeeFFff", "vk1.a.secret"
    told = depeche(
        "init", "--config", "new.toml",
        typed=answers(
            "en", "Mars", "Europe/Paris", "not an address", "https://news.example/rss", "*/20 8-22 * * *",
            "@digest", "1001, 1002", "220", telegram_token, vk_token,
        ),
    )  # fmt: skip
    assert told.code == 0, told.err
    settings = load(folder / "new.toml", env_file=folder / ".env")
    assert (settings.language, settings.timezone, settings.telegram.admins) == ("en", "Europe/Paris", (1001, 1002))
    assert [(one.platform, one.target) for one in settings.channels] == [("telegram", "@digest"), ("vk", "-220")]
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == telegram_token
    assert telegram_token not in (folder / "new.toml").read_text(encoding="utf-8") + told.out
    assert vk_token not in (folder / "new.toml").read_text(encoding="utf-8") + told.out
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600


def test_init_overwrites_nothing_unasked(folder: Path) -> None:
    """The answer no leaves everything as it was."""
    before = (folder / "depeche.toml").read_bytes()
    assert depeche("init", typed=answers("n")).code == 1
    assert (folder / "depeche.toml").read_bytes() == before
    assert not (folder / ".env").exists()


def test_init_asks_again_for_a_channel_that_cannot_be_one(folder: Path) -> None:
    """A channel without its @, a community by name: told at once, not after the last question."""
    told = depeche(
        "init", "--config", "new.toml",
        typed=answers(
            "xx", "en", "", "https://news.example/rss", "at once", "digest", "@digest", "",
            "my club", "club220", "", "",
        ),
    )  # fmt: skip
    assert told.code == 0, told.err
    assert [one.target for one in load(folder / "new.toml").channels] == ["@digest", "-220"]


def test_health_without_a_bot_exits_with_1(folder: Path) -> None:
    """It says whether the port is missing or nobody answers there."""
    assert "web.port is not set" in depeche("health").err
    with (folder / "depeche.toml").open("a", encoding="utf-8") as file:
        file.write("[web]\nport = 9\n")
    told = depeche("health")
    assert (told.code, told.out) == (1, "")
    assert "no answer from http://127.0.0.1:9/health" in told.err


def test_an_article_survives_the_trip(folder: Path) -> None:
    """Through JSON and back, with the odd characters of its body."""
    assert article_from_json(json.loads(json.dumps(article_to_json(POSTED)))) == POSTED
