"""Settings, read from the environment (prefix ``SHOUPIAO_``, except the three addresses)."""

from __future__ import annotations

import ipaddress
import urllib.parse
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.rights import Role


class MailBox(BaseModel):
    """The mailbox that invoices are sent to, read over IMAP with TLS; nothing in it is changed."""

    host: str
    port: int = 993
    user: str
    password: SecretStr
    folder: str = "INBOX"
    #: Off only where the server is this machine.
    tls: bool = True
    #: Under whose name and department mail is taken in.
    name: str = "mailbox"
    #: The part after @ of our own people: the part before it may be their name here.
    domain: str = ""
    #: How often it is looked into.
    seconds: float = Field(default=30.0, gt=0)
    #: The largest message; its files are held to ``max_bytes`` each.
    max_bytes: int = 60 * 2**20

    @property
    def told(self) -> str:
        """The mailbox as it is remembered and told of."""
        return f"{self.user}@{self.host}/{self.folder}"


class Oidc(BaseModel):
    """The company's own sign-in: where it is, who we are to it, and what its claims mean here.

    A claim is named by its path (``realm_access.roles``). Where one is named, what it says replaces the person's rights
    at every sign-in; where none is, the rights stay as they were given here. ``*`` in ``companies`` or ``departments``
    is all of them.
    """

    issuer: str
    client_id: str
    client_secret: SecretStr
    #: Where the provider sends people back to: ``https://invoices.example.com``.
    address: str
    name_claim: str = "preferred_username"
    roles_claim: str = ""
    #: What the values of that claim are here; a value that is not named gives nothing.
    roles: dict[str, list[Role]] = Field(default_factory=dict)
    companies_claim: str = ""
    departments_claim: str = ""
    department_claim: str = ""
    scopes: str = "openid profile"
    #: Whether somebody unknown is let in as a new person. Off: they must have been added here (``users add --oidc``).
    provision: bool = False

    @field_validator("issuer", "address")
    @classmethod
    def _is_safe(cls, url: str) -> str:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError("must begin with https://")
        return url

    @field_validator("client_id", "client_secret")
    @classmethod
    def _is_set(cls, value: str | SecretStr) -> str | SecretStr:
        told = value.get_secret_value() if isinstance(value, SecretStr) else value
        if told.lower() in ("", "changeme", "change-me", "secret", "password", "xxx"):
            raise ValueError("must be the one that the provider gave out")
        return value


class Settings(BaseSettings):
    """Every knob of the service. Times are seconds, sizes bytes.

    Without ``DATABASE_URL``, ``REDIS_URL`` and ``BLOBS_URL`` everything lives under ``var``: SQLite, a Redis server of
    our own, and plain files.
    """

    model_config = SettingsConfigDict(
        env_prefix="SHOUPIAO_", env_nested_delimiter="__", populate_by_name=True, extra="ignore"
    )

    var: Path = Path("var")
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    blobs_url: str | None = Field(default=None, validation_alias="BLOBS_URL")
    #: One file; scans of several pages stay well below.
    max_bytes: int = 20 * 2**20
    #: A list of the tax authority; 500 000 rows stay below.
    max_list_bytes: int = 100 * 2**20
    #: How much of the processor's time one reading may take, and how much memory its child may use.
    read_seconds: float = 30.0
    read_memory_mb: int = 1500
    #: A document whose worker has not answered by then is given to another one.
    lease_seconds: float = 60.0
    #: A waiting document without a job in Redis is queued again after this.
    requeue_seconds: float = 5.0
    sweep_seconds: float = 3.0
    attempts: int = 3
    #: A file in a watched folder is taken once its size and time have not changed for this long.
    stable_seconds: float = 2.0
    #: A file there that still changes, or has no outcome, after this long is told of as stuck.
    stuck_seconds: float = 300.0
    ocr_threads: int = 1
    #: The hour of the day in Shanghai at which the ledger is proven, and how fast originals are read then.
    verify_hour: int = Field(default=3, ge=0, le=23)
    verify_bytes_per_second: int = Field(default=20 * 2**20, ge=0)
    #: Where the daily roots of the ledger are kept: best a path on another disk or host.
    roots: Path | None = None
    #: Whether results of verification may be brought in from files; off, as they change what entries are said to be.
    verification_results: bool = False
    #: Networks inside the house that endpoints may lie in, and plain http may go to; separated by commas.
    sync_inside: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    #: How often the outbox looks for what is to be sent.
    sync_seconds: float = 1.0
    #: A delivery whose sender has not answered by then is tried by another one.
    sync_lease_seconds: float = 30.0
    #: A message that fails for this long is a dead letter; an endpoint that is away for this long is switched off.
    sync_give_up_seconds: float = 3 * 86_400.0
    #: A session is over when it was idle for so long, and in any case after so long.
    session_idle_seconds: float = 7_200.0
    session_seconds: float = 43_200.0
    #: Requests in a minute of one person, all their sessions and keys together; 0: no limit.
    requests_per_minute: int = 6_000
    #: Addresses or networks of proxies that may say whom they speak for (``X-Forwarded-For``, ``X-Forwarded-Proto``).
    trusted_proxies: str = ""
    #: The company's own sign-in (OpenID Connect); off without an issuer.
    oidc: Oidc | None = None
    #: The mailbox that invoices are sent to; off without a host.
    mail: MailBox | None = None

    @field_validator("sync_inside", mode="before")
    @classmethod
    def _parted(cls, value: object) -> object:
        return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _names_proxies(cls, listed: str) -> str:
        """Whoever is believed here can be anybody."""
        for one in filter(None, (part.strip() for part in listed.split(","))):
            if ipaddress.ip_network(one).prefixlen == 0:
                raise ValueError("trusted_proxies must name addresses or networks, not everybody")
        return listed

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var.resolve() / 'shoupiao.db'}"

    @property
    def roots_file(self) -> Path:
        return (self.roots or self.var / "roots.txt").resolve()

    @property
    def models(self) -> Path:
        return self.var.resolve() / "models"
