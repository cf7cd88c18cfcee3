"""How the bot is told what to do: a file for what may be read, the environment for what is secret."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import load
from bot.errors import SettingsError

SMALL = """
timezone = "Europe/Paris"
[[sources]]
name = "digest"
url = "https://example.org/rss"
every = "10m"
[[channels]]
name = "main"
platform = "telegram"
target = "@digest"
filter = "Science & !Sports"
schedule = "*/20 8-22 * * *"
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str) -> None:
    Path("depeche.toml").write_text(text, encoding="utf-8")


def test_a_source_and_a_channel_are_enough() -> None:
    """Everything else has a default that suits a small newsroom."""
    write(SMALL)
    settings = load()
    assert settings.sources[0].every == timedelta(minutes=10)
    assert settings.channels[0].target == "@digest"
    assert settings.channels[0].per_slot == 1


def test_a_platform_without_a_token_is_off() -> None:
    """So the same file serves a newsroom that has only one of them."""
    write(SMALL)
    assert not load().has_telegram


def test_a_token_comes_from_env(monkeypatch: pytest.MonkeyPatch) -> None:
    """From .env or the environment, which wins; shown nowhere."""
    write(SMALL)
    Path(".env").write_text("DEPECHE_TELEGRAM__TOKEN=123456:from-the-file\n", encoding="utf-8")
    settings = load()
    assert settings.has_telegram
    assert "from-the-file" not in repr(settings)
    monkeypatch.setenv("DEPECHE_TELEGRAM__TOKEN", "123456:from-the-environment")
    token = load().telegram.token
    assert token is not None
    assert token.get_secret_value() == "123456:from-the-environment"


def test_a_token_in_the_file_is_a_mistake() -> None:
    """Files get shared; the message names the variable to use and does not repeat the token."""
    write(SMALL + '[telegram]\ntoken = "123456:secret"\n')
    with pytest.raises(SettingsError) as caught:
        load()
    [problem] = caught.value.problems
    assert "DEPECHE_TELEGRAM__TOKEN" in problem
    assert "123456:secret" not in problem


def test_every_mistake_is_told_at_once() -> None:
    """With its key, what was found and what is allowed, so that one look at the file mends them all."""
    write(SMALL.replace("Europe/Paris", "Mars").replace("10m", "soon").replace("*/20 8-22", "at breakfast"))
    with pytest.raises(SettingsError) as caught:
        load()
    told = "\n".join(caught.value.problems)
    assert "timezone" in told
    assert "sources[0].every" in told
    assert "channels[0].schedule" in told
    assert "Europe/Moscow" in told
