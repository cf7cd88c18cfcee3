"""The tables of the settings file, each with its keys, their types and defaults."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from bot import checks

Duration = Annotated[timedelta, BeforeValidator(checks.duration)]
Timezone = Annotated[str, AfterValidator(checks.timezone)]
WebAddress = Annotated[str, AfterValidator(checks.web_address)]
BaseAddress = Annotated[str, AfterValidator(checks.base_address)]
RedisAddress = Annotated[SecretStr, BeforeValidator(checks.redis_address)]
TagFilter = Annotated[str, AfterValidator(checks.tag_filter)]
AliasTable = Annotated[dict[str, str], AfterValidator(checks.aliases)]
Cron = Annotated[str, BeforeValidator(checks.times_or_text), AfterValidator(checks.schedule)]
Weekend = Annotated[str, BeforeValidator(checks.times_or_text), AfterValidator(checks.weekend)]
Holiday = Annotated[str, BeforeValidator(checks.holiday)]
Quiet = Annotated[str, AfterValidator(checks.quiet)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(checks.network)]
Name = Annotated[str, Field(max_length=64), AfterValidator(checks.name)]
BotName = Annotated[str, AfterValidator(checks.bot_name)]
PageName = Annotated[str, AfterValidator(checks.page_name)]
Person = Annotated[str, AfterValidator(checks.person)]
UserIds = tuple[Annotated[int, Field(gt=0)], ...]


VK_DAILY = 50


class Section(BaseModel):
    """A table of the settings file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class RedisSettings(Section):
    """Where the state is kept. Without `url` the bot runs its own server in `data_dir`."""

    url: RedisAddress | None = None


class TelegramSettings(Section):
    """The Telegram side; off without a token."""

    token: SecretStr | None = None
    api_base: BaseAddress = "https://api.telegram.org"
    admins: UserIds = ()
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: WebAddress | None = None
    webhook_secret: SecretStr | None = None
    log_chat: int | None = None
    username: BotName | None = None
    editors_chat: int | None = Field(default=None, lt=0)


class VkSettings(Section):
    """The VK side; off without a community key. The user key is an optional extra."""

    token: SecretStr | None = None
    user_token: SecretStr | None = None
    api_base: BaseAddress = "https://api.vk.ru"
    group_id: int | None = Field(default=None, gt=0)
    admins: UserIds = ()
    editors_chat: int | None = Field(default=None, gt=2_000_000_000)


class FetchSettings(Section):
    """How sources are read."""

    allow_networks: tuple[Network, ...] = ()


class SourceSettings(Section):
    """One feed."""

    name: Name
    url: WebAddress
    every: Duration = timedelta(minutes=5)
    slowest: Duration | None = None
    full_page: bool = True
    profile: str = "auto"
    listing: str | None = None
    backfill: int = Field(default=0, ge=0, le=1000)

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.every < timedelta(seconds=1):
            raise ValueError("every: at least 1 second")
        if self.slowest is not None and self.slowest < self.every:
            raise ValueError("slowest: at least as long as every")
        return self


class UtmSettings(Section):
    """What is added to the addresses of a channel's articles, so that the site's statistics can tell readers apart."""

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    term: str | None = None
    content: str | None = None


_ONLY_ON = {
    "telegram": frozenset({"fold_over", "preview", "protect", "threaded", "topic"}),
    "vk": frozenset({"first_comment", "local_tags", "short_links"}),
}
"""Keys of a channel that mean nothing on the other platform."""


