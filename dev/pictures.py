"""Make the README's pictures again, from real screens of the demo company: ./oms pictures."""

import os
import sys
from pathlib import Path

from browser import ROW, launch, log_in, new_page, open_cockpit, save_small, serve
from PIL import Image
from playwright.sync_api import sync_playwright

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def take(page, folder, name):
    """Save what the page shows once nothing moves any more; the open connection for news never lets the network idle."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(2500)
    path = folder / f"{name}.png"
    page.screenshot(path=path)
    save_small(Image.open(path), path)


def leave_out_chats(page):
    """Never show the windows in which a colleague, or OdooBot, starts to talk: they would cover the screen."""
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
            const style = document.createElement("style");
            style.textContent = ".o-mail-ChatHub { display: none !important }";
            document.head.append(style);
        });"""
    )


def take_cockpit(page, address, folder):
    open_cockpit(page, address)
    take(page, folder, "cockpit")
    page.locator(ROW).nth(3).locator("td").nth(3).click()
    page.wait_for_selector(".o_oms_panel")
    take(page, folder, "panel")


def open_critical(page, address):
    """Open the cockpit on what is critical, and the panel on the order of the demo that is short, late and not shipped."""
    open_cockpit(page, address)
    page.click(".o_oms_chip[data-band=critical]")
    page.wait_for_selector(".o_oms_chip[data-band=critical][aria-pressed=true]")
    row = page.locator(ROW, has_text="Delmar Logistics").filter(has_text="Past its promise")
    row.locator(".o_oms_band").first.click()
    page.wait_for_selector(".o_oms_panel .o_oms_remedy")


def take_issue(page, address, folder):
    open_critical(page, address)
    take(page, folder, "issue")


def take_issues(page, address, folder):
    page.goto(f"{address}/odoo/order-issues")
    page.wait_for_selector(ROW)
    take(page, folder, "issues")


def take_hold(page, address, folder):
    open_cockpit(page, address)
    page.click(".o_oms_tile[data-stage=check]")
    page.wait_for_selector(".o_facet_value:has-text('Check')")
    page.locator(ROW, has=page.locator(".o_oms_held")).last.locator("a").first.click()
    page.wait_for_selector(".o_form_view .alert .fa-lock")
    take(page, folder, "hold")


def take_rule(page, address, folder):
    page.goto(f"{address}/odoo/action-oms_order_to_cash.oms_rule_action")
    page.locator(ROW, has_text="Credit sale").locator("td[name=name]").click()
    page.wait_for_selector(".o_form_view")
    take(page, folder, "rule")


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


def take_reorder(page, address, folder):
    page.goto(f"{address}/odoo/reordering")
    page.locator(ROW, has_text="Office Chair, Mesh").locator("td[name=product_id]").click()
    page.wait_for_selector(".o_form_view .o_oms_reorder_chart")
    take(page, folder, "reorder")


def take_what_if(page, address, folder):
    page.goto(f"{address}/odoo/action-oms_order_to_cash_reorder.oms_reorder_what_if_action")
    page.wait_for_selector(".modal .o_oms_reorder_curve")
    take(page, folder, "what_if")


def take_settings(page, address, folder):
    page.goto(f"{address}/odoo/settings#oms_order_to_cash")
    page.wait_for_selector(".settings_tab")
    page.click(".settings_tab .tab[data-key=oms_order_to_cash]")
    take(page, folder, "settings")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    with serve(os.environ["OMS_DB"], os.environ["OMS_PORT"]) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        page = new_page(browser, WIDE)
        leave_out_chats(page)
        log_in(page, address)
        for screen in (
            take_cockpit,
            take_issue,
            take_issues,
            take_hold,
            take_rule,
            take_bulk,
            take_order,
            take_reorder,
            take_what_if,
            take_settings,
        ):
            screen(page, address, folder)
        phone = new_page(browser, PHONE, device_scale_factor=2)
        leave_out_chats(phone)
        log_in(phone, address)
        open_cockpit(phone, address)
        take(phone, folder, "phone")
        open_critical(phone, address)
        take(phone, folder, "phone_issue")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
