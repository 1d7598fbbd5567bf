"""The master key under a key management system: doors from outside the package, and what the file is worth without."""

import base64
import json
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyarrow as pa
import pytest

from motherlode.access import Reading
from motherlode.errors import ConfigError
from motherlode.plugins import find_kms
from motherlode.project import Project
from motherlode.vault.key_file import add_key
from small_project import plugin, plugins_forgotten, said

NOW = datetime(2026, 3, 1)
READING = Reading("rights", "rights")
ANN = pa.table({"customer_id": ["ann"], "email": ["ann@example.com"]})
# A system of a stranger: its key is in a file of its own, as that of a machine would be in its chip.
DOOR = """
import os
from pathlib import Path
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

class Chip:
    def __init__(self, path):
        self.path, self.asked = path, []
    def cipher(self):
        return AESGCM(self.path.read_bytes())
    def wrap(self, key):
        nonce = os.urandom(12)
        return nonce + self.cipher().encrypt(nonce, key, None)
    def unwrap(self, wrapped):
        self.asked.append(wrapped)
        return self.cipher().decrypt(wrapped[:12], wrapped[12:], None)

def chip(url):
    return Chip(Path(url.partition(":")[2]))
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    """A project whose key is kept by a door in its plugins folder."""
    (tmp_path / "chip").write_bytes(bytes(range(32)))
    root = tmp_path / "shop"
    root.mkdir()
    (root / "motherlode.toml").write_text(f'kms = "chip:{tmp_path / "chip"}"\n')
    plugin(root, "kms/chip.py", DOOR)
    with plugins_forgotten():
        yield root


def email(root: Path) -> str:
    with Project(root) as project:
        return project.vault.reveal(["ann"], ["email"], READING, now=NOW)["email"][0].as_py()


def kept(root: Path) -> str:
    with Project(root) as project:
        project.vault.keep(ANN, now=NOW)
    return (root / "motherlode.key").read_text()


def test_the_file_of_a_house_with_a_system_holds_no_key_and_opens_nothing_without_it(shop, tmp_path):
    lines = kept(shop).split()
    assert len(lines) == 1 and lines[0].startswith("wrapped:")
    assert (shop / "motherlode.key").stat().st_mode & 0o077 == 0
    assert email(shop) == "ann@example.com"
    (tmp_path / "chip").rename(tmp_path / "stopped")
    with pytest.raises(ConfigError, match="key management system gives no key: FileNotFoundError"):
        email(shop)
    (shop / "motherlode.toml").write_text("")
    with pytest.raises(ConfigError, match="that a key management system wrapped") as raised:
        email(shop)
    assert "kms = " in raised.value.hint and (shop / "motherlode.key").read_text().split() == lines


def test_a_system_with_another_key_opens_nothing_and_nothing_is_made_anew(shop, tmp_path):
    before = kept(shop)
    (tmp_path / "chip").write_bytes(bytes(32))
    with pytest.raises(ConfigError, match="gives no key: InvalidTag"):
        email(shop)
    assert (shop / "motherlode.key").read_text() == before


def test_a_bare_key_goes_over_with_the_next_rotation_and_everything_opens_as_before(shop):
    settings = (shop / "motherlode.toml").read_text()
    (shop / "motherlode.toml").write_text("")
    bare = kept(shop).strip()
    (shop / "motherlode.toml").write_text(settings)
    assert email(shop) == "ann@example.com"
    done = said("govern", "rotate", at=shop)
    assert done.exit_code == 0, done.output
    lines = (shop / "motherlode.key").read_text().split()
    assert len(lines) == 2 and all(line.startswith("wrapped:") for line in lines)
    assert bare not in (shop / "motherlode.key").read_text() and email(shop) == "ann@example.com"


def test_the_system_is_asked_once_a_line_and_never_for_a_person(shop, monkeypatch):
    kept(shop)
    system = Project(shop).kms
    add_key(shop / "motherlode.key", system)
    monkeypatch.setattr(Project, "kms", system)
    with Project(shop) as project:
        project.vault.keep(pa.table({"customer_id": list("bcdefg"), "name": list("bcdefg")}), now=NOW)
        project.vault.reveal(list("bcdefg"), ["name"], READING, now=NOW)
    assert len(system.asked) == 2


def test_a_door_of_an_installed_package_is_found_by_its_entry_point(tmp_path, monkeypatch):
    (tmp_path / "chip_package.py").write_text(DOOR)
    about = tmp_path / "chip_package-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: chip-package\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[motherlode.kms]\nchip = chip_package:chip\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "key").write_bytes(bytes(32))
    system = find_kms(f"chip:{tmp_path / 'key'}")
    assert system.unwrap(system.wrap(b"k" * 32)) == b"k" * 32
    sys.modules.pop("chip_package", None)


def test_an_unknown_system_is_named_with_the_nearest():
    with pytest.raises(ConfigError, match="no door `transti`") as raised:
        find_kms("transti+https://host/transit/key")
    assert "transit" in raised.value.hint


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("transit+https://bao.example.com/transit/key", "write kms ="),
        ("transit+https://token:t@bao.example.com/key", "write kms ="),
        ("transit+http://token:t@bao.example.com/transit/key", "in clear"),
    ],
)
def test_an_address_that_is_none_or_that_gives_the_token_away_is_refused(url, told):
    with pytest.raises(ConfigError, match=told):
        find_kms(url)


class Engine(BaseHTTPRequestHandler):
    """What the API of the transit engine says: base64 in, `vault:v1:…` out, and the other way."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["X-Vault-Token"] != "s3cret":
            self.send_error(403, "permission denied")
            return
        what, key = self.path.split("/")[-2:]
        assert self.path == f"/v1/house/transit/{what}/{key}"
        if what == "encrypt":
            said = {"ciphertext": "vault:v1:" + base64.b64encode(base64.b64decode(body["plaintext"])[::-1]).decode()}
        else:
            mine = base64.b64decode(body["ciphertext"].removeprefix("vault:v1:"))[::-1]
            said = {"plaintext": base64.b64encode(mine).decode()}
        answer = json.dumps({"data": said}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


def test_a_house_whose_key_is_in_a_transit_engine(tmp_path):
    with HTTPServer(("127.0.0.1", 0), Engine) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = "transit+http://token:{}@127.0.0.1:" + f"{server.server_port}/house/transit/shop"
        (tmp_path / "motherlode.toml").write_text(f'kms = "{url.format("s3cret")}"\n')
        assert kept(tmp_path).startswith("wrapped:") and email(tmp_path) == "ann@example.com"
        assert "s3cret" not in repr(Project(tmp_path).kms)
        (tmp_path / "motherlode.toml").write_text(f'kms = "{url.format("wrong")}"\n')
        with pytest.raises(ConfigError, match="403") as raised:
            email(tmp_path)
        assert "wrong" not in str(raised.value)
        server.shutdown()
