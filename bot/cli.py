"""The command line: arguments in, exit codes out. What a command does lives in the rooms.

Each command loads its rooms itself: the libraries of all of them take seconds, and `depeche --help` needs none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.console.terminal import (
    FAILED,
    USAGE,
    carry_out,
    fail,
    later,
    lines_of,
    one_of,
    print_json,
    print_lines,
    read_settings,
)
from bot.logs import start_logging
from bot.model import Platform

app = typer.Typer(
    name="depeche",
    help="Depeche brings the articles of a digest to a Telegram channel, a VK page and the subscribers of their tags.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Config = Annotated[Path | None, typer.Option("--config", help="Settings file; default: depeche.toml here, if any.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Batch = Annotated[Path | None, typer.Option("--batch", help="Many at once: JSON lines in, JSON lines out, in order.")]
Url = Annotated[str | None, typer.Option("--url", help="The address the file came from.")]


def main() -> None:
    """The entry of `depeche` and of `python -m bot`."""
    app()


@app.command()
def run(
    config: Config = None,
    role: Annotated[str, typer.Option(help="all, or with a shared redis one part: bot, scheduler or worker.")] = "all",
) -> None:
    """Run the bot until SIGTERM or Ctrl+C."""
    from bot.console import running

    if role not in running.ROLES:
        fail(f"--role: found {role!r}; allowed: {', '.join(running.ROLES)}", USAGE)
    start_logging()
    carry_out(running.run(read_settings(config), role))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the board; 0 takes any free one.")] = 8765,
    headless: Annotated[
        bool, typer.Option("--headless", help="Print what happens instead of opening the board.")
    ] = False,
    exit_after: Annotated[
        float | None, typer.Option("--exit-after", help="Seconds; then look at it all and exit.")
    ] = None,
) -> None:
    """Run the whole bot against a newsroom, a Telegram and a VK of its own: no account needed."""
    from bot.sandbox import demo as demonstrating

    start_logging(quiet=True)
    raise typer.Exit(carry_out(demonstrating.run(port=port, headless=headless, exit_after=exit_after)))


@app.command()
def init(
    config: Annotated[Path, typer.Option("--config", help="Where to write.")] = Path("depeche.toml"),
) -> None:
    """Write a settings file step by step."""
    from bot.console import setting_up

    carry_out(later(lambda: setting_up.ask(config)))


@app.command()
def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """Check tokens, rights, redis, sources and clock; each line says what to do."""
    from bot.console import doctoring

    start_logging(quiet=True)
    findings = carry_out(doctoring.examine(read_settings(config)))
    if as_json:
        print_json([finding.to_json() for finding in findings])
    else:
        doctoring.show(findings)
    raise typer.Exit(FAILED if any(finding.bad for finding in findings) else 0)


@app.command()
def health(config: Config = None) -> None:
    """Ask the running bot whether it is well; needs web.port."""
    from bot.console import doctoring

    sentence = carry_out(doctoring.ask_health(read_settings(config)))
    typer.echo(sentence)


@app.command()
def extract(
    file: Annotated[str | None, typer.Argument(metavar="FILE|URL", help="A page.")] = None,
    url: Url = None,
    profile: Annotated[str, typer.Option(help="A [profiles.NAME] of the settings.")] = "auto",
    config: Config = None,
    batch: Batch = None,
    as_json: AsJson = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say which evidence gave each field.")] = False,
) -> None:
    """Read one page as an article."""
    from bot.console import explaining, inspecting, offline

    one_of(file, batch)
    if explain and batch is not None:
        fail("--explain is for one page: give a FILE or URL, not --batch.", USAGE)
    start_logging(quiet=True)
    settings = read_settings(config)
    if batch is not None:
        lines = lines_of(batch)
        carry_out(later(lambda: print_lines(offline.extract_lines(settings, lines, profile, batch.parent))))
        return
    found = carry_out((offline.explain if explain else offline.extract)(settings, str(file), url, profile))
    if as_json:
        print_json(found)
    elif explain:
        explaining.show_explained(found)
    else:
        inspecting.show_article(found)


@app.command()
def feed(
    file: Annotated[str | None, typer.Argument(metavar="FILE|URL", help="A feed.")] = None,
    url: Url = None,
    config: Config = None,
    batch: Batch = None,
    as_json: AsJson = False,
) -> None:
    """Read a feed as a list of articles."""
    from bot.console import inspecting, offline
    from bot.source.batch import feed_lines

    one_of(file, batch)
    start_logging(quiet=True)
    settings = read_settings(config)
    if batch is not None:
        print_lines(feed_lines(lines_of(batch), folder=batch.parent))
        return
    found, said = carry_out(offline.feed(settings, str(file), url))
    if said:
        typer.echo(said, err=True)
    if as_json:
        print_json(found)
    else:
        inspecting.show_feed(found)


@app.command()
def sources(
    action: Annotated[str | None, typer.Argument(metavar="[test", help="Try one out before it is added.")] = None,
    source: Annotated[str | None, typer.Argument(metavar="URL|NAME]", help="What to try out.")] = None,
    profile: Annotated[str, typer.Option(help="A [profiles.NAME] to try it with.")] = "auto",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """List the sources with their health; or show what would come out of one, and where each field is from."""
    from bot.console import sourcing

    if action not in {None, "test"} or (action is None) != (source is None):
        fail("Give nothing, or: sources test URL", USAGE)
    start_logging(quiet=True)
    settings = read_settings(config)
    asked = sourcing.show_trial(settings, source, profile, as_json=as_json) if source else None
    carry_out(asked or sourcing.show_reports(settings, as_json=as_json))


@app.command()
def render(
    platform: Annotated[Platform, typer.Option(help="Where the post is for.")],
    article: Annotated[Path | None, typer.Argument(metavar="ARTICLE.json", help="What extract --json gave.")] = None,
    config: Config = None,
    batch: Batch = None,
    as_json: AsJson = False,
) -> None:
    """Show the exact API calls that would post an article."""
    from bot.console import inspecting, offline

    one_of(article, batch)
    settings = read_settings(config) if config is not None else None
    if batch is not None:
        print_lines(offline.render_lines(lines_of(batch), platform, settings))
        return
    posts = carry_out(later(lambda: offline.render("\n".join(lines_of(article)), platform, settings)))
    if as_json:
        print_json(offline.calls_json(posts))
    else:
        inspecting.show_posts(posts)


@app.command()
def preview(
    article: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page, or what extract --json gave.")],
    config: Config = None,
    board: Annotated[bool, typer.Option("--board", help="Show the posts on the sandbox's board as well.")] = False,
    port: Annotated[int, typer.Option(help="Port of the board; 0 takes any free one.")] = 8765,
) -> None:
    """Show the very posts of an article on every channel: lengths, cuts, link card, slot."""
    from bot.console import previewing
    from bot.sandbox import showing

    start_logging(quiet=True)
    settings = read_settings(config)
    found = carry_out(previewing.article_of(settings, article))
    posts = carry_out(previewing.show(settings, found, cards=article.startswith("http")))
    if board:
        carry_out(showing.run(settings, found, posts, port=port))


@app.command()
def plan(
    config: Config = None,
    hours: Annotated[float, typer.Option(min=0.1, max=24 * 31, help="How far to look.")] = 24.0,
    as_json: AsJson = False,
) -> None:
    """Show what will go out, when and why."""
    from bot.console import inspecting

    start_logging(quiet=True)
    lines = carry_out(inspecting.plan(read_settings(config), hours))
    if as_json:
        print_json(lines)
    else:
        inspecting.show_plan(lines)


@app.command()
def why(
    article: Annotated[str, typer.Argument(metavar="ARTICLE_ID|URL")],
    config: Config = None,
) -> None:
    """Tell what became of one article, and why."""
    from bot.console import inspecting

    start_logging(quiet=True)
    for line in carry_out(inspecting.why(read_settings(config), article)):
        typer.echo(line)


@app.command()
def audit(
    last: Annotated[int, typer.Option(min=1, max=5000, help="How many.")] = 50,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Tell who of the newsroom did what, the newest first."""
    from bot.console import inspecting

    start_logging(quiet=True)
    deeds = carry_out(inspecting.audit(read_settings(config), last))
    if as_json:
        print_json(deeds)
    for deed in [] if as_json else deeds:
        typer.echo(f"{deed['at']}  {deed['by']}: {deed['what']}  {deed['outcome']}")


@app.command(name="export")
def export_state(
    file: Annotated[Path, typer.Argument(help="Where to write; - is the standard output.")],
    config: Config = None,
) -> None:
    """Write all state (articles, ledger, subscriptions) as JSON lines."""
    from bot.console import inspecting

    start_logging(quiet=True)
    count = carry_out(inspecting.export_state(read_settings(config), file))
    typer.echo(f"{count} records written to {file}", err=True)


@app.command(name="import")
def import_state(file: Annotated[Path, typer.Argument(help="What export wrote.")], config: Config = None) -> None:
    """Read state back; what is there already is replaced."""
    from bot.console import inspecting

    start_logging(quiet=True)
    count = carry_out(inspecting.import_state(read_settings(config), file))
    typer.echo(f"{count} records read from {file}", err=True)
