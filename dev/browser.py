"""What the pictures and the benchmark of the open screen share: a running Odoo, a browser in it, and its pictures."""

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
CHROMIUM = "/usr/bin/chromium"
COCKPIT = "/odoo/action-oms_order_to_cash.oms_flow_action"
ROW = ".o_data_row"
_TIMEOUT_MS = 120_000


def launch(playwright):
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)


def new_page(browser, viewport, **options):
    page = browser.new_page(viewport=viewport, **options)
    page.set_default_timeout(_TIMEOUT_MS)
    return page


def log_in(page, address, login="admin"):
    page.goto(f"{address}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")


def open_cockpit(page, address):
    page.goto(address + COCKPIT)
    page.wait_for_selector(ROW)


def save_small(picture, path):
    """Save a picture without what is nothing to the eye: a 32nd of a shade makes a quarter of the size."""
    picture.convert("RGB").point(lambda shade: min(255, (shade + 4) // 8 * 8)).save(path, optimize=True)
    print(f"oms: {path.name}", file=sys.stderr)


@contextmanager
def serve(database, port):
    """Run Odoo, its scheduled actions and its notices to browsers too; its address is the value."""
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "odoo", "-c", os.environ["OMS_CONF"], "-d", database]
    server = subprocess.Popen([*command, "--http-port", str(port), "--max-cron-threads", "2", "--log-level", "warn"])
    try:
        wait_for(f"{address}/web/login", server)
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(url, server):
    while server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=120).close()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("Odoo did not start")
