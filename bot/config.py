"""Settings: `depeche.toml`, `.env` and the environment, read once.

The environment wins over `.env`, and `.env` over the file. Every key can be given as `DEPECHE_SECTION__KEY`; secrets
only so. Every mistake is reported at once: its key, what was found, what is allowed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as SourceProblem

from bot.errors import SettingsError
from bot.mistakes import SECRETS, contradictions, sentence
from bot.sections import (
    AliasTable,
    ChannelSettings,
    DeskSettings,
    FetchSettings,
    ListingSettings,
    ProfileSettings,
    RedisSettings,
    RoleSettings,
    SourceSettings,
    StorySettings,
    SubscriptionSettings,
    TelegramSettings,
    TemplateSettings,
    Timezone,
    VkSettings,
    WebSettings,
)

DEFAULT_FILE = "depeche.toml"


class Settings(BaseSettings):
    """All of it. Made by `load`, which turns every mistake into one SettingsError."""

    model_config = SettingsConfigDict(
        env_prefix="DEPECHE_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        env_file_encoding="utf-8",
        dotenv_filtering="match_prefix",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        nested_model_default_partial_update=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the file says is passed as arguments, and comes last."""
        del settings_cls, file_secret_settings
        return env_settings, dotenv_settings, init_settings

    language: Literal["ru", "en"] = "ru"
    timezone: Timezone = "Europe/Moscow"
    data_dir: Path = Path("var")
    redis: RedisSettings = RedisSettings()
    telegram: TelegramSettings = TelegramSettings()
    vk: VkSettings = VkSettings()
    fetch: FetchSettings = FetchSettings()
    web: WebSettings = WebSettings()
    sources: tuple[SourceSettings, ...] = ()
    channels: tuple[ChannelSettings, ...] = ()
    aliases: AliasTable = Field(default_factory=dict)
    profiles: dict[str, ProfileSettings] = Field(default_factory=dict)
    listings: dict[str, ListingSettings] = Field(default_factory=dict)
    templates: dict[str, TemplateSettings] = Field(default_factory=dict)
    stories: StorySettings = StorySettings()
    subscriptions: SubscriptionSettings = SubscriptionSettings()
    roles: RoleSettings = RoleSettings()
    desk: DeskSettings = DeskSettings()

    @model_validator(mode="wrap")
    @classmethod
    def _every_mistake_at_once(cls, written: object, read: ModelWrapValidatorHandler[Self]) -> Self:
        problems: list[str] = []
        try:
            settings = read(written)
        except ValidationError as error:
            problems += [sentence(part) for part in error.errors(include_url=False)]
        problems += contradictions(written)
        if problems:
            raise SettingsError(problems)
        return settings

    @property
    def has_telegram(self) -> bool:
        """Telegram is on."""
        return self.telegram.token is not None

    @property
    def has_vk(self) -> bool:
        """VK is on."""
        return self.vk.token is not None


class _Given(Settings):
    """Settings from values alone."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """No file, no environment."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def given(values: Mapping[str, Any]) -> Settings:
    """Settings made from values alone, whatever the environment says: for the demo and for tests.

    Raises:
        SettingsError: with every mistake at once.
    """
    return _Given(**values)


def load(file: Path | None = None, *, env_file: Path = Path(".env")) -> Settings:
    """Read the settings: `file`, else `depeche.toml` in the working folder if it is there, then `.env`, then the
    environment. Relative paths are meant from the working folder.

    Raises:
        SettingsError: with every mistake at once.
    """
    path = file if file is not None else Path(DEFAULT_FILE)
    if file is not None and not file.is_file():
        raise SettingsError([f"{file}: no such file; write one with: depeche init"])
    written = _read_toml(path) if path.is_file() else {}
    problems = list(_secrets_in_file(written, path))
    try:
        settings = Settings(_env_file=env_file, **written)
    except SettingsError as error:
        problems += error.problems
    except SourceProblem as error:
        problems.append(f"{error}: not readable; a list or a table in a variable is written as JSON")
    if problems:
        raise SettingsError(problems)
    return settings


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([f"{path}: not valid TOML: {error}"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: can't be read: {error}"]) from None


def _secrets_in_file(written: dict[str, Any], path: Path) -> Iterator[str]:
    """A file of settings gets shared and committed; what is secret must not be in it, and is taken out here."""
    for section, key in SECRETS:
        table = written.get(section)
        if isinstance(table, dict) and table.pop(key, None) is not None:
            variable = f"DEPECHE_{section}__{key}".upper()
            yield f"{section}.{key}: found a secret in {path}; allowed: only the variable {variable} or .env"
