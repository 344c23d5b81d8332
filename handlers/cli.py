"""The command line. Heavy parts are imported by the verb that needs them, so that the light ones start fast.

Exit codes: 0 done, 1 it failed, 2 the call or a file is wrong. Errors are one line on standard error.
"""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING, Any

import typer

from referral_bot.errors import ReferralBotError, SetupError

if TYPE_CHECKING:
    from handlers.settings import Settings

FAILED = 1
WRONG_CALL = 2
INTERRUPTED = 130

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="A chat bot through which referring offices send, book and follow patients.",
)
keys = typer.Typer(help="The keys that patient data is sealed with.")
app.add_typer(keys, name="keys")


@app.callback(invoke_without_command=True)
def _say_help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(WRONG_CALL)


@keys.command("new")
def keys_new() -> None:
    """Print a fresh key, as REFERRAL_BOT_KEYS takes it."""
    from storage.encryption import new_key

    typer.echo(new_key())


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


def read_settings() -> Settings:
    """The settings; what is wrong with them is a wrong call."""
    from handlers import settings

    try:
        return settings.read_settings()
    except SetupError as error:
        raise WrongCall(str(error)) from None


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
