"""The image and the Compose file, as far as they can be looked at without a Docker engine (docs/deploy.md)."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import reduce
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from warehouse.keys import FROM_ENVIRONMENT
from warehouse.secret_values import DATABASE_URL, IN_A_FILE

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name != "postgres"}
ONE_SHOT = {"init"}
ENVIRONMENT = dict(re.findall(r"\b((?:AIRFLOW|LIANGXIAN)_\w+)=(\S+)", DOCKERFILE)) | OURS["scheduler"]["environment"]

PINNED = re.compile(r"[\w./-]+:\d+\.\d+[\w.-]*")


def test_hadolint_has_nothing_to_say(tool: Callable[[str], Path]) -> None:
    done = subprocess.run([tool("hadolint"), DOCKER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def read_by_compose(compose: Path, path: Path) -> tuple[dict[str, Any], str]:
    """What Docker Compose makes of a file by its own schema (empty where it refuses it), and what it says."""
    # its wrapper on PyPI ends with 0 whatever Compose said
    command = [compose, "--project-directory", DOCKER, "-f", path, "config", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout or "{}"), done.stderr


def test_compose_reads_its_file_as_we_mean_it(tool: Callable[[str], Path]) -> None:
    read, said = read_by_compose(tool("docker-compose"), DOCKER / "compose.yaml")
    assert said == ""
    assert {name: service["image"] for name, service in read["services"].items()} == {
        name: service["image"] for name, service in SERVICES.items()
    }
    assert read["secrets"].keys() == COMPOSE["secrets"].keys()
    assert read["volumes"].keys() == COMPOSE["volumes"].keys()


@pytest.mark.parametrize(
    ("where", "wrong"),
    [("services.scheduler.restrat", "no"), ("services.scheduler.healthcheck.retries", "many"), ("volumez", {})],
)
def test_compose_refuses_what_its_schema_does_not_know(
    tool: Callable[[str], Path], tmp_path: Path, where: str, wrong: object
) -> None:
    """So that the test above can fail."""
    spoiled = json.loads(json.dumps(COMPOSE))
    *parents, name = where.split(".")
    place = reduce(lambda there, parent: there[parent], parents, spoiled)
    place[name] = wrong
    (tmp_path / "compose.yaml").write_text(yaml.safe_dump(spoiled), encoding="utf-8")
    read, said = read_by_compose(tool("docker-compose"), tmp_path / "compose.yaml")
    assert read == {}
    assert name in said


def test_every_image_is_pinned() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    for image in [*bases, *(service["image"] for service in SERVICES.values())]:
        assert PINNED.fullmatch(image), image


def test_the_image_runs_as_nobody_special_and_installs_what_is_locked() -> None:
    last = DOCKERFILE.split("\nFROM ")[-1]
    user = re.findall(r"^USER (\d+):(\d+)$", last, re.MULTILINE)
    assert user == [("10001", "10001")]
    assert last.index("USER ") < last.index("ENTRYPOINT ")
    syncs = re.findall(r"uv sync ([^\n]*)", DOCKERFILE)
    assert len(syncs) == 2
    assert all("--frozen" in sync and "--no-dev" in sync for sync in syncs)
    version = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    assert f"UV_VERSION={version[1]}\n" in DOCKERFILE


def test_what_the_image_copies_is_there_and_nothing_else_can_be_copied() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    assert "*" in ignored
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert source in allowed, source
    assert not [name for name in allowed if "secrets" in name or fnmatch.fnmatch("var", name)]


def test_each_service_that_stays_up_says_how_it_is() -> None:
    for name, service in SERVICES.items():
        if name in ONE_SHOT:
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped"
        health = service["healthcheck"]
        assert health["test"][0] in {"CMD", "CMD-SHELL"}
        assert {"interval", "timeout", "retries", "start_period"} <= set(health)
    # while it makes the databases the image's server listens on its socket only: over TCP it is not ready yet
    assert "--host 127.0.0.1" in SERVICES["postgres"]["healthcheck"]["test"][1]


def test_a_command_that_is_run_in_a_container_reads_the_same_secrets() -> None:
    """``docker compose exec`` goes past the entry point: the program itself knows how a secret's file is named."""
    given = OURS["scheduler"]["environment"]
    assert {name for name in given if name.startswith("LIANGXIAN_") and name.endswith(IN_A_FILE)} == {
        name + IN_A_FILE for name in (DATABASE_URL, FROM_ENVIRONMENT)
    }


def test_everything_of_ours_waits_for_the_database_and_for_init() -> None:
    for name, service in OURS.items():
        assert service["depends_on"]["postgres"] == {"condition": "service_healthy"}
        if name not in ONE_SHOT:
            assert service["depends_on"]["init"] == {"condition": "service_completed_successfully"}
        assert service["cap_drop"] == ["ALL"]
        assert service["environment"] == OURS["scheduler"]["environment"]


