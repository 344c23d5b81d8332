"""A Bolt app over HTTP hears what people press, fill in, type and run, and answers them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from workspace_sandbox import Ticker, client_of

from handlers.demo.model import Message, NotPossible, SlackError
from handlers.demo.outgoing import AppDidNotAnswer
from handlers.demo.workspace import Workspace


def text(words: str) -> dict[str, str]:
    return {"type": "plain_text", "text": words}


def option(words: str, value: str) -> dict[str, Any]:
    return {"text": text(words), "value": value}


def button(words: str, action_id: str, value: str = "1") -> dict[str, Any]:
    return {"type": "button", "text": text(words), "action_id": action_id, "value": value}


def field(label: str, block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": text(label), "element": element, **more}


BUTTONS = {
    "type": "actions",
    "block_id": "what",
    "elements": [button("Edit", "edit"), button("Submit", "submit")],
}
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": text("A patient"),
    "submit": text("Submit"),
    "notify_on_close": True,
    "blocks": [
        field("Patient name", "name", {"type": "plain_text_input", "action_id": "v", "max_length": 40}),
        field(
            "Insurance",
            "payer",
            {"type": "external_select", "action_id": "payer", "min_query_length": 0},
            dispatch_action=True,
        ),
        field("Born", "born", {"type": "datepicker", "action_id": "v"}, optional=True),
        field(
            "Urgency",
            "urgency",
            {
                "type": "static_select",
                "action_id": "v",
                "options": [option("Routine", "routine"), option("Stat", "stat")],
                "initial_option": option("Routine", "routine"),
            },
        ),
        field(
            "Needs",
            "needs",
            {
                "type": "checkboxes",
                "action_id": "v",
                "options": [option("Interpreter", "i"), option("Ramp", "r")],
            },
            optional=True,
        ),
        field(
            "Records",
            "records",
            {"type": "file_input", "action_id": "v", "filetypes": ["pdf"]},
            optional=True,
        ),
    ],
}


async def card(
    workspace: Workspace, blocks: list[dict[str, Any]], channel: str = "C0INTAKE", **more: Any
) -> Message:
    posted = await client_of(workspace).chat_postMessage(channel=channel, text="card", blocks=blocks, **more)
    return workspace.message(channel, posted["ts"])


def opens_form(app: AsyncApp) -> None:
    """Edit opens the form; Aetna and Cigna are offered."""

    @app.action("edit")
    async def edit(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.options("payer")
    async def payers(ack: Any, payload: Any) -> None:
        names = [name for name in ("Aetna", "Cigna") if name.startswith(payload["value"])]
        await ack(options=[option(name, name.lower()) for name in names])

    @app.action("payer")
    async def chosen(ack: Any) -> None:
        await ack()


# --- Messages ----------------------------------------------------------------------------------------


async def test_a_press_carries_who_what_and_where(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    heard: list[dict[str, Any]] = []

    @sandbox_app.action("submit")
    async def submit(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    message = await card(sandbox, [BUTTONS])
    await sandbox.person("U0TESS").press(message, "Submit")
    (body,) = heard
    assert body["user"]["id"] == "U0TESS"
    assert body["channel"] == {"id": "C0INTAKE", "name": "intake"}
    assert body["container"]["message_ts"] == body["message"]["ts"] == message.ts
    assert body["actions"][0]["value"] == "1"
    assert body["actions"][0]["block_id"] == "what"
    assert body["team"]["id"] == body["user"]["team_id"] == "T0PRAC"


async def test_a_press_from_another_organisation_says_so(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    heard: list[dict[str, Any]] = []
    opens_form(sandbox_app)

    @sandbox_app.view("form")
    async def done(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    maria = sandbox.person("U0MARIA")
    await maria.press(await card(sandbox, [BUTTONS], "C0ELM"), "Edit")
    pressed = sandbox.calls.outgoing("block_actions")[0].payload
    assert (pressed["team"]["id"], pressed["user"]["team_id"]) == ("T0PRAC", "T0OFFICE")
    assert maria.view is not None
    await maria.fill(maria.view, {"Patient name": "Ana", "Insurance": "Aetna"})
    await maria.submit_view()
    (body,) = heard
    assert body["team"]["id"] == body["user"]["team_id"] == "T0OFFICE"
    assert body["view"]["app_installed_team_id"] == "T0PRAC"


async def test_a_button_that_is_not_there_cannot_be_pressed(sandbox: Workspace) -> None:
    message = await card(sandbox, [BUTTONS])
    with pytest.raises(NotPossible, match="0 buttons 'Claim'"):
        await sandbox.person("U0TESS").press(message, "Claim")


async def test_same_buttons_are_told_apart_by_value(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    heard: list[str] = []

    @sandbox_app.action("book")
    async def book(ack: Any, action: Any) -> None:
        heard.append(action["value"])
        await ack()

    cards = [
        {"type": "card", "title": text(f"Slot {n}"), "actions": [button("Book", "book", str(n))]}
        for n in (1, 2)
    ]
    message = await card(sandbox, [{"type": "carousel", "elements": cards}])
    with pytest.raises(NotPossible, match="2 buttons"):
        await sandbox.person("U0TESS").press(message, "Book")
    await sandbox.person("U0TESS").press(message, "Book", "2")
    assert heard == ["2"]


async def test_a_stale_screen_can_still_press(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    heard: list[str] = []

    @sandbox_app.action("submit")
    async def submit(ack: Any, body: Any) -> None:
        heard.append(body["message"]["text"])
        await ack()

    message = await card(sandbox, [BUTTONS])
    stale = message.snapshot()
    await client_of(sandbox).chat_update(channel="C0INTAKE", ts=message.ts, text="done")
    with pytest.raises(NotPossible):
        await sandbox.person("U0TESS").press(message, "Submit")
    await sandbox.person("U0TESS").press(stale, "Submit")
    assert heard == ["card"]


async def test_menus_pickers_and_feedback_in_messages(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    heard: list[dict[str, Any]] = []

    @sandbox_app.action({"block_id": "menus"})
    async def any_menu(ack: Any, action: Any, body: Any) -> None:
        heard.append({**action, "state": body["state"]["values"]["menus"]})
        await ack()

    @sandbox_app.action("rate")
    async def rate(ack: Any, action: Any) -> None:
        heard.append(action)
        await ack()

    menus = {
        "type": "actions",
        "block_id": "menus",
        "elements": [
            {"type": "static_select", "action_id": "urgency", "options": [option("Stat", "stat")]},
            {"type": "datepicker", "action_id": "day"},
            {"type": "users_select", "action_id": "who"},
            {"type": "overflow", "action_id": "more", "options": [option("Log a call", "call")]},
        ],
    }
    feedback = {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "rate",
                "positive_button": {"text": text("Good"), "value": "up"},
                "negative_button": {"text": text("Bad"), "value": "down"},
            }
        ],
    }
    message, tess = await card(sandbox, [menus, feedback]), sandbox.person("U0TESS")
    await tess.select(message, "urgency", "Stat")
    await tess.select(message, "day", "2026-12-01")
    await tess.select(message, "who", "U0RAJ")
    await tess.select(message, "more", "Log a call")
    await tess.press(message, "Bad")
    assert heard[0]["selected_option"]["value"] == "stat"
    assert heard[1]["selected_date"] == "2026-12-01"
    assert heard[2]["selected_user"] == "U0RAJ"
    assert heard[2]["state"]["day"]["selected_date"] == "2026-12-01"
    assert heard[3]["selected_option"]["value"] == "call"
    assert (heard[4]["type"], heard[4]["value"]) == ("feedback_buttons", "down")
    with pytest.raises(NotPossible, match="YYYY-MM-DD"):
        await tess.select(message, "day", "tomorrow")


async def test_an_app_that_fails_a_press_is_seen_to_fail(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    @sandbox_app.action("submit")
    async def submit() -> None:
        raise RuntimeError("broken")

    message = await card(sandbox, [BUTTONS])
    with pytest.raises(AppDidNotAnswer, match="http_error 500"):
        await sandbox.person("U0TESS").press(message, "Submit")
    assert len(sandbox.calls.outgoing("block_actions")) == 1


# --- response_url ------------------------------------------------------------------------------------


async def test_a_response_url_replaces_adds_and_deletes(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    answers: list[dict[str, Any]] = []

    @sandbox_app.action("submit")
    async def submit(ack: Any, respond: Any) -> None:
        await ack()
        await respond(**answers.pop(0))

    tess, message = sandbox.person("U0TESS"), await card(sandbox, [BUTTONS])
    answers += [
        {"text": "only you"},
        {"text": "for all", "response_type": "in_channel"},
        {"text": "replaced", "blocks": [BUTTONS], "replace_original": True},
        {"delete_original": True},
    ]
    await tess.press(message, "Submit")
    assert [m.text for m in tess.ephemerals("C0INTAKE")] == ["only you"]
    await tess.press(message, "Submit")
    assert tess.messages("C0INTAKE")[-1].text == "for all"
    await tess.press(message, "Submit")
    assert message.text == "replaced"
    await tess.press(message, "Submit")
    assert message not in tess.messages("C0INTAKE")


async def test_an_ephemeral_message_is_replaced_and_not_repeated_in_the_payload(
    sandbox: Workspace, sandbox_app: AsyncApp
) -> None:
    @sandbox_app.action("submit")
    async def submit(ack: Any, body: Any, respond: Any) -> None:
        assert "message" not in body
        assert body["container"]["is_ephemeral"] is True
        await ack()
        await respond(text="done", replace_original=True)

    client, tess = client_of(sandbox), sandbox.person("U0TESS")
    await client.chat_postEphemeral(channel="C0INTAKE", user="U0TESS", text="x", blocks=[BUTTONS])
    (whisper,) = tess.ephemerals()
    await tess.press(whisper, "Submit")
    assert [(m.text, m.blocks) for m in tess.ephemerals()] == [("done", [])]


async def test_a_response_url_serves_five_times_and_thirty_minutes(
    sandbox: Workspace, sandbox_ticker: Ticker
) -> None:
    channel, installation = sandbox.channels["C0INTAKE"], sandbox.installations["T0PRAC"]
    first, second = (
        sandbox.response_urls.new("U0TESS", channel, installation).rpartition("/")[2] for _ in range(2)
    )
    for _ in range(5):
        sandbox.response_urls.use(first, {"text": "x"})
    with pytest.raises(SlackError, match="used_url"):
        sandbox.response_urls.use(first, {"text": "x"})
    sandbox_ticker.now += 30 * 60 + 1
    with pytest.raises(SlackError, match="expired_url"):
        sandbox.response_urls.use(second, {"text": "x"})


# --- Modals ------------------------------------------------------------------------------------------


async def test_a_form_is_opened_filled_and_submitted(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    heard: list[dict[str, Any]] = []
    opens_form(sandbox_app)

    @sandbox_app.view("form")
    async def done(ack: Any, view: Any) -> None:
        heard.append(view["state"]["values"])
        await ack()

    tess = sandbox.person("U0TESS")
    await tess.press(await card(sandbox, [BUTTONS]), "Edit")
    assert tess.view is not None
    offered = await tess.suggest(tess.view, "Insurance", "C")
    assert [one["value"] for one in offered["options"]] == ["cigna"]
    await tess.fill(
        tess.view,
        {
            "Patient name": "Ana Ruiz",
            "Insurance": "Cigna",
            "Born": "1990-02-03",
            "needs": ["Interpreter", "r"],
            "Records": [("ecg.pdf", b"%PDF")],
        },
    )
    submitted = await tess.submit_view()
    assert (submitted.ok, submitted.action, tess.view) == (True, "close", None)
    (values,) = heard
    assert values["name"]["v"] == {"type": "plain_text_input", "value": "Ana Ruiz"}
    assert values["payer"]["payer"]["selected_option"]["value"] == "cigna"
    assert values["born"]["v"]["selected_date"] == "1990-02-03"
    assert values["urgency"]["v"]["selected_option"]["value"] == "routine"
    assert [one["value"] for one in values["needs"]["v"]["selected_options"]] == ["i", "r"]
    assert values["records"]["v"]["files"][0]["name"] == "ecg.pdf"
    assert [c.payload["actions"][0]["action_id"] for c in sandbox.calls.outgoing("block_actions")] == [
        *("edit", "payer")
    ]


async def test_the_client_itself_refuses_what_is_missing_or_wrong(
    sandbox: Workspace, sandbox_app: AsyncApp
) -> None:
    opens_form(sandbox_app)
    tess = sandbox.person("U0TESS")
    await tess.press(await card(sandbox, [BUTTONS]), "Edit")
    assert tess.view is not None
    submitted = await tess.submit_view()
    assert submitted.errors.keys() == {"name", "payer"}
    await tess.fill(tess.view, {"Patient name": "x" * 41, "Insurance": "Aetna"})
    assert (await tess.submit_view()).errors == {"name": "Must be at most 40 characters."}
    assert sandbox.calls.outgoing("view_submission") == []
    with pytest.raises(NotPossible, match="no option 'Humana'"):
        await tess.fill(tess.view, {"Insurance": "Humana"})
    with pytest.raises(NotPossible, match="only pdf"):
        await tess.fill(tess.view, {"Records": [("virus.exe", b"x")]})
    with pytest.raises(NotPossible, match="10 MB"):
        await tess.fill(tess.view, {"Records": [("big.pdf", b"x" * 10_000_001)]})


@pytest.mark.parametrize(
    ("answer", "action", "title"),
    [
        ({"response_action": "clear"}, "clear", None),
        ({"response_action": "update", "view": {**FORM, "title": text("Again")}}, "update", "Again"),
        ({"response_action": "push", "view": {**FORM, "title": text("More")}}, "push", "More"),
    ],
)
async def test_an_answer_to_a_submission_is_carried_out(
    sandbox: Workspace, sandbox_app: AsyncApp, answer: dict[str, Any], action: str, title: str | None
) -> None:
    opens_form(sandbox_app)

    @sandbox_app.view("form")
    async def done(ack: Any) -> None:
        await ack(answer)

    tess = sandbox.person("U0TESS")
    await tess.press(await card(sandbox, [BUTTONS]), "Edit")
    assert tess.view is not None
    await tess.fill(tess.view, {"Patient name": "Ana", "Insurance": "Aetna"})
    assert (await tess.submit_view()).action == action
    assert (tess.view.title if tess.view else None) == title


async def test_errors_stand_under_their_fields(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    opens_form(sandbox_app)
    answers = [{"name": "Which Ana?"}, {"nonsense": "x"}]

    @sandbox_app.view("form")
    async def done(ack: Any) -> None:
        await ack(response_action="errors", errors=answers.pop(0))

    tess = sandbox.person("U0TESS")
    await tess.press(await card(sandbox, [BUTTONS]), "Edit")
    view = tess.view
    assert view is not None
    await tess.fill(view, {"Patient name": "Ana", "Insurance": "Aetna"})
    assert (await tess.submit_view()).errors == {"name": "Which Ana?"}
    assert tess.view is view
    assert "Which Ana?" in view
    with pytest.raises(NotPossible, match="no inputs"):
        await tess.submit_view()


async def test_closing_is_told_if_asked_for_and_goes_back_one(
    sandbox: Workspace, sandbox_app: AsyncApp
) -> None:
    opens_form(sandbox_app)
    heard: list[bool] = []

    @sandbox_app.view_closed("form")
    async def closed(ack: Any, body: Any) -> None:
        heard.append(body["is_cleared"])
        await ack()

    tess = sandbox.person("U0TESS")
    await tess.press(await card(sandbox, [BUTTONS]), "Edit")
    first = tess.view
    assert first is not None
    trigger = sandbox.modals.trigger("U0TESS", sandbox.installations["T0PRAC"], first)
    await client_of(sandbox).views_push(trigger_id=trigger, view=FORM)
    await tess.close_view()
    assert tess.view is first
    await tess.close_view(everything=True)
    assert tess.view is None
    assert heard == [False, True]


async def test_a_home_tab_is_published_and_its_buttons_work(
    sandbox: Workspace, sandbox_app: AsyncApp
) -> None:
    opens_form(sandbox_app)

    @sandbox_app.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [BUTTONS]})

    tess = sandbox.person("U0TESS")
    assert await tess.home() is None
    home = await sandbox.until(lambda: sandbox.modals.home("U0TESS"))
    await tess.press(home, "Edit")
    assert sandbox.calls.outgoing("block_actions")[0].payload["view"]["type"] == "home"
    assert tess.view is not None
    assert tess.view.title == "A patient"


# --- Commands and shortcuts --------------------------------------------------------------------------


async def test_a_command_is_heard_and_answered(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    heard: list[dict[str, Any]] = []

    @sandbox_app.command("/refer")
    async def refer(ack: Any, command: Any, client: Any) -> None:
        heard.append(command)
        await client.views_open(trigger_id=command["trigger_id"], view=FORM)
        await ack("Here is the form")

    tess = sandbox.person("U0TESS")
    await tess.slash("/refer", "Ana & Co", "C0INTAKE")
    assert (heard[0]["text"], heard[0]["channel_id"], heard[0]["user_id"]) == (
        "Ana &amp; Co",
        "C0INTAKE",
        "U0TESS",
    )
    assert [m.text for m in tess.ephemerals("C0INTAKE")] == ["Here is the form"]
    assert tess.view is not None
    with pytest.raises(NotPossible, match="not a valid command"):
        await tess.slash("/dance")


async def test_commands_and_shortcuts_need_the_app_in_ones_own_workspace(sandbox: Workspace) -> None:
    maria = sandbox.person("U0MARIA")
    with pytest.raises(NotPossible, match="not installed"):
        await maria.slash("/refer", "", "C0ELM")
    with pytest.raises(NotPossible, match="not installed"):
        await maria.global_shortcut("new")


async def test_shortcuts_open_forms(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    heard: list[dict[str, Any]] = []

    @sandbox_app.shortcut("new")
    async def new(ack: Any, shortcut: Any, client: Any) -> None:
        heard.append(shortcut)
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

    @sandbox_app.shortcut("from_message")
    async def from_message(ack: Any, shortcut: Any) -> None:
        heard.append(shortcut)
        await ack()

    tess = sandbox.person("U0TESS")
    await tess.global_shortcut("new")
    assert tess.view is not None
    message = await sandbox.person("U0RAJ").say("C0INTAKE", "Ana Ruiz, syncope")
    await tess.message_shortcut("from_message", message)
    assert [one["type"] for one in heard] == ["shortcut", "message_action"]
    assert heard[1]["message"]["text"] == "Ana Ruiz, syncope"
    with pytest.raises(NotPossible, match="no global shortcut"):
        await tess.global_shortcut("nothing")


async def test_a_removed_apps_buttons_do_nothing(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    message = await card(sandbox, [BUTTONS])
    sandbox.uninstall("T0PRAC")
    with pytest.raises(NotPossible, match="removed"):
        await sandbox.person("U0TESS").press(message, "Edit")


async def test_people_act_at_once(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    heard: list[str] = []

    @sandbox_app.action("submit")
    async def submit(ack: Any, body: Any) -> None:
        heard.append(body["user"]["id"])
        await ack()

    message = await card(sandbox, [BUTTONS])
    people = [sandbox.person(one) for one in ("U0TESS", "U0RAJ")]
    await asyncio.gather(*(person.press(message, "Submit") for person in people))
    assert sorted(heard) == ["U0RAJ", "U0TESS"]


async def test_options_that_slack_would_not_show_are_refused(
    sandbox: Workspace, sandbox_app: AsyncApp
) -> None:
    @sandbox_app.options("payer")
    async def payers(ack: Any) -> None:
        await ack(options=[option(f"Payer {n}", str(n)) for n in range(101)])

    select = {"type": "external_select", "action_id": "payer", "min_query_length": 2}
    message = await card(sandbox, [{"type": "actions", "elements": [select]}])
    with pytest.raises(NotPossible, match="no more than 100 items"):
        await sandbox.person("U0TESS").suggest(message, "payer", "Pa")
    with pytest.raises(NotPossible, match="from 2 characters on"):
        await sandbox.person("U0TESS").suggest(message, "payer", "P")


async def test_what_a_person_sees(sandbox: Workspace, sandbox_app: AsyncApp) -> None:
    opens_form(sandbox_app)
    tess = sandbox.person("U0TESS")
    message = await card(sandbox, [BUTTONS])
    await tess.press(message, "Edit")
    assert tess.sees("Patient name")
    assert tess.sees("Submit")
    assert not sandbox.person("U0MARIA").sees("Submit")
    assert "Edit" in message
    assert (await sandbox.until("Submit")) is message
