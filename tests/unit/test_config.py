"""Settings: read once, every mistake at once, secrets never shown."""

from __future__ import annotations

import os
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from bot import checks
from bot.config import Settings, given, load
from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "123456:AAaaBBbbCCccDDddEEeeFFff"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, and an environment without a word for us."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):  # noqa: TID251 - to be emptied, the environment must be read
        if name.startswith("DEPECHE_"):
            monkeypatch.delenv(name)


def write(text: str) -> Path:
    path = Path("depeche.toml")
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(write(text))
    return list(caught.value.problems)


def test_without_a_file_everything_has_its_default() -> None:
    """A bot without settings is off on both platforms, and says nothing wrong."""
    settings = load()
    assert (settings.language, settings.timezone, settings.data_dir) == ("ru", "Europe/Moscow", Path("var"))
    assert not settings.has_telegram
    assert not settings.has_vk


def test_defaults_of_a_source_and_a_channel() -> None:
    """What is required is little: a name and an address."""
    settings = load(
        write(
            '[[sources]]\nname = "a"\nurl = "https://a.example/rss"\n'
            '[[channels]]\nname = "b"\nplatform = "telegram"\ntarget = "@digest"\n'
        )
    )
    source, channel = settings.sources[0], settings.channels[0]
    assert (source.every, source.full_page, source.profile, source.backfill) == (timedelta(minutes=5), True, "auto", 0)
    assert (channel.schedule, channel.per_slot, channel.min_gap) == ("at once", 1, timedelta(0))
    assert channel.filter is None
    assert channel.quiet is None
    assert channel.max_age is None
    assert not channel.approval


def test_the_example_file_is_right() -> None:
    """What we tell people to copy can be used, and names every key there is."""
    text = (ROOT / "depeche.example.toml").read_text(encoding="utf-8")
    load(write(text))
    for section in Settings.model_fields:
        assert section in text, f"{section} is not in depeche.example.toml"


def test_the_contracts_example_is_right() -> None:
    """A channel with every key set."""
    settings = load(
        write(
            """
            [[channels]]
            name = "main"
            platform = "telegram"
            target = "@digest"
            filter = "Франция | (Россия & !спорт)"
            schedule = "*/20 8-22 * * *"
            per_slot = 1
            min_gap = "5m"
            quiet = "23:00-07:00"
            approval = false
            max_age = "24h"
            """
        )
    )
    assert settings.channels[0].max_age == timedelta(hours=24)


def test_the_environment_wins_over_the_env_file_and_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each key can be given as DEPECHE_SECTION__KEY; what the file says beside it stays."""
    write('timezone = "UTC"\nlanguage = "ru"\n[telegram]\nadmins = [1]\nmode = "polling"\n')
    Path(".env").write_text("DEPECHE_LANGUAGE=en\nDEPECHE_TIMEZONE=Europe/Paris\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("DEPECHE_TIMEZONE", "Europe/Berlin")
    monkeypatch.setenv("DEPECHE_TELEGRAM__ADMINS", "[7, 8]")
    settings = load()
    assert (settings.timezone, settings.language) == ("Europe/Berlin", "en")
    assert settings.telegram.admins == (7, 8)


def test_an_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """A .env copied from the example and not yet filled in leaves the platform off."""
    monkeypatch.setenv("DEPECHE_TELEGRAM__TOKEN", "")
    assert not load().has_telegram


MISTAKES = """
language = "de"
timezone = "Mars/Base"
bogus = 1
[telegram]
admins = ["x"]
mode = "poll"
[redis]
url = "http://user:hunter2@x"
[fetch]
allow_networks = ["nope"]
[[sources]]
name = "@a"
url = "ftp://x"
every = "5 minuts"
backfill = -1
[[sources]]
name = "z"
[[channels]]
name = "c"
platform = "telegram"
target = "digest"
filter = "a | | b"
schedule = "* * *"
quiet = "25:00-1"
per_slot = 0
[[channels]]
name = "c"
platform = "vk"
target = 5
"""


def test_every_mistake_is_reported_at_once() -> None:
    """One run, one list: the key, what was found, what is allowed."""
    problems = problems_of(MISTAKES)
    keys = [problem.split(":")[0] for problem in problems]
    assert set(keys) == {
        "language",
        "timezone",
        "bogus",
        "telegram.admins[0]",
        "telegram.mode",
        "redis.url",
        "fetch.allow_networks[0]",
        "sources[0].name",
        "sources[0].url",
        "sources[0].every",
        "sources[0].backfill",
        "sources[1].url",
        "channels[0].filter",
        "channels[0].schedule",
        "channels[0].quiet",
        "channels[0].per_slot",
        "channels[1]",
        "channels",
    }
    assert "language: found \"de\"; allowed: 'ru' or 'en'" in problems
    assert "sources[1].url: missing; this key is required" in problems
    assert all("found" in problem or "missing" in problem or "used" in problem for problem in problems)


def test_a_redis_password_is_never_shown() -> None:
    """Neither in the mistake nor in the settings' own repr."""
    assert "hunter2" not in "\n".join(problems_of(MISTAKES))
    good = load(write('[redis]\nurl = "redis://user:hunter2@localhost/0"\n'))
    assert "hunter2" not in repr(good)
    assert "hunter2" not in str(good.model_dump())


def test_a_token_in_the_file_is_a_mistake_and_is_not_repeated() -> None:
    """A settings file gets shared; the sentence says where the token belongs, and does not quote it."""
    [problem] = problems_of(f'[telegram]\ntoken = "{TOKEN}"\n')
    assert "DEPECHE_TELEGRAM__TOKEN" in problem
    assert TOKEN not in problem


