"""Settings, read from the environment (prefix ``SHOUPIAO_``, except the three addresses)."""

from __future__ import annotations

import ipaddress
import os
import urllib.parse
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.rights import Role


def secret_folders(environment: Mapping[str, str]) -> list[Path]:
    """The folders of secret files that there are: of containers, and of systemd (``LoadCredential=``).

    A file is named like the variable it stands for (``DATABASE_URL``); the variable itself wins where both are set.
    """
    named = (environment.get("CREDENTIALS_DIRECTORY"), "/run/secrets")
    return [Path(one) for one in named if one and Path(one).is_dir()]


class MailBox(BaseModel):
    """The mailbox that invoices are sent to, read over IMAP with TLS; nothing in it is changed."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    host: str
    """The server."""
    port: int = 993
    """Its port."""
    user: str
    """Who signs in there."""
    password: SecretStr
    """With what."""
    folder: str = "INBOX"
    """The folder of which everything is taken in: give it one of its own."""
    tls: bool = True
    """Off only where the server is this machine."""
    name: str = "mailbox"
    """Under whose name and department mail is taken in."""
    domain: str = ""
    """The part after ``@`` of our own people: the part before it may be their name here."""
    seconds: float = Field(default=30.0, gt=0)
    """How often it is looked into."""
    max_bytes: int = 60 * 2**20
    """The largest message; its files are held to ``SHOUPIAO_MAX_BYTES`` each."""

    @property
    def told(self) -> str:
        """The mailbox as it is remembered."""
        return f"{self.user}@{self.host}/{self.folder}"


class Oidc(BaseModel):
    """The company's own sign-in: where it is, who we are to it, and what its claims mean here.

    A claim is named by its path (``realm_access.roles``). Where one is named, what it says replaces the person's rights
    at every sign-in; where none is, the rights stay as they were given here. ``*`` in ``companies`` or ``departments``
    is all of them.
    """

    model_config = ConfigDict(use_attribute_docstrings=True)

    issuer: str
    """Who the provider is, exactly as it writes itself."""
    client_id: str
    """Who we are to it."""
    client_secret: SecretStr
    """The secret that it gave out for us."""
    address: str
    """Where the provider sends people back to: ``https://invoices.example.com``."""
    name_claim: str = "preferred_username"
    """The claim that is somebody's name here."""
    roles_claim: str = ""
    """The claim that says what they are, by its path."""
    roles: dict[str, list[Role]] = Field(default_factory=dict)
    """What the values of that claim are here, as JSON: ``{"fin-team": ["finance"]}``; others give nothing."""
    companies_claim: str = ""
    """The claim that names the companies whose invoices they see."""
    departments_claim: str = ""
    """The claim that names the departments whose invoices they see."""
    department_claim: str = ""
    """The claim that names the department to which what they send belongs."""
    scopes: str = "openid profile"
    """What is asked of the provider."""
    provision: bool = False
    """Whether somebody unknown is let in as a new person. Off: they must have been added (``users add --oidc``)."""

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

    Read from the environment, or from files of the same name in a folder of secrets (``secret_folders``).
    Without ``DATABASE_URL``, ``REDIS_URL`` and ``BLOBS_URL`` everything lives under ``var``: SQLite, a Redis server of
    our own, and plain files.
    """

    model_config = SettingsConfigDict(
        env_prefix="SHOUPIAO_",
        env_nested_delimiter="__",
        populate_by_name=True,
        extra="ignore",
        use_attribute_docstrings=True,
        secrets_dir=secret_folders(os.environ),
    )

    var: Path = Path("var")
    """The folder of everything that the embedded parts keep."""
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    """``postgresql://user:password@host/name``. The database should be ``C.UTF-8``, and its user own it: the search
    makes the extension ``pg_trgm``. Without it: SQLite under ``SHOUPIAO_VAR``."""
    database_pool: int = Field(default=5, ge=1)
    """How many connections with PostgreSQL a process keeps open. All processes together, with those below, must stay
    under its ``max_connections``; a worker needs one or two."""
    database_overflow: int = Field(default=10, ge=0)
    """How many more it opens when all are in use, and closes afterwards."""
    database_pool_seconds: float = Field(default=30.0, gt=0)
    """How long a request waits for a connection when these are in use too."""
    database_recycle_seconds: int = Field(default=1800, ge=1)
    """A connection that is older is opened anew before its next use; below what a firewall between allows."""
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    """``redis://:password@host:6379/0``, or ``rediss://`` for TLS; version 6.2 or newer. Without it ``up`` starts a
    server of its own."""
    redis_ca_file: Path | None = None
    """The certificates (PEM) of the authority that signed that of a ``rediss://`` server. Without it: those that this
    machine trusts."""
    blobs_url: str | None = Field(default=None, validation_alias="BLOBS_URL")
    """Where originals and page pictures lie, e.g. ``s3://bucket/prefix``. Without it: files under ``SHOUPIAO_VAR``."""
    blob_keys_file: Path | None = None
    """Keys that seal originals and pictures, one a line (operating.md); without it they are stored plain."""
    max_bytes: int = 20 * 2**20
    """The largest file that is taken in, in bytes; scans of several pages stay well below."""
    max_list_bytes: int = 100 * 2**20
    """The largest list of the tax authority, in bytes; 500 000 rows stay below."""
    read_seconds: float = 30.0
    """How much of the processor's time the reading of one file may take; a busy machine refuses nothing."""
    read_memory_mb: int = 1500
    """How much memory the child that reads one file may use, in megabytes."""
    lease_seconds: float = 60.0
    """After so many seconds without an answer, a document is given to another worker."""
    requeue_seconds: float = 5.0
    """After so many seconds without a job in Redis, a waiting document is queued again."""
    sweep_seconds: float = 3.0
    """How often the sweeper looks."""
    attempts: int = 3
    """How often a document is tried before it is 处理失败."""
    stable_seconds: float = 2.0
    """A file in a watched folder is taken once its size and time have not changed for this long."""
    stuck_seconds: float = 300.0
    """A file there that still changes, or has no outcome, after this long is told of as stuck on ``/operations``."""
    ocr_threads: int = 1
    """Threads of one worker; more workers are better than more threads."""
    verify_hour: int = Field(default=3, ge=0, le=23)
    """The hour of the day in Shanghai at which the ledger is proven."""
    verify_bytes_per_second: int = Field(default=20 * 2**20, ge=0)
    """How fast originals are read for that; 0: as fast as it goes."""
    retention: bool = False
    """Whether files whose time is over are deleted, every night once the ledger is proven. Off: nothing ever is."""
    retention_voucher_years: int = Field(default=30, ge=30)
    """Whole years after the year in which something was last done with a voucher; the law asks for 30."""
    retention_rejected_days: int = Field(default=180, ge=1)
    """Days after which the file of a returned document goes that became no voucher."""
    roots: Path | None = None
    """The file of daily roots: best a path on another disk or host, in a folder that exists. Without it: ``roots.txt``
    under ``SHOUPIAO_VAR``."""
    backup_hour: int = Field(default=2, ge=0, le=23)
    """The hour of the day in Shanghai at which the process ``backup`` makes one."""
    backup_key_file: Path | None = None
    """The file with the key that it seals its backups with; without it they can be read by whoever has the folder."""
    pulse: Path | None = None
    """A file that a process beside the web touches while it works, for ``python -m workers alive`` to look at."""
    verification_results: bool = False
    """Whether results of verification (查验) may be brought in from files; off, as they change what entries are said to
    be."""
    sync_inside: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Networks inside the house that endpoints may lie in, e.g. ``10.1.0.0/16,192.168.7.20/32``; only there plain http
    is allowed."""
    sync_seconds: float = 1.0
    """How often the outbox looks for what is to be sent."""
    sync_lease_seconds: float = 30.0
    """After so many seconds without a result a message is sent by another outbox; more than the 10 s that sending may
    take."""
    sync_give_up_seconds: float = 3 * 86_400.0
    """A message that fails for this long is a dead letter; a partner that is away for this long is switched off."""
    session_idle_seconds: float = 7_200.0
    """A session ends when it was not used for this long."""
    session_seconds: float = 43_200.0
    """And in any case after this long."""
    requests_per_minute: int = 6_000
    """Requests in a minute of one person, all their sessions and keys together; 0: no limit."""
    trusted_proxies: str = ""
    """Addresses or networks, with commas between, whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed."""
    oidc: Oidc | None = None
    """The company's own sign-in (OpenID Connect): ``SHOUPIAO_OIDC__ISSUER`` and so on, or one JSON object; off without
    an issuer."""

    mail: MailBox | None = None
    """The mailbox that invoices are sent to: ``SHOUPIAO_MAIL__HOST`` and so on, or one JSON object, which may be a file
    of secrets; off without a host."""

    @field_validator("redis_ca_file")
    @classmethod
    def _is_there(cls, file: Path | None) -> Path | None:
        """A file that is missing would be told as a server that is away."""
        if file is not None and not file.is_file():
            raise ValueError(f"there is no file {file}")
        return file

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
