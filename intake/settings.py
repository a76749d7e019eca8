"""Settings, read from the environment (prefix ``SHOUPIAO_``, except the three addresses)."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every knob of the service. Times are seconds, sizes bytes.

    Without ``DATABASE_URL``, ``REDIS_URL`` and ``BLOBS_URL`` everything lives under ``var``: SQLite, a Redis server of
    our own, and plain files.
    """

    model_config = SettingsConfigDict(env_prefix="SHOUPIAO_", populate_by_name=True, extra="ignore")

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

    @field_validator("sync_inside", mode="before")
    @classmethod
    def _parted(cls, value: object) -> object:
        return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var.resolve() / 'shoupiao.db'}"

    @property
    def roots_file(self) -> Path:
        return (self.roots or self.var / "roots.txt").resolve()

    @property
    def models(self) -> Path:
        return self.var.resolve() / "models"
