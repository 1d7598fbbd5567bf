"""The SDKs themselves, as a registry gives them, pointed at a server of ours."""

import http.server
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from test_serving import answer, command, free_port

from collecting import KEY, project_at, rows
from motherlode.live import senders
from motherlode.project import Project
from troubled import TROUBLES, troubled

pytestmark = pytest.mark.slow

PYTHON = {
    "segment-analytics-python": """
import segment.analytics as analytics
analytics.write_key, analytics.host, analytics.debug = KEY, URL, True
analytics.on_error = lambda error, items: ERRORS.append(str(error))
analytics.identify("u-1", {"email": "zhang@example.cn", "name": "张伟"}, anonymous_id="anon-1")
analytics.track("u-1", "Order Completed", {"order_id": "o-1", "revenue": 128.5})
analytics.page("u-1", "Docs", "Home", {"url": "https://example.cn/"})
analytics.group("u-1", "acct-9", {"name": "富矿科技"})
analytics.alias("anon-1", "u-1")
analytics.flush(); analytics.shutdown()
""",
    "rudder-sdk-python": """
import rudderstack.analytics as rudder
rudder.write_key, rudder.dataPlaneUrl, rudder.debug = KEY, URL, True
rudder.on_error = lambda error, items: ERRORS.append(str(error))
rudder.identify("u-1", {"email": "zhang@example.cn"}, anonymous_id="anon-1")
rudder.track("u-1", "Order Completed", {"order_id": "o-1", "revenue": 128.5})
rudder.page("u-1", "Docs", "Home", {"url": "https://example.cn/"})
rudder.group("u-1", "acct-9", {"name": "富矿科技"})
rudder.alias("anon-1", "u-1")
rudder.flush(); rudder.shutdown()
""",
    "posthog": """
from posthog import Posthog
client = Posthog(KEY, host=URL, on_error=lambda error, items: ERRORS.append(str(error)))
client.capture("Order Completed", distinct_id="u-1", properties={"order_id": "o-1", "revenue": 128.5})
client.set(distinct_id="u-1", properties={"email": "zhang@example.cn"})
client.alias("anon-1", "u-1")
client.group_identify("company", "acct-9", {"name": "富矿科技"})
client.capture("Tea Drunk", distinct_id="u-1")
client.flush(); client.shutdown()
""",
}
NODE = {
    "@segment/analytics-node": """
const { Analytics } = require('@segment/analytics-node');
const client = new Analytics({ writeKey: KEY, host: URL_OF_HOST });
client.on('error', (error) => errors.push(String(error.reason || error.code)));
client.identify({ userId: 'u-1', anonymousId: 'anon-1', traits: { email: 'zhang@example.cn' } });
client.track({ userId: 'u-1', event: 'Order Completed', properties: { order_id: 'o-1', revenue: 128.5 } });
client.page({ userId: 'u-1', name: 'Home' });
client.group({ userId: 'u-1', groupId: 'acct-9', traits: { name: '富矿科技' } });
client.alias({ userId: 'u-1', previousId: 'anon-1' });
await client.closeAndFlush();
""",
    "@rudderstack/rudder-sdk-node": """
const Analytics = require('@rudderstack/rudder-sdk-node');
const client = new Analytics(KEY, { dataPlaneUrl: URL_OF_HOST, flushAt: 1 });
const said = (call) => new Promise((done) => call((error) => { if (error) errors.push(String(error)); done(); }));
await said((done) => client.identify({ userId: 'u-1', traits: { email: 'zhang@example.cn' } }, done));
await said((done) => client.track({ userId: 'u-1', event: 'Order Completed', properties: { order_id: 'o-1' } }, done));
await said((done) => client.page({ userId: 'u-1', name: 'Home' }, done));
await said((done) => client.group({ userId: 'u-1', groupId: 'acct-9' }, done));
await said((done) => client.alias({ userId: 'u-1', previousId: 'anon-1' }, done));
""",
    "posthog-node": """
const { PostHog } = require('posthog-node');
const client = new PostHog(KEY, { host: URL_OF_HOST });
client.on('error', (error) => errors.push(String(error)));
client.capture({ distinctId: 'u-1', event: 'Order Completed', properties: { order_id: 'o-1', revenue: 128.5 } });
client.identify({ distinctId: 'u-1', properties: { email: 'zhang@example.cn' } });
client.alias({ distinctId: 'u-1', alias: 'anon-1' });
client.groupIdentify({ groupType: 'company', groupKey: 'acct-9', properties: { name: '富矿科技' } });
client.capture({ distinctId: 'u-1', event: 'Tea Drunk' });
await client.shutdown();
""",
}
BROWSER = {
    "@segment/analytics-next": (
        "",
        "@segment/analytics-next/dist/umd/index.js",
        """
const options = { integrations: { 'Segment.io': { apiHost: HOST + '/v1', protocol: 'http' } } };
const client = window.AnalyticsNext.AnalyticsBrowser.load({ writeKey: KEY, cdnURL: URL_OF_HOST }, options);
client.identify('u-1', { email: 'zhang@example.cn' });
client.track('Order Completed', { order_id: 'o-1', revenue: 128.5 });
client.page('Home'); client.group('acct-9', { name: '富矿科技' }); client.alias('u-1');
""",
    ),
    "@rudderstack/analytics-js": (
        "",
        "@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js",
        """
const client = new window.rudderanalytics.RudderAnalytics();
client.load(KEY, URL_OF_HOST, { configUrl: URL_OF_HOST, integrations: { All: true } });
client.identify('u-1', { email: 'zhang@example.cn' });
client.track('Order Completed', { order_id: 'o-1', revenue: 128.5 });
client.page('Home'); client.group('acct-9', { name: '富矿科技' }); client.alias('u-2', 'u-1');
""",
    ),
    "posthog-js": (
        """
const options = { api_host: URL_OF_HOST, autocapture: false, request_batching: false, opt_out_useragent_filter: true };
window.posthog = []; window.posthog._i = [[KEY, options, 'posthog']]; window.posthog.__SV = 1;
""",
        "posthog-js/dist/array.full.no-external.js",
        """
posthog.identify('u-1', { email: 'zhang@example.cn' });
posthog.capture('Order Completed', { order_id: 'o-1', revenue: 128.5 });
posthog.group('company', 'acct-9', { name: '富矿科技' });
posthog.capture('Tea Drunk');
""",
    ),
}


