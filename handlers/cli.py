"""The command line. Heavy parts are imported by the verb that needs them, so that the light ones start fast.

Exit codes: 0 done, 1 it failed, 2 the call or a file is wrong. Errors are one line on standard error.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from referral_bot.errors import NotFound, ReferralBotError, SetupError

if TYPE_CHECKING:
    from handlers.settings import Settings
    from referral_bot.reading import Vocabulary
    from storage import SqlStore

FAILED = 1
WRONG_CALL = 2
INTERRUPTED = 130
MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


class Patients(StrEnum):
    """What `demo --phi` takes."""

    FULL = "full"
    MINIMAL = "minimal"


app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="A chat bot through which referring offices send, book and follow patients.",
)
keys = typer.Typer(help="The keys that patient data is sealed with.")
db = typer.Typer(help="The database.")
audit = typer.Typer(help="The record of who saw and changed what.")
outbox = typer.Typer(help="Messages that could not be delivered.")
manifest = typer.Typer(help="What a chat platform wants to know of the app.")


@manifest.callback()
def _of_which_platform() -> None:
    """Keeps the platform's name a word of its own, although there is one only."""


app.add_typer(keys, name="keys")
app.add_typer(db, name="db")
app.add_typer(audit, name="audit")
app.add_typer(outbox, name="outbox")
app.add_typer(manifest, name="manifest")


@app.callback(invoke_without_command=True)
def _say_help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(WRONG_CALL)


@app.command("demo")
def demo_command(
    port: Annotated[int | None, typer.Option(help="Of the page.", min=1, max=65535)] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for its files; else a temporary one.")] = None,
    speed: Annotated[float, typer.Option(help="How many times as fast the clock runs.")] = 1.0,
    phi: Annotated[Patients, typer.Option(help="How much of a patient the threads carry.")] = Patients.FULL,
    tell: Annotated[bool, typer.Option("--tell", help="Play one referral here in the terminal.")] = False,
    teams: Annotated[
        bool, typer.Option("--teams", help="Show Teams too, in Microsoft's own client (from npm).")
    ] = False,
) -> None:
    """Try everything on this machine, with no account anywhere: a practice, its offices, and a page."""
    if tell and teams:
        raise WrongCall("--tell plays in the terminal, where Teams cannot be shown; leave out --teams.")
    from handlers.demo.main import run_demo
    from handlers.logs import configure_logs

    configure_logs("WARNING")
    with _blaming_the_call(SetupError):
        asyncio.run(run_demo(port=port, data=data, speed=speed, phi=phi.value, tell=tell, teams=teams))


@app.command("serve")
def serve_command() -> None:
    """Serve Slack, Teams or both, and keep what was promised, until stopped."""
    from handlers.settings import require_platform

    settings = read_settings()
    with _blaming_the_call(SetupError):
        require_platform(settings)
    from handlers.app import serve
    from handlers.logs import configure_logs

    configure_logs(settings.log_level)
    asyncio.run(serve(settings))


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="The practice directory.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Read the practice directory: all of it, or nothing."""
    from handlers.importing import import_directory
    from referral_bot.directory import DirectoryInvalid

    text = _text(file)
    try:
        with open_store() as store:
            imported = import_directory(store, text, dry_run=dry_run)
    except DirectoryInvalid as invalid:
        for problem in invalid.problems:
            typer.echo(f"{file}: {problem}", err=True)
        raise WrongCall(str(invalid)) from None
    for warning in imported.warnings:
        typer.echo(f"{file}: {warning}", err=True)
    for change in imported.changes or ["nothing changes"]:
        typer.echo(f"{'dry run: ' if dry_run else ''}{change}")