def test_tokens_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in repr, str or a dump, and not when another key beside them is wrong."""
    monkeypatch.setenv("DEPECHE_TELEGRAM__TOKEN", TOKEN)
    monkeypatch.setenv("DEPECHE_VK__TOKEN", "vk1.a.secret")
    monkeypatch.setenv("DEPECHE_VK__GROUP_ID", "220")
    settings = load()
    assert settings.has_telegram
    for shown in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert TOKEN not in shown
        assert "vk1.a.secret" not in shown
    monkeypatch.setenv("DEPECHE_VK__GROUP_ID", "many")
    with pytest.raises(SettingsError) as caught:
        load()
    assert "vk1.a.secret" not in str(caught.value)
    assert TOKEN not in repr(caught.value)


def test_vk_needs_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key alone does not say which wall."""
    monkeypatch.setenv("DEPECHE_VK__TOKEN", "vk1.a.secret")
    with pytest.raises(SettingsError, match=r"vk\.group_id: missing"):
        load()


def test_a_webhook_needs_its_parts() -> None:
    """Each missing part is named."""
    problems = problems_of('[telegram]\nmode = "webhook"\n')
    assert [problem.split(":")[0] for problem in problems] == [
        "telegram.webhook_url",
        "telegram.webhook_secret",
        "web.port",
    ]


def test_a_missing_file_says_how_to_get_one() -> None:
    """Somebody who names a file wants that file."""
    with pytest.raises(SettingsError, match="depeche init"):
        load(Path("elsewhere.toml"))


@pytest.mark.parametrize("text", ["a = [", "\x00", "language = 'ru"])
def test_a_broken_file_is_one_clear_mistake(text: str) -> None:
    """The file is named, with the place of the mistake."""
    assert "not valid TOML" in problems_of(text)[0]


def test_values_alone_are_not_mixed_with_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo must never see a real token."""
    monkeypatch.setenv("DEPECHE_TELEGRAM__TOKEN", TOKEN)
    assert not given({"language": "en"}).has_telegram


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("5m", 300), ("1h30m", 5400), ("1d", 86400), ("0", 0), ("90", 90), (7, 7)]
)
def test_lengths_of_time(text: object, seconds: int) -> None:
    """Seconds, minutes, hours, days, or a bare number of seconds."""
    assert checks.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5 minuts", "-1s", "1.5h", "s", True, -3])
def test_what_is_no_length_of_time(text: object) -> None:
    """The answer says what is allowed."""
    with pytest.raises(ValueError, match='such as "30s"'):
        checks.duration(text)


def test_the_contracts_keys_are_all_there() -> None:
    """The settings file of the documentation is read without a mistake."""
    written = tomllib.loads((ROOT / "depeche.example.toml").read_text(encoding="utf-8"))
    assert {"sources", "channels", "telegram", "vk", "fetch", "subscriptions"} <= written.keys()


def test_the_plan_of_a_week_in_the_settings() -> None:
    """Times as a list or as a text, a weekend of its own, holidays with and without a year, caps: as a person writes
    them. VK's own cap is known."""
    channels = [
        {
            "name": "a",
            "platform": "telegram",
            "target": "@digest",
            "schedule": ["18:30", "9:00"],
            "weekend": "off",
            "holidays": ["2026-12-31", "01-07"],
            "jitter": "3m",
            "breaking": "Срочно",
        },
        {"name": "b", "platform": "vk", "target": "-220"},
    ]
    first, second = given({"channels": channels}).channels
    assert (first.schedule, first.weekend, first.holidays) == ("09:00, 18:30", "off", ("2026-12-31", "01-07"))
    assert (first.most_a_day, second.most_a_day) == (None, 50)


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("schedule", "25:00", 'times of the day such as "09:00, 18:30"'),
        ("weekend", "at once", '"off"'),
        ("holidays", ["02-30"], 'a day such as "2026-12-31"'),
        ("catch_up", "flood", "'spread', 'fold' or 'skip'"),
        ("daily_cap", 0, "greater than or equal to 1"),
        ("breaking", "a | | b", "a tag query"),
    ],
)
def test_a_mistake_in_the_plan_is_named(key: str, value: object, allowed: str) -> None:
    """What is written, and what may be."""
    channel = {"name": "a", "platform": "telegram", "target": "@digest", "schedule": "09:00", key: value}
    with pytest.raises(SettingsError) as caught:
        given({"channels": [channel]})
    [problem] = caught.value.problems
    assert f"channels[0].{key}" in problem
    assert allowed in problem


def test_a_channel_without_slots_has_none_on_weekends() -> None:
    """At once, or off."""
    channel = {"name": "a", "platform": "telegram", "target": "@digest", "weekend": "10:00"}
    with pytest.raises(SettingsError, match="a channel that posts at once has no slots"):
        given({"channels": [channel]})


def test_aliases_lead_to_names() -> None:
    """A circle of them is a mistake that is named."""
    assert load(write('[aliases]\n"США" = "Соединённые Штаты"\n')).aliases == {"США": "Соединённые Штаты"}
    [problem] = problems_of('[aliases]\na = "b"\nb = "a"\n')
    assert problem.startswith("aliases")
    assert "leads back to itself" in problem


def test_several_articles_of_one_slot_are_one_post_unless_the_settings_say_otherwise() -> None:
    """`per_slot` above one is enough; a channel that posts at once asks for it."""
    usual = {"name": "main", "platform": "telegram", "target": "@digest"}
    asked: list[dict[str, object]] = [{}, {"per_slot": 3}, {"per_slot": 3, "round_up": False}, {"round_up": True}]
    channels = [given({"channels": [usual | one]}).channels[0] for one in asked]
    assert [channel.rounds_up for channel in channels] == [False, True, False, True]
