"""The app's package for Teams, held against Microsoft's documentation of the manifest, key by key.

https://learn.microsoft.com/microsoftteams/platform/resources/schema/manifest-schema
"""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from handlers import cli
from handlers.teams.package import manifest, package

Json = dict[str, Any]

APP = "11111111-1111-1111-1111-111111111111"
URL = "https://referrals.example.org"
KEYS = {
    *("$schema", "manifestVersion", "version", "id", "developer", "name", "description", "icons"),
    *("accentColor", "defaultLanguageTag", "localizationInfo", "defaultInstallScope", "bots"),
    *("composeExtensions", "permissions", "validDomains", "webApplicationInfo", "authorization"),
}
SCOPES = {"personal", "team", "groupChat"}


@pytest.fixture
def made() -> Json:
    return manifest(APP, URL)


def test_every_key_is_one_of_the_manifests(made: Json) -> None:
    assert set(made) <= KEYS
    assert {"manifestVersion", "version", "id", "developer", "name", "description", "icons"} <= set(made)
    assert made["$schema"].endswith(f"/v{made['manifestVersion']}/MicrosoftTeams.schema.json")
    assert re.fullmatch(r"\d+\.\d+\.\d+", made["version"])
    assert re.fullmatch(r"#[0-9A-Fa-f]{6}", made["accentColor"])


def test_texts_are_as_short_as_teams_wants_them(made: Json) -> None:
    assert len(made["name"]["short"]) <= 30
    assert len(made["name"]["full"]) <= 100
    assert len(made["description"]["short"]) <= 80
    assert len(made["description"]["full"]) <= 4_000
    assert len(made["developer"]["name"]) <= 32
    assert all(made["developer"][key].startswith("https://") for key in made["developer"] if key != "name")


def test_the_bot_is_everywhere_and_its_commands_fit(made: Json) -> None:
    (bot,) = made["bots"]
    assert (bot["botId"], set(bot["scopes"])) == (APP, SCOPES)
    for commands in bot["commandLists"]:
        assert set(commands["scopes"]) <= SCOPES
        assert len(commands["commands"]) <= 10
        assert all(len(command["title"]) <= 32 for command in commands["commands"])
        assert all(len(command["description"]) <= 128 for command in commands["commands"])


def test_the_extension_has_what_the_bot_answers(made: Json) -> None:
    (extension,) = made["composeExtensions"]
    assert extension["botId"] == APP
    action, query = extension["commands"]
    assert (action["type"], action["fetchTask"]) == ("action", True)
    assert "message" in action["context"]
    assert [parameter["name"] for parameter in query["parameters"]] == ["words"]
    for command in extension["commands"]:
        assert len(command["id"]) <= 64
        assert len(command["title"]) <= 32
        assert len(command["description"]) <= 128
        assert set(command["context"]) <= {"compose", "commandBox", "message"}


def test_it_asks_for_no_more_than_to_read_where_it_is(made: Json) -> None:
    asked = made["authorization"]["permissions"]["resourceSpecific"]
    assert {(one["name"], one["type"]) for one in asked} == {
        ("ChannelMessage.Read.Group", "Application"),
        ("ChatMessage.Read.Chat", "Application"),
    }
    assert made["webApplicationInfo"]["id"] == APP
    assert made["validDomains"] == ["referrals.example.org"]


def test_the_package_is_a_zip_of_the_manifest_and_two_icons() -> None:
    with zipfile.ZipFile(io.BytesIO(package(APP, URL))) as archive:
        assert sorted(archive.namelist()) == ["color.png", "manifest.json", "outline.png"]
        assert json.loads(archive.read("manifest.json")) == manifest(APP, URL)
        assert _size(archive.read("color.png")) == (192, 192)
        assert _size(archive.read("outline.png")) == (32, 32)
    assert package(APP, URL) == package(APP, URL)


def _size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_nothing_is_left_to_fill_in(made: Json) -> None:
    assert not re.findall(r"\{[a-z_]+\}", json.dumps(made))


def test_the_command_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEAMS_APP_ID", APP)
    monkeypatch.setenv("TEAMS_APP_PASSWORD", "secret")
    monkeypatch.setenv("TEAMS_TENANT_ID", APP)
    monkeypatch.setenv("PUBLIC_URL", URL)
    assert cli.run(["manifest", "teams", "--website", "https://riverbend.example"]) == 0
    assert "referral-bot-teams.zip is written" in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "referral-bot-teams.zip") as archive:
        written = json.loads(archive.read("manifest.json"))
    assert written["developer"]["websiteUrl"] == "https://riverbend.example"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "TEAMS_APP_ID"),
        ({"TEAMS_APP_ID": APP, "PUBLIC_URL": "http://referrals.example.org"}, "PUBLIC_URL"),
    ],
)
def test_what_is_missing_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: dict[str, str],
    named: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("TEAMS_APP_ID", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    if settings:
        settings = {"TEAMS_APP_PASSWORD": "secret", "TEAMS_TENANT_ID": APP, **settings}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert cli.run(["manifest", "teams"]) == 2
    assert named in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
