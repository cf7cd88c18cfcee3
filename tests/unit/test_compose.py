"""docker-compose.yml: valid by the Compose specification, and by rules of our own."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(TEXT)["services"]
    return found


def test_it_keeps_the_compose_specification() -> None:
    """Read by a validating parser of the specification; a misspelt key would be refused."""
    try:
        parser = importlib.import_module("compose_spec").PyCompose
    except ImportError:
        missing("a parser of the Compose specification")
    parser.from_yaml(TEXT).validate()
    with pytest.raises(ValueError, match="condition"):
        parser.from_yaml(TEXT.replace("condition:", "conditon:"))


def test_every_service_is_watched_and_comes_back(services: dict[str, Any]) -> None:
    """A health check and a restart policy each."""
    for name, service in services.items():
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_the_store_keeps_every_write(services: dict[str, Any]) -> None:
    """AOF on, never evicting, on a volume."""
    command = services["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    [volume] = services["redis"]["volumes"]
    assert volume.split(":")[0] in yaml.safe_load(TEXT)["volumes"]


def test_secrets_come_from_the_env_file_alone(services: dict[str, Any]) -> None:
    """No token stands in the file."""
    assert services["bot"]["env_file"] == [{"path": ".env", "required": True}]
    assert not [key for key in services["bot"]["environment"] if "TOKEN" in key or "SECRET" in key]


def test_the_bot_has_time_to_stop(services: dict[str, Any]) -> None:
    """It needs up to ten seconds."""
    assert int(services["bot"]["stop_grace_period"].removesuffix("s")) > 10


def test_the_bot_waits_for_its_store(services: dict[str, Any]) -> None:
    """Started only when the store answers."""
    assert services["bot"]["depends_on"]["redis"]["condition"] == "service_healthy"
    assert services["bot"]["environment"]["DEPECHE_REDIS__URL"].startswith("redis://redis:")
