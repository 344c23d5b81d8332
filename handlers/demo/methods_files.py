"""files.*: uploading in three steps, and asking about a file.

Source: https://docs.slack.dev/messaging/working-with-files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.demo.events import file_json
from handlers.demo.methods import Caller, Method, required
from handlers.demo.methods_chat import check_thread, new_message, postable
from handlers.demo.model import File, Installation, Json, SlackError

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace


def upload_url(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    """Step one: an address to send the content to."""
    name, length = required(arguments, "filename", "length")
    if int(length) <= 0:
        raise SlackError("invalid_arguments")
    file = workspace.add_file(caller.installation.bot_user, str(name), b"", complete=False)
    file.team = caller.installation.team
    return {"ok": True, "upload_url": f"{workspace.url}/upload/{file.id}", "file_id": file.id}


def complete_upload(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    """Step three: the files are there, and are shared in a message if a channel is given."""
    (listed,) = required(arguments, "files")
    if not isinstance(listed, list) or not listed:
        raise SlackError("invalid_arguments")
    files = [uploaded_file(workspace, caller, one) for one in listed]
    channel_id = arguments.get("channel_id") or (arguments.get("channels") or "").split(",")[0]
    if channel_id:
        share(workspace, caller, files, arguments | {"channel": channel_id})
    return {"ok": True, "files": [file_json(workspace, file) for file in files]}


def uploaded_file(workspace: Workspace, caller: Caller, listed: Any) -> File:
    file = workspace.files.get(listed.get("id", "")) if isinstance(listed, dict) else None
    if file is None or file.user != caller.installation.bot_user:
        raise SlackError("file_not_found")
    file.complete = True
    file.title = listed.get("title") or file.name
    return file


def share(workspace: Workspace, caller: Caller, files: list[File], arguments: Json) -> None:
    try:
        channel = postable(workspace, caller, arguments)
    except SlackError as error:
        raise SlackError("channel_not_found" if error.code == "not_in_channel" else error.code) from None
    check_thread(workspace, channel, arguments)
    content = {
        "text": arguments.get("initial_comment"),
        "thread_ts": arguments.get("thread_ts"),
        "blocks": arguments.get("blocks"),
    }
    message = new_message(workspace, caller, channel, content)
    message.files = files
    workspace.post(message)


def may_read(workspace: Workspace, installation: Installation, file: File) -> bool:
    """The app's own files, those in channels it is in, and those put into its forms (shared nowhere)."""
    bot = installation.bot_user
    return (
        not file.shared
        or file.user == bot
        or any(bot in workspace.channels[channel].members for channel in file.shared)
    )


def file_info(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    (file_id,) = required(arguments, "file")
    file = workspace.files.get(file_id)
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    if not may_read(workspace, caller.installation, file):
        raise SlackError("file_not_found")
    return {
        "ok": True,
        "file": file_json(workspace, file),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


FILES = {
    "files.getUploadURLExternal": Method(upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",)),
    "files.info": Method(file_info, ("files:read",)),
}