class ChannelSettings(Section):
    """One public place, and when what goes there."""

    name: Name
    platform: Literal["telegram", "vk"]
    target: Annotated[str, BeforeValidator(checks.target)]
    filter: TagFilter | None = None
    schedule: Cron = "at once"
    per_slot: int = Field(default=1, ge=1, le=50)
    min_gap: Duration = timedelta(0)
    quiet: Quiet | None = None
    approval: bool = False
    max_age: Duration | None = None
    image: Literal["preview", "photo", "none"] = "preview"
    preview: Literal["below", "above"] = "below"
    template: str = "full"
    round_up: bool | None = None
    round_up_template: str = "roundup"
    threaded: bool = True
    backlog_after: Duration = timedelta(hours=12)
    typography: bool = True
    outlet_prefix: Literal["keep", "move"] = "keep"
    hashtags: int = Field(default=6, ge=0, le=20)
    fold_over: int = Field(default=700, ge=0)
    utm: UtmSettings = UtmSettings()
    silent: bool = False
    protect: bool = False
    topic: int | None = Field(default=None, gt=0)
    subscribe_buttons: int = Field(default=0, ge=0, le=4)
    local_tags: PageName | None = None
    first_comment: str | None = None
    short_links: bool = False
    weekend: Weekend | None = None
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=100)] = ()
    jitter: Duration = timedelta(0)
    daily_cap: int | None = Field(default=None, ge=1, le=1000)
    breaking: TagFilter | None = None
    catch_up: Literal["spread", "fold", "skip"] = "spread"
    approvers: int = Field(default=1, ge=1, le=2)
    release_after: Duration | None = None
    hold_after: Duration | None = None
    evergreen_after: Duration | None = None

    @property
    def most_a_day(self) -> int | None:
        """VK itself takes 50 posts a day on one wall."""
        return self.daily_cap or (VK_DAILY if self.platform == "vk" else None)

    @property
    def rounds_up(self) -> bool:
        """Several articles of one slot are one post, unless the setting says otherwise."""
        return self.per_slot > 1 if self.round_up is None else self.round_up

    @model_validator(mode="after")
    def _one_end_for_a_draft(self) -> Self:
        if self.release_after is not None and self.hold_after is not None:
            raise ValueError("hold_after: a draft that goes out by itself can't be held by itself; give one of the two")
        return self

    @model_validator(mode="after")
    def _weekend_fits_schedule(self) -> Self:
        if self.schedule == checks.AT_ONCE and self.weekend not in {None, checks.OFF}:
            raise ValueError('weekend: a channel that posts at once has no slots; allowed: "off"')
        return self

    @model_validator(mode="after")
    def _target_fits_platform(self) -> Self:
        checks.target_of(self.platform, self.target)
        other = "vk" if self.platform == "telegram" else "telegram"
        foreign = sorted(_ONLY_ON[other] & self.model_fields_set)
        if foreign:
            raise ValueError(f"{foreign[0]}: only for a channel on {other}")
        return self


class TemplateSettings(Section):
    """A template that channels name."""

    text: str


class RoleSettings(Section):
    """Who may do what: persons such as "telegram:1001", or "vk:55@wall" for one channel. The admins of each platform
    are owners without being named here."""

    owner: tuple[Person, ...] = ()
    editor: tuple[Person, ...] = ()
    viewer: tuple[Person, ...] = ()


class DeskSettings(Section):
    """What editors are told unasked: the numbers of the week in their chat, and that an article has waited for longer
    than `oldest_waiting`, days without posts left out; 0s: never."""

    weekly_report: bool = True
    oldest_waiting: Duration = timedelta(hours=24)


class SubscriptionSettings(Section):
    """Whether readers can subscribe to tags, and how long what they were sent is corrected; 0s: never."""

    enabled: bool = True
    correct_within: Duration = timedelta(hours=48)
    repeat_unconfirmed: bool = False


class ProfileSettings(Section):
    """CSS selectors for one site's pages."""

    headline: str | None = None
    lead: str | None = None
    outlet: str | None = None
    original: str | None = None
    image: str | None = None
    credit: str | None = None
    body: str | None = None
    disclaimer: str | None = None
    country: str | None = None
    region: str | None = None
    tags: str | None = None
    date: str | None = None


class StorySettings(Section):
    """The same story from two sources: what becomes of the second, told within a time; 0s: stories aren't compared."""

    second: Literal["post", "skip"] = "post"
    within: Duration = timedelta(hours=48)


class ListingSettings(Section):
    """CSS selectors for a page that lists articles, where there is no feed."""

    entry: str
    headline: str | None = None
    link: str | None = None
    lead: str | None = None
    date: str | None = None
    image: str | None = None
    tags: str | None = None


class WebSettings(Section):
    """The small HTTP server for health checks and Telegram's webhook; off without `port`."""

    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)
