"""Staff's page over a real server, and what the command line tells of the same folder."""

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.bot.conftest import Command
from tests.bot.folder import DOCUMENTS, fill
from tests.bot.test_app import Server, serving, wait_for

HOSTILE = "law/<img src=x onerror=alert(1)> 'x\".md"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    command = Command(tmp_path_factory.mktemp("staff"))
    folder = fill(command.place / "knowledge", DOCUMENTS)
    fill(folder, {"law/empty.md": "", HOSTILE: "# Hostile\n\nA sentence about tin."})
    with serving(command) as started:
        wait_for(started.ready, seconds=90)
        yield started


def _key(server: Server) -> str:
    found = re.search(r"staff page: (http://\S+)/knowledge, key (\S+)", "".join(server.lines))
    assert found
    assert found.group(1) == server.url
    return found.group(2)


@pytest.mark.slow
def test_the_key_is_shown_once_and_kept_for_the_owner_alone(server: Server, tmp_path: Path) -> None:
    kept = server.command.place / "data" / "staff_key"
    assert kept.read_text().strip() == _key(server)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "".join(server.lines).count(_key(server)) == 1

    command = Command(tmp_path)
    (command.place / "knowledge").mkdir()
    keys = []
    for _ in range(2):
        with serving(command) as started:
            wait_for((tmp_path / "data" / "staff_key").exists, seconds=30)
            wait_for(started.ready, seconds=60)
            keys.append((tmp_path / "data" / "staff_key").read_text().strip())
            shown = keys[-1] in "".join(started.lines)
        assert shown is (len(keys) == 1)
    assert keys[0] == keys[1]


def test_folder_catalog_and_indexes_agree(server: Server) -> None:
    headers = {"authorization": f"Bearer {_key(server)}"}

    def counts() -> dict[str, int]:
        return dict(server.client.get("/api/v1/knowledge", headers=headers).json()["counts"])

    agreed = wait_for(lambda: found if (found := counts())["agree"] else None)
    assert agreed["folder_files"] == len(DOCUMENTS) + 2
    assert agreed["documents"] == len(DOCUMENTS) + 1
    assert agreed["not_indexed"] == 1
    assert agreed["passages"] - 1 == agreed["passages_to_search"] == agreed["lexical"]
    assert 0 < agreed["vectors"] < agreed["lexical"], "the packaged model knows one of the languages"
    path = server.command.place / "knowledge" / "market" / "tin.md"
    fill(path.parent, {"tin.md": "# Tin\n\nTin costs 30 dollars a kilo in this sample.\n"})
    wait_for(lambda: counts()["documents"] == agreed["documents"] + 1 and counts()["agree"])
    path.write_text("")
    wait_for(lambda: counts()["held"] == 1)
    path.unlink()
    wait_for(lambda: counts() == agreed)


def test_staff_sign_in_and_read_what_was_understood(server: Server) -> None:
    with httpx.Client(base_url=server.url, headers={"accept": "text/html"}, trust_env=False) as staff:
        assert staff.get("/knowledge/risk/secret.md").status_code == 401
        assert staff.post("/knowledge/sign-in", data={"key": "wrong"}).status_code == 401
        assert staff.post("/knowledge/sign-in", data={"key": _key(server)}).status_code == 303
        listed = staff.get("/knowledge")
        assert "risk/secret.md" in listed.text
        assert "<img src=x" not in listed.text
        page = staff.get("/knowledge/risk/secret.md").text
        assert "777 crowns" in page
        assert "Staff only memo" in page
        hostile = next(
            found for found in re.findall(r'href="\./(knowledge/law/[^"]+)"', listed.text) if "alert" in found
        )
        assert "A sentence about tin." in staff.get(f"/{hostile}").text


def test_status_lists_every_document(server: Server) -> None:
    body = json.loads(server.command.run("status", "--json").stdout)
    assert body["documents"] == len(DOCUMENTS) + 1
    assert body["folder_files"] == len(DOCUMENTS) + 2
    assert body["files_waiting"] == 0
    files = {file["path"]: file for file in body["documents_list"]}
    assert len(files) == body["folder_files"]
    assert files["law/empty.md"]["state"] == "failed"
    assert files["law/batteries-2020.md"]["standing"] == "superseded"
    assert files["law/hydrogen-2027.md"]["standing"] == "coming"
    assert files["country/kazakhstan.md"]["as_of"] == "2026-06-30"
    table = server.command.run("status").stdout
    for shown in ("as they were indexed last", "country/kazakhstan.md", "! not indexed: ", "superseded", "2027-01-01"):
        assert shown in table


def test_check_groups_its_findings_and_shows_no_control_signs(command: Command) -> None:
    fill(command.place / "knowledge", {"law/a\x1b[2J\nb.md": "", "law/c.md": "# C\n\nA plain sentence of the law.\n"})
    ended = command.run("check")
    assert ended.returncode == 0
    assert "\x1b" not in ended.stdout
    assert ended.stdout.splitlines()[0] == "law/a�[2J�b.md"
    assert "law/c.md\n  warning  no card" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "2 files: 1 errors and 1 warnings in 2 of them"
