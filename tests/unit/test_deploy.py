"""What the service is shipped in names only what there is: variables, commands, files, secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from intake.cli import app as intake_app
from intake.settings import MailBox, Oidc, Settings
from workers.__main__ import app as workers_app

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SHIPPED = [
    ROOT / "Dockerfile",
    ROOT / "compose.yaml",
    *sorted(one for one in DEPLOY.rglob("*") if one.is_file() and one.parent.name != "secrets"),
]
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
#: Services of compose that are not ours.
FOREIGN = {"postgres", "redis"}
OURS = sorted(set(COMPOSE["services"]) - FOREIGN)


def variables() -> set[str]:
    own = {str(field.validation_alias or f"SHOUPIAO_{name.upper()}") for name, field in Settings.model_fields.items()}
    nested = {"OIDC": Oidc, "MAIL": MailBox}
    return own | {f"SHOUPIAO_{part}__{name.upper()}" for part, model in nested.items() for name in model.model_fields}


def objects(path: Path) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(path.read_text("utf-8")) if one]


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and pod of every workload of the cluster."""
    for path in MANIFESTS:
        for one in objects(path):
            template = one.get("spec", {})
            if one["kind"] == "CronJob":
                template = template["jobTemplate"]["spec"]
            if "template" in template:
                yield one["metadata"]["name"], template["template"]["spec"]


def commands() -> Iterator[tuple[str, list[str]]]:
    """Where a command stands, and what comes after ``python -m``."""
    for name in OURS:
        service = COMPOSE["services"][name]
        yield f"compose {name}", service["command"]
        test = service["healthcheck"]["test"]
        if "-m" in test:
            yield f"compose {name} health", test[test.index("-m") + 1 :]
    for name, pod in pods():
        for container in pod["containers"]:
            yield f"pod {name}", container["args"]
            probe = container.get("livenessProbe", {}).get("exec", {}).get("command")
            if probe:
                yield f"pod {name} probe", probe[probe.index("-m") + 1 :]
    for path in sorted((DEPLOY / "systemd").glob("*.service")):
        (started,) = re.findall(r"^ExecStart=\S+/python -m (.+)$", path.read_text("utf-8"), re.MULTILINE)
        yield path.name, started.split()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_variable_that_is_set_is_read(path: Path) -> None:
    named = set(re.findall(r"\b(?:SHOUPIAO_[A-Z_]+|[A-Z]+_URL)\b", path.read_text("utf-8")))

    assert named - variables() == set()


@pytest.mark.parametrize(("where", "command"), [pytest.param(*one, id=one[0]) for one in commands()])
def test_every_command_that_is_started_is_one(where: str, command: list[str]) -> None:
    program, *rest = command
    if program == "uvicorn":
        assert rest[:2] == ["--factory", "api.app:create_app"]
        return
    app = {"intake": intake_app, "workers": workers_app}[program]
    options = [one for one in rest[1:] if one.startswith("--")]
    told = CliRunner().invoke(app, [rest[0], "--help"], terminal_width=200)

    assert told.exit_code == 0, where
    assert [one for one in options if one not in told.output] == []


def test_the_health_check_of_the_image_asks_what_the_api_answers() -> None:
    assert "/healthz" in (ROOT / "Dockerfile").read_text("utf-8")


def test_the_image_holds_every_room_that_its_commands_come_from() -> None:
    copied = re.findall(r"^COPY (\w+)/ ", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert set(copied) == {"models", "intake", "api", "workers"}
    assert {f"!{name}" for name in copied} <= set((ROOT / ".dockerignore").read_text("utf-8").splitlines())


def test_compose_runs_every_process_there_is() -> None:
    loops = {command.name or command.callback.__name__ for command in workers_app.registered_commands}  # type: ignore[union-attr]

    assert {COMPOSE["services"][name]["command"][1] for name in OURS if name != "api"} == loops - {"alive"}


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_a_service_of_compose_is_held_tight(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert service["healthcheck"]["test"]


def test_no_secret_of_compose_has_a_default() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")

    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    assert [line for line in text.splitlines() if re.search(r"password\s*[:=]\s*\S", line, re.IGNORECASE)] == [
        '  postgres_password: {file: "${SECRETS:-./deploy/secrets}/postgres_password"}'
    ]


def test_secrets_are_ignored_by_git() -> None:
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.parametrize(("name", "pod"), [pytest.param(*one, id=one[0]) for one in pods()])
def test_a_pod_is_held_tight(name: str, pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert set(container["resources"]) == {"requests", "limits"}
    assert pod.get("restartPolicy") == "Never" or "livenessProbe" in container
    mounted = {one["name"] for one in container["volumeMounts"]}
    assert mounted == {one["name"] for one in pod["volumes"]}


def test_the_kustomization_names_every_manifest_but_the_one_that_asks_for_a_volume_of_the_site() -> None:
    (kustomization,) = objects(DEPLOY / "kubernetes" / "kustomization.yaml")

    assert set(kustomization["resources"]) == {path.name for path in MANIFESTS} - {"kustomization.yaml", "watcher.yaml"}


def test_workers_are_counted_by_a_figure_that_metrics_tell() -> None:
    scalers = objects(DEPLOY / "kubernetes" / "autoscaling.yaml")
    metrics = [metric["external"]["metric"] for one in scalers for metric in one["spec"]["metrics"]]
    (adapter,) = objects(DEPLOY / "prometheus" / "adapter.yaml")

    assert {one["name"] for one in metrics} == {"shoupiao_queue_age_seconds"}
    assert {one["selector"]["matchLabels"]["queue"] for one in metrics} == {"express", "batch"}
    assert {rule["name"]["as"] for rule in adapter["rules"]["external"]} == {"shoupiao_queue_age_seconds"}
    assert {one["spec"]["scaleTargetRef"]["name"] for one in scalers} <= {name for name, _ in pods()}


def test_units_share_what_is_said_of_all_of_them() -> None:
    common = (DEPLOY / "systemd" / "shoupiao-.service.d" / "common.conf").read_text("utf-8")
    services = sorted((DEPLOY / "systemd").glob("*.service"))

    assert all(path.name.startswith("shoupiao-") for path in services)
    assert {"NoNewPrivileges=true", "ProtectSystem=strict", "CapabilityBoundingSet="} <= set(common.splitlines())
    assert not any("User=" in path.read_text("utf-8") for path in services)


def test_a_target_starts_only_units_that_there_are() -> None:
    folder = DEPLOY / "systemd"
    wanted = re.findall(r"shoupiao-[\w@.]+\.(?:service|timer)", (folder / "shoupiao.target").read_text("utf-8"))

    assert [one for one in wanted if not (folder / re.sub(r"@\d+", "@", one)).exists()] == []