def test_volumes_are_declared_and_only_the_page_is_open_to_this_machine() -> None:
    for name, service in SERVICES.items():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source.startswith((".", "$")) or source in COMPOSE["volumes"], (name, volume)
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_secrets_come_as_files_and_none_is_written_down(tmp_path: Path) -> None:
    shutil.copy2(DOCKER / "make-secrets.sh", tmp_path)
    done = [subprocess.run(["sh", tmp_path / "make-secrets.sh"], check=True, capture_output=True) for _ in range(2)]
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()} == set(made)
    assert all(secret["file"].startswith("./secrets/") for secret in COMPOSE["secrets"].values())
    assert len(set(made.values())) == len(made)
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert not [name for name, value in made.items() if value.encode() in done[0].stdout + done[1].stdout]
    subprocess.run(["sh", tmp_path / "make-secrets.sh"], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made
    assert json.loads(made["airflow_passwords.json"]).keys() == {"admin"}

    for name, service in SERVICES.items():
        used = set(re.findall(r"/run/secrets/(\w+)", json.dumps(service)))
        assert used <= set(service["secrets"]) <= set(COMPOSE["secrets"]), name
        for key, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|FERNET|FINDING_KEY|CONN|DATABASE_URL", key):
                assert "/run/secrets/" in value or value.startswith("/opt/airflow/"), key


def test_airflow_knows_every_option_that_is_set() -> None:
    found = find_spec("airflow")
    assert found is not None
    assert found.origin is not None
    known: dict[str, Any] = yaml.safe_load(
        (Path(found.origin).parent / "config_templates" / "config.yml").read_text(encoding="utf-8")
    )
    options = [key.split("__")[1:] for key in ENVIRONMENT if key.startswith("AIRFLOW__")]
    assert len(options) > 10
    for section, option in options:
        of_section = known[section.lower()]["options"]
        name = option.lower()
        if name.endswith("_cmd"):
            assert of_section[name.removesuffix("_cmd")].get("sensitive"), name
        else:
            assert name in of_section, (section, option)


def test_no_component_of_airflow_serves_logs_on_a_port() -> None:
    commands = [service.get("command") for service in OURS.values()]
    serving = [c for c in commands if c[:2] in (["airflow", "scheduler"], ["airflow", "triggerer"])]
    assert len(serving) == 2
    assert all("--skip-serve-logs" in command for command in serving)


def test_every_command_exists(tmp_path: Path) -> None:
    """Asked of Airflow's own parser, and of ours, in a process of its own."""
    said = " ".join(json.dumps(service.get("command")) for service in OURS.values())
    said += " ".join(
        json.dumps(service["healthcheck"]["test"]) for service in OURS.values() if "healthcheck" in service
    )
    wanted = sorted(set(re.findall(r'airflow(?:", "| )([a-z-]+)(?: (migrate|import|check))?', said)))
    assert {first for first, _ in wanted} >= {"api-server", "scheduler", "dag-processor", "triggerer", "db", "pools"}
    script = """
import json, sys
from airflow.cli.cli_parser import ALL_COMMANDS_DICT as known
for first, second in json.loads(sys.argv[1]):
    command = known[first]
    if second:
        assert second in {c.name for c in command.subcommands}, (first, second)
from pipelines.cli import app
import typer.main
print(sorted(typer.main.get_command(app).commands))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, json.dumps(wanted)],
        env=os.environ | {"AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ours = re.findall(r"liangxian ([a-z-]+)", said)
    assert ours
    assert all(f"'{name}'" in done.stdout for name in ours)


def test_the_entrypoint_copies_the_passwords_and_runs_the_command(tmp_path: Path) -> None:
    passwords, copy = tmp_path / "passwords.json", tmp_path / "copy.json"
    passwords.write_text('{"admin": "secret"}')
    passwords.chmod(0o444)
    done = subprocess.run(
        ["sh", DOCKER / "entrypoint.sh", "sh", "-c", "umask"],
        env={
            "PATH": os.environ["PATH"],
            "AIRFLOW_PASSWORDS_FILE": str(passwords),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(copy),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0077\n"
    assert copy.read_text() == passwords.read_text()
    assert copy.stat().st_mode & 0o077 == 0
    missing = subprocess.run(
        ["sh", DOCKER / "entrypoint.sh", "true"],
        env={"PATH": os.environ["PATH"], "AIRFLOW_PASSWORDS_FILE": str(tmp_path / "none")},
        capture_output=True,
        check=False,
    )
    assert missing.returncode != 0
