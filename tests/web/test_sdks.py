"""The SDKs themselves, as a registry gives them, pointed at a server of ours."""

import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from test_serving import answer, free_port

from collecting import KEY, project_at, rows

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
    command = [sys.executable, "-m", "motherlode", "serve", "--project", str(shop), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as served:
        answer(port, "/health")
        yield port
        served.send_signal(signal.SIGTERM)


def delivered(shop: Path) -> dict[str, Any]:
    (counts,) = rows(
        shop,
        "SELECT CAST(sum(stored) AS BIGINT) AS stored, CAST(sum(quarantined) AS BIGINT) AS aside FROM collect.received",
    )
    said = {row["event"] for row in rows(shop, "SELECT DISTINCT event FROM collect.raw_events")}
    return {**counts, "events": said}


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


@pytest.mark.parametrize("name", PYTHON)
def test_the_sdk_for_python_delivers_every_event(name, tmp_path, python_sdks):
    shop = project_at(tmp_path)
    with server(shop) as port:
        script = (
            f"KEY, URL, ERRORS = {KEY!r}, 'http://127.0.0.1:{port}', []\n{PYTHON[name]}\nassert not ERRORS, ERRORS\n"
        )
        environment = {**os.environ, "PYTHONPATH": str(python_sdks)}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    got = delivered(shop)
    assert (got["stored"], got["aside"]) == (5, 0)
    assert {"Order Completed", "identify", "alias", "group"} <= got["events"]


@pytest.mark.parametrize("name", NODE)
def test_the_sdk_for_node_delivers_every_event(name, tmp_path, node_sdks):
    shop = project_at(tmp_path)
    with server(shop) as port:
        begin = f"const KEY = '{KEY}', URL_OF_HOST = 'http://127.0.0.1:{port}', errors = [];"
        end = "if (errors.length) { console.error(errors); process.exit(1); } process.exit(0);"
        script = f"{begin}(async () => {{{NODE[name]}{end}}})();"
        done = subprocess.run(
            ["node", "-e", script], cwd=node_sdks, capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 0, done.stderr
    got = delivered(shop)
    assert (got["stored"], got["aside"]) == (5, 0)
    assert {"Order Completed", "identify", "alias", "group"} <= got["events"]


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
def test_the_sdk_for_browsers_delivers_every_event(name, tmp_path, node_sdks):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium is there")
    shop = project_at(tmp_path)
    before, bundle, calls = BROWSER[name]
    with server(shop) as port, pages(node_sdks) as here:
        begin = f"const KEY = '{KEY}', HOST = '127.0.0.1:{port}', URL_OF_HOST = 'http://' + HOST;"
        page = f"<!doctype html><script>{begin}{before}</script>"
        page += f"<script src='/node_modules/{bundle}'></script><script>{calls}</script>"
        (node_sdks / "page.html").write_text(page)
        flags = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={tmp_path / 'browser'}", "--remote-debugging-port=0",
        ]  # fmt: skip
        address = f"http://127.0.0.1:{here}/page.html"
        with subprocess.Popen(
            [chromium, *flags, address], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        ) as browser:
            for _ in range(150):
                time.sleep(0.2)
                if _sent(shop, port) >= 4:
                    break
            time.sleep(1)
            browser.terminate()
    got = delivered(shop)
    assert got["aside"] == 0
    assert {"Order Completed", "identify"} <= got["events"]


def _sent(shop: Path, port: int) -> int:
    """How many events the server has taken."""
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as said:
        lines = said.read().decode().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith('motherlode_events_total{outcome="stored"'))