@contextmanager
def server(shop: Path) -> Iterator[int]:
    port = free_port()
    with subprocess.Popen(command(shop, port), stderr=subprocess.DEVNULL) as served:
        try:
            answer(port, "/health")
            yield port
        finally:
            served.send_signal(signal.SIGTERM)


def key_of(trouble: str) -> str:
    """The write key of a source of its own for each trouble."""
    return f"{KEY}_{trouble.replace(' ', '_')}"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = project_at(tmp_path)
    with Project(root) as project:
        for trouble in TROUBLES:
            name, now = trouble.replace(" ", "_"), datetime(2026, 11, 1)
            senders.add(project.ledger, name, key_of(trouble), senders.Settings(), actor="test", now=now)
    return root


def delivered(shop: Path) -> dict[str, dict[str, Any]]:
    """What came of each trouble: events, numbers of messages, and what became of them."""
    sums = ", ".join(
        f"CAST(sum({name}) AS BIGINT) AS {name}" for name in ("stored", "duplicate", "quarantined", "refused")
    )
    found = {row["source"]: row for row in rows(shop, f"SELECT source, {sums} FROM collect.received GROUP BY source")}  # noqa: S608
    for row in rows(shop, "SELECT source, event, event_id FROM collect.raw_events"):
        found[row["source"]].setdefault("events", []).append(row["event"])
        found[row["source"]].setdefault("ids", []).append(row["event_id"])
    return {trouble: found.get(trouble.replace(" ", "_"), {"events": [], "ids": []}) for trouble in TROUBLES}


def check(shop: Path, wanted: set[str], at_least: int) -> None:
    """Whatever went wrong on the way, each event is there once."""
    told = delivered(shop)
    for trouble, got in told.items():
        assert (got["quarantined"], got["refused"]) == (0, 0), (trouble, got)
        assert wanted <= set(got["events"]), (trouble, got)
        assert len(got["ids"]) == len(set(got["ids"])) == got["stored"] >= at_least, (trouble, got)
    # A connection that was cut after the request was kept has it sent again.
    assert told["cut after"]["duplicate"] > 0 and told["none"]["duplicate"] == 0


@pytest.fixture(scope="session")
def python_sdks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("python")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--target",
        str(folder),
        *PYTHON,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no registry gives the Python SDKs")
    return folder


@pytest.fixture(scope="session")
def node_sdks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("node")
    if shutil.which("npm") is None:
        pytest.skip("npm is not there")
    command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *NODE, *BROWSER]
    if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
        pytest.skip("no registry gives the SDKs for Node")
    return folder