@app.command("understand")
def understand_command(
    directory: Annotated[
        Path | None, typer.Option(help="Whose words to know.", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """Read messages as JSON lines from standard input, write what was understood of each as a line."""
    from referral_bot.reading import Refused, understand_lines

    refused = Refused()
    with open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False) as lines:
        for line in understand_lines(lines, _vocabulary(directory), refused):
            typer.echo(line)
    if refused.lines:
        first = refused.lines[0]
        raise WrongCall(
            f"Not every line is a message; the first that is none is line {first}. Its answer says why."
        )


def _vocabulary(file: Path | None) -> Vocabulary | None:
    if file is None:
        return None
    from referral_bot.desk.packets import vocabulary
    from referral_bot.directory import DirectoryInvalid, read_directory

    try:
        return vocabulary(read_directory(_text(file)).practice)
    except DirectoryInvalid:
        raise WrongCall(f"{file} is no directory; `referral-bot import {file} --dry-run` says why.") from None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise WrongCall(f"{file} cannot be read as text in UTF-8; check the file.") from None


@app.command("check")
def check_command() -> None:
    """Say whether settings, database, keys, tokens and scopes are in order, each with the mend."""
    from handlers.checks import Level, check_everything

    findings = asyncio.run(check_everything(read_settings()))
    for finding in findings:
        typer.echo(str(finding))
    if any(finding.level is Level.WRONG for finding in findings):
        raise typer.Exit(FAILED)


@keys.command("new")
def keys_new() -> None:
    """Print a fresh key, as REFERRAL_BOT_KEYS takes it."""
    from storage.encryption import new_key

    typer.echo(new_key())


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the shape that this program needs."""
    from storage import upgrade
    from storage.migrations import HEAD

    upgrade(read_settings().database_url)
    typer.echo(f"The database is at migration {HEAD}.")


@audit.command("verify")
def audit_verify() -> None:
    """Check that nothing in the record was changed or taken out, and say where its chains end.

    Only a comparison with the ends of an earlier run shows that the newest rows are missing.
    """
    from storage import verify

    with open_store() as store:
        verdict = verify(store)
    if verdict.broken is not None:
        broken = verdict.broken
        raise AuditBroken(
            f"The record is broken at row {broken.seq} of chain {broken.chain}: {broken.why}. "
            "Keep this database as it is, and compare it with a backup."
        )
    typer.echo("1 row holds." if verdict.rows == 1 else f"{verdict.rows} rows hold.")
    for chain, head in sorted(verdict.heads.items()):
        typer.echo(f"chain {chain} ends at row {head.seq}, {head.hash.hex()}")


@audit.command("show")
def audit_show(
    referral: Annotated[str, typer.Option(help="Of one referral: its reference.", metavar="RB-…")] = "",
    office: Annotated[str, typer.Option(help="Of one office: its key.", metavar="KEY")] = "",
    person: Annotated[str, typer.Option(help="By one person: their key.", metavar="KEY")] = "",
    since: Annotated[datetime | None, typer.Option(help="From this day or moment.", formats=MOMENTS)] = None,
    until: Annotated[datetime | None, typer.Option(help="Until this day or moment.", formats=MOMENTS)] = None,
    csv: Annotated[bool, typer.Option("--csv", help="As comma-separated values.")] = False,
) -> None:
    """Show who saw and changed what. Days and moments are in the practice's time zone."""
    from handlers.audit_report import Selection, report

    with open_store() as store, _blaming_the_call(NotFound):
        for line in report(store, Selection(referral, office, person, since, until), as_csv=csv):
            typer.echo(line)


@outbox.command("show")
def outbox_show() -> None:
    """Show the messages that could not be delivered: when, where to, what kind, and why."""
    from handlers.dead_letters import show

    with open_store() as store:
        for line in show(store):
            typer.echo(line)


@outbox.command("resend")
def outbox_resend(
    since: Annotated[
        datetime | None, typer.Option(help="Only those written from this day or moment on.", formats=MOMENTS)
    ] = None,
) -> None:
    """Send those messages again, once what kept them is mended. Days are in the practice's time zone."""
    from handlers.dead_letters import resend

    with open_store() as store:
        count = resend(store, since)
    typer.echo("1 message leaves again." if count == 1 else f"{count} messages leave again.")


@manifest.command("teams")
def manifest_teams(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("referral-bot-teams.zip"),
    website: Annotated[str, typer.Option(help="The practice's page; else PUBLIC_URL.")] = "",
) -> None:
    """Write the package that an administrator uploads to Teams."""
    from handlers.teams.package import package

    settings = read_settings()
    with _blaming_the_call(SetupError):
        if settings.teams_app_id is None:
            raise SetupError("TEAMS_APP_ID is missing: copy it from the Azure bot's page Configuration.")
        content = package(settings.teams_app_id, settings.public_url, website)
    out.write_bytes(content)
    typer.echo(f"{out} is written: upload it in the Teams admin center, under Manage apps.")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    try:
        result = app(arguments, prog_name="referral-bot", standalone_mode=False)
    except _USAGE_ERROR as error:
        return _complain(f"{_message(error)} See `referral-bot --help`.", WRONG_CALL)
    except WrongCall as error:
        return _complain(str(error), WRONG_CALL)
    except ReferralBotError as error:
        return _complain(str(error), FAILED)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left, as `head` does.
        sys.stderr.close()
        return FAILED
    except Exception as error:  # noqa: BLE001 (it is logged, and no traceback may reach a person)
        return _complain_of_bug(error)
    return result if isinstance(result, int) else 0


class WrongCall(SetupError):
    """The call, a setting or a file is wrong, rather than something that failed."""


class AuditBroken(ReferralBotError):
    """The record was tampered with."""


def read_settings() -> Settings:
    """The settings; what is wrong with them is a wrong call."""
    from handlers import settings

    with _blaming_the_call(SetupError):
        return settings.read_settings()


@contextmanager
def _blaming_the_call(kind: type[ReferralBotError]) -> Iterator[None]:
    try:
        yield
    except kind as error:
        raise WrongCall(str(error)) from None


@contextmanager
def open_store() -> Iterator[SqlStore]:
    """The store of the settings, closed afterwards. Raises SetupError."""
    import storage

    settings = read_settings()
    sealing = settings.referral_bot_keys
    store = storage.open_store(settings.database_url, sealing.get_secret_value() if sealing else None)
    try:
        yield store
    finally:
        store.close()


# Typer brings a copy of click of its own, whose errors have no public name.
_USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]


def _message(error: Any) -> str:
    sentence = " ".join(str(error.format_message()).split())
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."


def _complain(sentence: str, code: int) -> int:
    typer.echo(f"referral-bot: {sentence}", err=True)
    return code


def _complain_of_bug(error: Exception) -> int:
    """One line for people, and one for the log by which the bug can be found; neither says what was typed."""
    import structlog

    from handlers.logs import configure_logs

    if not structlog.is_configured():
        configure_logs("WARNING")
    reference = secrets.token_hex(4)
    structlog.get_logger().error("bug", reference=reference, exc_info=error)
    return _complain(
        f"This is a bug, and not what you did: please report it with the line {reference} of the log.", FAILED
    )


if __name__ == "__main__":
    main()
