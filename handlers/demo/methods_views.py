"""views.*, and the methods about the app itself: auth, bots, apps.connections.open, oauth.v2.access."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from handlers.demo.blockkit import validate_blocks, validate_message, validate_view
from handlers.demo.methods import Caller, Method, required
from handlers.demo.model import Json, SlackError

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace


def open_view(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    trigger_id, view = required(arguments, "trigger_id", "view")
    return {"ok": True, "view": workspace.modals.open(trigger_id, view, caller.installation).as_slack()}


def push_view(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    trigger_id, view = required(arguments, "trigger_id", "view")
    return {"ok": True, "view": workspace.modals.push(trigger_id, view, caller.installation).as_slack()}


def update_view(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    (view,) = required(arguments, "view")
    view_id, external_id = arguments.get("view_id") or "", arguments.get("external_id") or ""
    if not view_id and not external_id:
        required(arguments, "view_id")
    updated = workspace.modals.update(view, view_id, external_id, arguments.get("hash") or "")
    return {"ok": True, "view": updated.as_slack()}


def publish_view(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    user, view = required(arguments, "user_id", "view")
    published = workspace.modals.publish(user, view, caller.installation, arguments.get("hash") or "")
    return {"ok": True, "view": published.as_slack()}


def validate(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    """blocks.validate: the same checks without doing anything."""
    given = [name for name in ("blocks", "view", "message") if arguments.get(name) is not None]
    if len(given) != 1:
        messages = ["must provide exactly one of `blocks`, `view`, or `message`"]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
    value = arguments[given[0]]
    checks = {
        "blocks": lambda: validate_blocks(value, "message"),
        "view": lambda: validate_view(value),
        "message": lambda: validate_message(value),
    }
    if problems := checks[given[0]]():
        raise SlackError("invalid_blocks", errors=[{"message": problem} for problem in problems])
    return {"ok": True}


def auth_test(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    installation = caller.installation
    team = workspace.teams[installation.team]
    return {
        "ok": True,
        "url": f"{workspace.url}/",
        "team": team.name,
        "user": workspace.app.name.lower().replace(" ", "_"),
        "team_id": team.id,
        "user_id": installation.bot_user,
        "bot_id": installation.bot,
        "is_enterprise_install": False,
    }


def api_test(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    if error := arguments.get("error"):
        raise SlackError(error, args=arguments)
    return {"ok": True, "args": arguments}


def bot_info(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    bot = arguments.get("bot") or caller.installation.bot
    for one in workspace.installations.values():
        if one.bot == bot:
            about = {
                "id": bot,
                "app_id": workspace.app.id,
                "user_id": one.bot_user,
                "name": workspace.app.name,
            }
            return {"ok": True, "bot": about | {"deleted": False, "updated": 0, "icons": {}}}
    raise SlackError("bot_not_found")


def open_connection(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    return {"ok": True, "url": workspace.outgoing.sockets.ticket()}


def oauth_access(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    """Exchanges a code; the app's id and secret come as arguments or by basic authentication."""
    client_id, secret = arguments.get("client_id"), arguments.get("client_secret")
    scheme, _, credentials = caller.request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        client_id, _, secret = base64.b64decode(credentials).decode().partition(":")
    if client_id != workspace.client_id:
        raise SlackError("invalid_client_id")
    if secret != workspace.client_secret:
        raise SlackError("bad_client_secret")
    team = workspace.oauth_codes.pop(arguments.get("code") or "", None)
    if team is None:
        raise SlackError("invalid_code")
    installation = workspace.install(team)
    return {
        "ok": True,
        "access_token": installation.token,
        "token_type": "bot",
        "scope": ",".join(sorted(installation.scopes)),
        "bot_user_id": installation.bot_user,
        "app_id": workspace.app.id,
        "team": {"id": team, "name": workspace.teams[team].name},
        "enterprise": None,
        "authed_user": {"id": next((p.id for p in workspace.people.values() if p.team == team), "U0")},
        "is_enterprise_install": False,
    }


def revoke(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    caller.installation.revoked = True
    return {"ok": True, "revoked": True}


VIEWS = {
    "views.open": Method(open_view),
    "views.push": Method(push_view),
    "views.update": Method(update_view),
    "views.publish": Method(publish_view),
    "blocks.validate": Method(validate),
    "auth.test": Method(auth_test),
    "auth.revoke": Method(revoke),
    "api.test": Method(api_test, takes="none"),
    "bots.info": Method(bot_info, ("users:read",)),
    "apps.connections.open": Method(open_connection, takes="app"),
    "oauth.v2.access": Method(oauth_access, takes="none"),
}