def python(name: str, port: int, trouble: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    begin = f"KEY, URL, ERRORS = {key_of(trouble)!r}, 'http://127.0.0.1:{port}', []"
    script = f"{begin}\n{PYTHON[name]}\nassert not ERRORS, ERRORS\n"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def node(name: str, port: int, trouble: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    begin = f"const KEY = '{key_of(trouble)}', URL_OF_HOST = 'http://127.0.0.1:{port}', errors = [];"
    end = "if (errors.length) { console.error(errors); process.exit(1); } process.exit(0);"
    script = f"{begin}(async () => {{{NODE[name]}{end}}})();"
    command = ["node", "-e", script]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("name", PYTHON)
def test_the_sdk_for_python_delivers_every_event_once_whatever_happens(name, shop, python_sdks):
    with server(shop) as port:
        for trouble in TROUBLES:
            with troubled(port, trouble) as there:
                done = python(name, there, trouble, python_sdks)
            assert done.returncode == 0, (trouble, done.stderr)
    check(shop, {"Order Completed", "identify", "alias", "group"}, 5)


@pytest.mark.parametrize("name", NODE)
def test_the_sdk_for_node_delivers_every_event_once_whatever_happens(name, shop, node_sdks):
    with server(shop) as port:
        for trouble in TROUBLES:
            with troubled(port, trouble) as there:
                done = node(name, there, trouble, node_sdks)
            assert done.returncode == 0, (trouble, done.stderr)
    check(shop, {"Order Completed", "identify", "alias", "group"}, 5)


STEADY = {
    "segment-analytics-python": """
import segment.analytics as analytics
analytics.write_key, analytics.host = KEY, URL
analytics.on_error = lambda error, items: ERRORS.append(str(error))
for n in range(50): analytics.track(WHO, "Tea Drunk", {"n": n}); time.sleep(0.1)
analytics.flush(); analytics.shutdown()
""",
    "rudder-sdk-python": """
import rudderstack.analytics as rudder
rudder.write_key, rudder.dataPlaneUrl = KEY, URL
rudder.on_error = lambda error, items: ERRORS.append(str(error))
for n in range(50): rudder.track(WHO, "Tea Drunk", {"n": n}); time.sleep(0.1)
rudder.flush(); rudder.shutdown()
""",
    "posthog": """
from posthog import Posthog
client = Posthog(KEY, host=URL, on_error=lambda error, items: ERRORS.append(str(error)))
for n in range(50): client.capture("Tea Drunk", distinct_id=WHO, properties={"n": n}); time.sleep(0.1)
client.flush(); client.shutdown()
""",
    "@segment/analytics-node": """
const { Analytics } = require('@segment/analytics-node');
const client = new Analytics({ writeKey: KEY, host: URL_OF_HOST, flushAt: 5 });
client.on('error', (error) => errors.push(String(error.reason || error.code)));
for (let n = 0; n < 50; n++) { client.track({ userId: WHO, event: 'Tea Drunk', properties: { n } }); await pause(); }
await client.closeAndFlush();
""",
    "@rudderstack/rudder-sdk-node": """
const Analytics = require('@rudderstack/rudder-sdk-node');
const client = new Analytics(KEY, { dataPlaneUrl: URL_OF_HOST, flushAt: 1 });
const all = [];
for (let n = 0; n < 50; n++) {
  all.push(new Promise((done) => client.track({ userId: WHO, event: 'Tea Drunk', properties: { n } }, (error) => {
    if (error) errors.push(String(error)); done();
  })));
  await pause();
}
await Promise.all(all);
""",
    "posthog-node": """
const { PostHog } = require('posthog-node');
const client = new PostHog(KEY, { host: URL_OF_HOST, flushAt: 5 });
client.on('error', (error) => errors.push(String(error)));
for (let n = 0; n < 50; n++) {
  client.capture({ distinctId: WHO, event: 'Tea Drunk', properties: { n } }); await pause();
}
await client.shutdown();
""",
}


def who(name: str) -> str:
    """A customer of each SDK; whatever has an @ is taken for an e-mail."""
    return name.replace("@", "")


def sending(name: str, port: int, python_sdks: Path, node_sdks: Path) -> "subprocess.Popen[str]":
    """A program that sends fifty events in five seconds."""
    if name in PYTHON:
        begin = f"import time; KEY, URL, WHO, ERRORS = {key_of('none')!r}, 'http://127.0.0.1:{port}', {who(name)!r}, []"
        script = [sys.executable, "-c", f"{begin}\n{STEADY[name]}\nassert not ERRORS, ERRORS\n"]
        environment, folder = {**os.environ, "PYTHONPATH": str(python_sdks)}, python_sdks
    else:
        begin = f"const KEY = '{key_of('none')}', URL_OF_HOST = 'http://127.0.0.1:{port}', WHO = '{who(name)}';"
        begin += "const errors = [];"
        begin += "const pause = () => new Promise((done) => setTimeout(done, 100));"
        end = "if (errors.length) { console.error(errors); process.exit(1); } process.exit(0);"
        script = ["node", "-e", f"{begin}(async () => {{{STEADY[name]}{end}}})();"]
        environment, folder = dict(os.environ), node_sdks
    return subprocess.Popen(script, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)


def test_no_sdk_loses_an_event_when_the_server_is_restarted_meanwhile(shop, python_sdks, node_sdks):
    with server(shop) as port:
        clients = {name: sending(name, port, python_sdks, node_sdks) for name in STEADY}
        until(lambda: sent(port) > 50)
        with subprocess.Popen([*command(shop, port), "--replace"], stderr=subprocess.DEVNULL) as new:
            told = {name: client.communicate(timeout=120)[1] for name, client in clients.items()}
            assert [(name, told[name]) for name, client in clients.items() if client.returncode] == []
            new.send_signal(signal.SIGTERM)
    sql = "SELECT customer_id, count(*) AS n, count(DISTINCT extra) AS different FROM collect.raw_events GROUP BY 1"
    got = {row["customer_id"]: (row["n"], row["different"]) for row in rows(shop, sql)}
    assert got == {who(name): (50, 50) for name in STEADY}


def test_an_sdk_that_reports_nothing_lost_nothing_when_the_server_was_killed_meanwhile(shop, python_sdks, node_sdks):
    """A cold start takes longer than some SDKs try: these say so, and what was acknowledged is there once."""
    port = free_port()
    with subprocess.Popen(command(shop, port), stderr=subprocess.DEVNULL) as killed:
        answer(port, "/health")
        clients = {name: sending(name, port, python_sdks, node_sdks) for name in STEADY}
        until(lambda: sent(port) > 50)
        killed.kill()
    with subprocess.Popen(command(shop, port), stderr=subprocess.DEVNULL) as again:
        told = {name: client.communicate(timeout=300)[1] for name, client in clients.items()}
        again.send_signal(signal.SIGTERM)
    sql = "SELECT customer_id, count(*) AS n, count(DISTINCT extra) AS different FROM collect.raw_events GROUP BY 1"
    got = {row["customer_id"]: (row["n"], row["different"]) for row in rows(shop, sql)}
    silent = {name for name, client in clients.items() if not client.returncode}
    assert len(silent) > 2, told
    assert {name: got[who(name)] for name in silent} == dict.fromkeys(silent, (50, 50)), told
    assert [name for name, (kept, different) in got.items() if kept != different] == []


@contextmanager
def pages(folder: Path) -> Iterator[int]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield serving.server_address[1]
        serving.shutdown()


@pytest.mark.parametrize("name", BROWSER)
def test_the_sdk_for_browsers_delivers_every_event_once_whatever_happens(name, shop, node_sdks):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium is there")
    before, bundle, calls = BROWSER[name]
    with server(shop) as port, pages(node_sdks) as here:
        for trouble in TROUBLES:
            with troubled(port, trouble) as there:
                begin = f"const KEY = '{key_of(trouble)}', HOST = '127.0.0.1:{there}', URL_OF_HOST = 'http://' + HOST;"
                page = f"<!doctype html><script>{begin}{before}</script>"
                page += f"<script src='/node_modules/{bundle}'></script><script>{calls}</script>"
                (node_sdks / "page.html").write_text(page)
                seen = sent(port)
                with browsing(chromium, f"http://127.0.0.1:{here}/page.html"):
                    until(lambda seen=seen: sent(port) >= seen + 4)
                    # Whoever tries again does so after seconds.
                    time.sleep(5)
    check(shop, {"Order Completed", "identify"}, 4)


@contextmanager
def browsing(chromium: str, address: str) -> Iterator[None]:
    flags = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [chromium, *flags, f"--user-data-dir={profile}", address]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as browser:
            yield
            browser.terminate()


def until(happened: Callable[[], bool]) -> None:
    for _ in range(300):
        if happened():
            return
        time.sleep(0.1)
    raise AssertionError("it never happened")


def sent(port: int) -> int:
    """How many events the server has taken."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as said:
        lines = said.read().decode().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith('motherlode_events_total{outcome="stored"'))
