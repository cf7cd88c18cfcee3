"""`init`: a settings file and a .env, written step by step. What exists is never overwritten unasked."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from bot import checks
from bot.config import load
from bot.errors import CommandError

LANGUAGES = ("ru", "en")
SETTINGS = """\
# Written by `depeche init`. Every key is explained in depeche.example.toml.
language = {language}
timezone = {timezone}

[telegram]
admins = {telegram_admins}

[vk]
{vk}
[[sources]]
name = "digest"
url = {feed}
{channels}"""
CHANNEL = """
[[channels]]
name = {name}
platform = {platform}
target = {target}
schedule = {schedule}
"""


def ask(file: Path) -> None:
    """Ask for what is needed, write the settings beside a .env for the tokens, and check them."""
    if file.exists() and not typer.confirm(f"{file} exists. Write it anew?", default=False):
        raise CommandError(f"{file} was left as it is.")
    language = _asked("Language of the bot, ru or en", "ru", _language)
    timezone = _asked("Time zone of the newsroom", "Europe/Moscow", checks.timezone)
    feed = _asked("Address of the digest's feed", None, checks.web_address)
    schedule = _asked('Schedule: cron fields, or "at once"', "*/20 8-22 * * *", checks.schedule)
    telegram = _asked("Telegram channel (@name), empty for none", "", _channel)
    admins = _asked("Telegram ids of the admins, with commas, empty for none", "", _numbers)
    group = _asked("VK community number (220 for club220), empty for none", "", _community)
    tokens = {
        "DEPECHE_TELEGRAM__TOKEN": _secret("Telegram token from @BotFather") if telegram else "",
        "DEPECHE_VK__TOKEN": _secret("VK community key") if group else "",
    }
    channels = [("telegram", "telegram", telegram)] if telegram else []
    channels += [("wall", "vk", f"-{group}")] if group else []
    text = SETTINGS.format(
        language=json.dumps(language),
        timezone=json.dumps(timezone),
        telegram_admins=json.dumps([int(part) for part in admins.split(",") if part]),
        vk=f"group_id = {group}\n" if group else "",
        feed=json.dumps(feed),
        channels="".join(
            CHANNEL.format(
                name=json.dumps(name),
                platform=json.dumps(platform),
                target=json.dumps(target),
                schedule=json.dumps(schedule),
            )
            for name, platform, target in channels
        ),
    )
    _write(file, text)
    _write_tokens(file.parent / ".env", {name: value for name, value in tokens.items() if value})
    load(file, env_file=file.parent / ".env")
    typer.echo(f"{file} is written and can be used. Next: depeche doctor, then depeche run")


def _asked(question: str, default: str | None, check: checks.Check) -> str:
    """Ask until the answer passes."""
    while True:
        answer = str(typer.prompt(question, default=default, show_default=bool(default))).strip()
        try:
            return check(answer)
        except ValueError as error:
            typer.echo(f"Allowed: {str(error).removeprefix('target: ')}", err=True)


def _language(answer: str) -> str:
    if answer not in LANGUAGES:
        raise ValueError(" or ".join(LANGUAGES))
    return answer


def _channel(answer: str) -> str:
    if answer:
        checks.target_of("telegram", answer)
    return answer


def _numbers(answer: str) -> str:
    """User ids, without the spaces."""
    bare = answer.replace(" ", "")
    if not all(part.isdecimal() for part in bare.split(",") if part):
        raise ValueError("numbers with commas, such as 1001, 1002")
    return bare


def _community(answer: str) -> str:
    number = answer.removeprefix("club").removeprefix("-")
    if number and not (number.isdecimal() and int(number) > 0):
        raise ValueError("a number such as 220; it stands in the address of the community's settings")
    return number


def _secret(question: str) -> str:
    return str(
        typer.prompt(
            f"{question} (not shown; empty to add it to .env later)", default="", hide_input=True, show_default=False
        )
    )


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file}: can't be written: {error.strerror}") from error


def _write_tokens(file: Path, tokens: dict[str, str]) -> None:
    """Add to .env what is not in it yet; only its owner may read it."""
    if not tokens:
        return
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    new = [f"{name}={value}" for name, value in tokens.items() if f"{name}=" not in before]
    _write(file, "\n".join([*before.splitlines(), *new]) + "\n")
    file.chmod(0o600)
