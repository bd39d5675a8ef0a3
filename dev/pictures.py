"""Make the README's pictures again, from real screens of the demo company: ./oms pictures."""

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
COCKPIT = "/odoo/action-oms_order_to_cash.oms_flow_action"
ROW = ".o_data_row"


def log_in(page, address, login="admin"):
    page.goto(f"{address}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")


def take(page, folder, name):
    """Save what the page shows once nothing moves any more; the open connection for news never lets the network idle."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(2500)
    page.screenshot(path=folder / f"{name}.png")
    print(f"oms: {name}.png", file=sys.stderr)


def open_cockpit(page, address):
    page.goto(address + COCKPIT)
    page.wait_for_selector(ROW)


def take_cockpit(page, address, folder):
    open_cockpit(page, address)
    take(page, folder, "cockpit")
    page.locator(ROW).nth(3).locator("td").nth(3).click()
    page.wait_for_selector(".o_oms_panel")
    take(page, folder, "panel")


def take_bulk(page, address, folder):
    open_cockpit(page, address)
    for row in range(8):
        page.locator(ROW).nth(row).locator("input[type=checkbox]").click()
    page.click("button:has-text('Run Step')")
    page.wait_for_selector(".modal .o_form_view")
    take(page, folder, "bulk")


def take_order(page, address, folder):
    open_cockpit(page, address)
    page.locator(ROW).nth(3).locator("a").first.click()
    page.wait_for_selector(".o_form_view .o_oms_order_strip")
    take(page, folder, "order")


def take_settings(page, address, folder):
    page.goto(f"{address}/odoo/settings#oms_order_to_cash")
    page.wait_for_selector(".settings_tab")
    page.click(".settings_tab .tab[data-key=oms_order_to_cash]")
    take(page, folder, "settings")


@contextmanager
def serve():
    """Run Odoo while the pictures are taken."""
    port = os.environ["OMS_PORT"]
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "odoo", "-c", os.environ["OMS_CONF"], "-d", os.environ["OMS_DB"]]
    server = subprocess.Popen([*command, "--http-port", port, "--max-cron-threads", "1", "--log-level", "warn"])
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


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    with serve() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        page = browser.new_page(viewport=WIDE)
        page.set_default_timeout(120_000)
        log_in(page, address)
        for screen in (take_cockpit, take_bulk, take_order, take_settings):
            screen(page, address, folder)
        phone = browser.new_page(viewport=PHONE, device_scale_factor=2)
        phone.set_default_timeout(120_000)
        log_in(phone, address)
        open_cockpit(phone, address)
        take(phone, folder, "phone")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
