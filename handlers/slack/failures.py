"""What Slack's refusals and the network's troubles mean for a message that must arrive.

Sources: the error tables under https://docs.slack.dev/reference/methods of chat.postMessage, chat.update,
conversations.open, files.getUploadURLExternal and files.completeUploadExternal.
"""

from __future__ import annotations

from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from handlers.delivery import SendFailed, network_code

TROUBLE: Final = (SlackApiError, SlackRequestError, aiohttp.ClientError, TimeoutError, OSError)
"""What a call of Slack raises where Slack refuses or cannot be reached."""

RATE_LIMITED: Final = ("ratelimited", "rate_limited")
DEFAULT_PAUSE: Final = 30.0
"""Seconds to wait where Slack limits the rate without saying for how long."""

ACCESS_LOST: Final = frozenset({"not_in_channel", "account_inactive", "token_revoked"})
"""Codes that say that the bot may not come in any more. A file that it can't bring in so long waits."""

# The message, its target or the bot's access is at fault, or gone: the message is given up, and leaves
# again by command once somebody has mended it.
FINAL: Final = ACCESS_LOST | frozenset(
    {
        *("channel_not_found", "is_archived", "is_inactive", "invalid_channel", "channel_type_not_supported"),
        *("messages_tab_disabled", "restricted_action", "restricted_action_read_only_channel"),
        *("restricted_action_thread_only_channel", "restricted_action_non_threadable_channel"),
        *("restricted_action_thread_locked", "cannot_reply_to_message", "thread_not_found"),
        *("user_not_found", "user_disabled", "user_not_visible", "users_not_found", "cannot_dm_bot"),
        *("message_not_found", "cant_update_message", "edit_window_closed"),
        *("no_text", "msg_too_long", "msg_blocks_too_long"),
        *("invalid_blocks", "invalid_blocks_format", "too_many_attachments"),
        *("metadata_too_large", "invalid_metadata_format", "invalid_metadata_schema"),
        *("metadata_must_be_sent_from_app",),
        *("invalid_arguments", "invalid_arg_name", "invalid_array_arg"),
        *("invalid_charset", "invalid_form_data"),
        *("invalid_post_type", "missing_post_type"),
        *("file_not_found", "file_deleted", "files_not_found", "blocked_file_type", "file_uploads_disabled"),
    }
)

# It passes by itself, or is of the settings and so at fault for every message alike (the token, a scope): the
# message waits. Those of views and of private cards are named for the log alone.
PASSING: Final = frozenset(
    {
        *("ratelimited", "rate_limited", "message_limit_exceeded"),
        *("internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"),
        *("access_denied", "accesslimited", "ekm_access_denied", "team_access_not_granted"),
        *("org_login_required", "no_permission", "missing_scope"),
        *("not_allowed_token_type", "storage_limit_reached"),
        *("invalid_auth", "not_authed", "token_expired"),
        *("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "push_limit_reached"),
        *("not_found", "hash_conflict", "view_too_large", "not_enabled", "user_not_in_channel"),
    }
)


def error_code(error: BaseException) -> str:
    """A word for what went wrong: Slack's own code if it is one that is known here, else one of ours."""
    if isinstance(error, SlackApiError):
        code = _slack_code(error)
        if code in FINAL or code in PASSING:
            return code
        return "server_error" if _status(error) >= 500 else "slack_refused"
    return network_code(error)


def send_failed(error: BaseException) -> SendFailed:
    """The failure that the outbox understands, of one of `TROUBLE`.

    Codes that Slack did not have when this was written count as passing: a message waits rather than
    being lost.
    """
    code = error_code(error)
    if isinstance(error, SlackApiError) and (_status(error) == 429 or code in RATE_LIMITED):
        return SendFailed("ratelimited", retry_after=_retry_after(error))
    return SendFailed(code, final=code in FINAL)


def _slack_code(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _status(error: SlackApiError) -> int:
    # slack_sdk hands on aiohttp's own response where the body was no JSON
    found = getattr(error.response, "status_code", None) or getattr(error.response, "status", None)
    return found if isinstance(found, int) else 0


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    asked = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    try:
        return max(1.0, float(asked))
    except ValueError:
        return DEFAULT_PAUSE
