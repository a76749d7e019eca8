"""The settings: described, listed, and read from files where they are secret."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from intake import __version__
from intake.cli import app
from intake.cli.settings import configuration_page, knobs, mail_knobs, sign_in_knobs
from intake.settings import Settings, secret_folders

ROOT = Path(__file__).resolve().parents[2]
SEMANTIC = re.compile(r"\d+\.\d+\.\d+(-dev)?")


def test_the_page_is_what_the_settings_say() -> None:
    """`make settings` writes it."""
    assert (ROOT / "docs" / "configuration.md").read_text("utf-8") == "\n".join(configuration_page()) + "\n"


@pytest.mark.parametrize(("variable", "default", "meaning"), [*knobs(), *sign_in_knobs(), *mail_knobs()])
def test_every_setting_says_what_it_is_for(variable: str, default: str, meaning: str) -> None:
    assert variable.isupper()
    assert default
    assert meaning.endswith(".")


def test_a_value_that_was_set_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://shoupiao:geheim@host/name")

    assert "geheim" not in CliRunner().invoke(app, ["settings", "--markdown"]).output


def test_a_secret_is_read_from_a_file_and_the_variable_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "DATABASE_URL").write_text("postgresql://from-a-file/name\n", "utf-8")
    (tmp_path / "SHOUPIAO_OIDC").write_text(
        '{"issuer": "https://id.example.com", "client_id": "desk", "client_secret": "s3", "address": "https://a.example"}',
        "utf-8",
    )
    told = Settings(_secrets_dir=[tmp_path])  # type: ignore[call-arg]

    assert told.database == "postgresql://from-a-file/name"
    assert told.oidc is not None
    assert told.oidc.client_secret.get_secret_value() == "s3"
    monkeypatch.setenv("DATABASE_URL", "postgresql://from-the-environment/name")
    assert Settings(_secrets_dir=[tmp_path]).database == "postgresql://from-the-environment/name"  # type: ignore[call-arg]


def test_credentials_of_systemd_are_a_folder_of_secrets(tmp_path: Path) -> None:
    assert secret_folders({"CREDENTIALS_DIRECTORY": str(tmp_path)})[0] == tmp_path
    assert tmp_path / "none" not in secret_folders({"CREDENTIALS_DIRECTORY": str(tmp_path / "none")})


def test_made_secrets_are_random_kept_and_for_their_owner(tmp_path: Path) -> None:
    def made(folder: Path) -> dict[str, str]:
        subprocess.run([ROOT / "deploy" / "make-secrets", folder], check=True, capture_output=True)
        return {one.name: one.read_text("utf-8") for one in folder.iterdir()}

    first, other = made(tmp_path / "a"), made(tmp_path / "b")

    assert set(first) == {"DATABASE_URL", "REDIS_URL", "postgres_password", "redis.conf"}
    assert first["postgres_password"] in first["DATABASE_URL"]
    assert re.fullmatch(r"redis://:([0-9a-f]{48})@redis:6379/0", first["REDIS_URL"])
    assert all(first[name] != other[name] for name in first)
    assert made(tmp_path / "a") == first
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).output.strip() == __version__
    assert SEMANTIC.fullmatch(__version__)


def test_the_changes_begin_with_this_version_or_with_what_will_be_it() -> None:
    top = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0]

    assert top == ("Unreleased" if __version__.endswith("-dev") else __version__)
