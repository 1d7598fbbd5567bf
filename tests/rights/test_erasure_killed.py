"""An erasure that is killed in the middle is done by the next load, whatever it had come to."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

import canary_shop
from canary_shop import WHO, found
from motherlode.project import Project
from small_project import said

ERASE = """
import os, signal, sys
from motherlode.rights import erasure
from motherlode.cli import main
from motherlode.ledger import Ledger
from motherlode.vault import Vault
from motherlode.warehouse import Warehouse

owner, _, name = sys.argv[1].partition(".")
before = sys.argv[2] == "before"
owner = {"erasure": erasure, "Ledger": Ledger, "Vault": Vault, "Warehouse": Warehouse}[owner]
done = getattr(owner, name)

def killed(*words, **named):
    if not before:
        done(*words, **named)
    print("killed", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, killed)
main(["rights", "erase", sys.argv[4], "--yes", "--project", sys.argv[3]])
"""
# Each is a step of an erasure, in their order.
STEPS = [
    ("erasure.note", "after"),
    ("erasure._delete_files", "after"),
    ("erasure._forget_rows", "after"),
    ("Ledger.forget", "after"),
    ("Vault.shred", "before"),
    ("Vault.shred", "after"),
    ("Warehouse.rewrite", "before"),
    ("Ledger.rewrite", "after"),
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    root = canary_shop.write(tmp_path_factory.mktemp("canaries") / "shop")
    with Project(root) as project:
        project.load()
        project.run()
    return root


@pytest.mark.slow
@pytest.mark.parametrize(("step", "when"), STEPS)
def test_gdpr_17_an_erasure_that_was_killed_is_done_with_the_next_load(loaded, tmp_path, step, when):
    shop = shutil.copytree(loaded, tmp_path / "shop")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-c", ERASE, step, when, str(shop), WHO]
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.endswith("killed\n")) == (-signal.SIGKILL, True), done.stderr
    assert said("ingest", at=shop).exit_code == 0
    assert found(shop) == []
    with Project(shop) as project:
        assert not project.vault.has(WHO) and project.audit.verify().outcome == "whole"
