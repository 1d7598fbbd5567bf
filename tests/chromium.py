"""Debian's Chromium, driven by Playwright, against a real server; tests skip, with the reason, where there is none."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
ACCEPT = {"zh": "zh-CN", "en": "en-GB"}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a screen."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def served(project: Path) -> Iterator[str]:
    """The address of a server of the project, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "motherlode", "serve", "--project", str(project), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        _wait(f"http://127.0.0.1:{port}/health", process)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server has stopped")


@contextmanager
def opened(
    browser: Browser, language: str, theme: str = "light", *, wide: bool = True, scripts: bool = True
) -> Iterator[BrowserContext]:
    """A window of somebody who reads a language, in a theme, at a desk or on a phone, with or without scripts.

    Whatever is asked of another host, and whatever the page's policy forbids, fails the test.
    """
    size = {"width": 1360, "height": 900} if wide else {"width": 390, "height": 844}
    context = browser.new_context(
        locale=ACCEPT[language],
        color_scheme=theme,
        viewport=size,
        java_script_enabled=scripts,
        accept_downloads=True,  # type: ignore[arg-type]
    )
    asked: list[str] = []
    told: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    context.set_default_timeout(30_000)
    yield context
    context.close()
    elsewhere = [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert elsewhere == [] and [text for text in told if "Content Security Policy" in text] == []
