"""``settings``: every knob, what it stands at unless set, and what it is for; and as the page docs/configuration.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page of documentation.")] = False,
) -> None:
    """List every setting: its variable, what it is unless set, and what it is for. No value that was set is told."""
    if markdown:
        typer.echo("\n".join(configuration_page()))
        return
    table = Table("variable", "default", "meaning")
    for row in [*knobs(), *sign_in_knobs(), *mail_knobs()]:
        table.add_row(*row)
    Console().print(table)


def configuration_page() -> Iterator[str]:
    """The lines of docs/configuration.md."""
    yield "# Configuration"
    yield ""
    yield "Written by `make settings` from `intake/settings.py`; `python -m intake settings` lists the same."
    yield ""
    yield "Every setting is read from the environment, or else from a file of its name in `/run/secrets` (containers)"
    yield "or in `$CREDENTIALS_DIRECTORY` (systemd, `LoadCredential=`). Passwords and keys belong into files. Times are"
    yield "seconds, sizes bytes. Companies, their tax ids and limits stand in a [policy pack](policy.md), which is"
    yield "installed and not set."
    yield ""
    yield from _table(knobs())
    yield ""
    yield "## The company's own sign-in"
    yield ""
    yield "OpenID Connect; [operating.md](operating.md) tells how it is set up. All of it may be one JSON object in"
    yield "`SHOUPIAO_OIDC`, which is the way to keep the secret in a file. A claim is named by its path"
    yield "(`realm_access.roles`); `*` as a company or department is all of them."
    yield ""
    yield from _table(sign_in_knobs())
    yield ""
    yield "## The mailbox"
    yield ""
    yield "A door for what comes by mail; [operating.md](operating.md) tells how. All of it may be one JSON object in"
    yield "`SHOUPIAO_MAIL`, which is the way to keep the password in a file."
    yield ""
    yield from _table(mail_knobs())


def knobs() -> Iterator[tuple[str, str, str]]:
    """Variable, default and meaning of each setting of the service."""
    from intake.settings import Settings

    yield from _rows(Settings, "SHOUPIAO_")


def sign_in_knobs() -> Iterator[tuple[str, str, str]]:
    """Variable, default and meaning of each setting of the company's own sign-in."""
    from intake.settings import Oidc

    yield from _rows(Oidc, "SHOUPIAO_OIDC__")


def mail_knobs() -> Iterator[tuple[str, str, str]]:
    """Variable, default and meaning of each setting of the mailbox."""
    from intake.settings import MailBox

    yield from _rows(MailBox, "SHOUPIAO_MAIL__")


def _rows(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        variable = field.validation_alias or prefix + name.upper()
        yield str(variable), _default(field), " ".join((field.description or "").split()).replace("``", "`")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be set"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value in ("", (), {}):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) and value < 1e6 else str(value)


def _table(rows: Iterator[tuple[str, str, str]]) -> Iterator[str]:
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    for variable, default, meaning in rows:
        yield f"| `{variable}` | {default} | {meaning.replace('|', '&#124;')} |"
