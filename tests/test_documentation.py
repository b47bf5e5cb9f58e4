"""What is written about the house is true of it."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from bot import VERSION
from bot.settings import BotSettings
from retrieval import RetrievalSettings

ROOT = Path(__file__).parent.parent
MAKE_TARGETS = ("run", "test", "install", "check", "bench", "eval")
SETTINGS: list[tuple[str, FieldInfo]] = [
    (f"DRAGOMAN_{name.upper()}", field)
    for model in (RetrievalSettings, BotSettings)
    for name, field in model.model_fields.items()
]
MODULES = sorted(
    f"{package}/{path.name}"
    for package in ("retrieval", "bot")
    for path in (ROOT / package).iterdir()
    if (path.suffix == ".py" and not path.name.startswith("__")) or (path / "__init__.py").is_file()
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name, _ in SETTINGS])
def test_a_setting_is_documented_with_its_sentence_and_its_default(name: str) -> None:
    field = dict(SETTINGS)[name]
    assert field.description
    example = read(".env.example")
    found = re.search(rf"((?:^#[^\n]*\n)+)^{name}=(.*)$", example, re.MULTILINE)
    assert found, f"{name} is not in .env.example"
    comment = " ".join(line.lstrip("# ") for line in found.group(1).splitlines())
    assert field.description in comment
    assert found.group(2) == ("" if field.default is None else str(field.default))


def test_the_example_names_no_setting_that_is_none() -> None:
    named = re.findall(r"^#?\s*(DRAGOMAN_\w+)=", read(".env.example"), re.MULTILINE)
    assert sorted(named) == sorted(name for name, _ in SETTINGS)


@pytest.mark.parametrize("model", [RetrievalSettings, BotSettings])
def test_the_example_is_a_valid_file(model: type[BaseSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, _ in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    read_from_file = model(_env_file=ROOT / ".env.example")
    assert read_from_file == model(_env_file=None)


@pytest.mark.parametrize("target", MAKE_TARGETS)
def test_every_make_target_of_the_contracts_is_there(target: str) -> None:
    makefile = read("Makefile")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert target in re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()


def test_ci_runs_the_whole_suite() -> None:
    script = read(".ci/run")
    assert "make check" in script or "make test" in script


def test_the_readme_begins_with_the_two_commands() -> None:
    readme = read("README.md")
    first_screen = "\n".join(readme.splitlines()[:40])
    assert "make run" in first_screen
    assert "make test" in first_screen


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", read(document))
    broken = [link for link in links if not (ROOT / link).exists()]
    assert not broken


def test_the_picture_of_the_readme_is_there() -> None:
    assert re.search(r"!\[[^\]]+\]\([^)]+\.(png|webp|jpg)\)", read("README.md"))


@pytest.mark.parametrize("module", MODULES)
def test_the_architecture_names_every_module(module: str) -> None:
    package, name = module.split("/")
    architecture = read("ARCHITECTURE.md")
    shown = name if name.endswith(".py") else f"{name}/"
    assert re.search(rf"(?<![\w/]){re.escape(shown)}|{package}/{re.escape(shown)}", architecture), module


def test_the_changelog_knows_the_version() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert project["version"] == VERSION
    assert VERSION in read("CHANGELOG.md") or "Unreleased" in read("CHANGELOG.md")
