import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {after, expect, test} from "@odoo/hoot";
import {click, resize} from "@odoo/hoot-dom";
import {animationFrame, tick} from "@odoo/hoot-mock";
import {Component, useState, xml} from "@odoo/owl";
import {mountWithCleanup} from "@web/../tests/web_test_helpers";
import {browser} from "@web/core/browser/browser";
import {router, routerBus} from "@web/core/browser/router";
import {useBackToClose} from "@oms_order_to_cash/order_panel/back_to_close";

defineMailModels();

class Overlay extends Component {
    static template = xml`<button t-on-click="() => this.close()">Close</button>`;
    static props = {onClose: Function};

    setup() {
        this.close = useBackToClose(() => this.props.onClose());
    }
}

class Screen extends Component {
    static components = {Overlay};
    static template = xml`<Overlay t-if="state.open" onClose="() => this.close()"/>`;
    static props = {};

    setup() {
        this.state = useState({open: true});
    }

    close() {
        expect.step("close");
        this.state.open = false;
    }
}

async function mountScreen(width) {
    await resize({width, height: 800});
    browser.history.replaceState({nextState: {action: "orders"}}, "", "/odoo/orders");
    browser.history.pushState({nextState: {action: "cockpit"}}, "", "/odoo/cockpit");
    await mountWithCleanup(Screen);
    const leave = () => expect.step("leave");
    routerBus.addEventListener("ROUTE_CHANGE", leave);
    after(() => routerBus.removeEventListener("ROUTE_CHANGE", leave));
}

async function goBack() {
    browser.history.back();
    await tick();
    await animationFrame();
}

test("on a phone Back closes what lies over the screen, and the screen stays", async () => {
    await mountScreen(390);
    expect(browser.history.state.isOverlay).toBe(true);
    await goBack();
    expect.verifySteps(["close"]);
    expect("button").toHaveCount(0);
    expect(browser.history.state).toEqual({nextState: {action: "cockpit"}});
    expect(router.skipLoad).toBe(false);
});

test("on a phone a click closes it, and Back then leaves the screen", async () => {
    await mountScreen(390);
    await click("button");
    await tick();
    await animationFrame();
    expect.verifySteps(["close"]);
    expect(browser.history.state).toEqual({nextState: {action: "cockpit"}});
    expect(router.skipLoad).toBe(false);
    browser.history.pushState({nextState: {action: "order"}}, "");
    await goBack();
    expect.verifySteps(["leave"]);
});

test("on a phone Back closes what lies over it first", async () => {
    await mountScreen(390);
    browser.history.pushState({bottomSheet: true}, "");
    await goBack();
    expect.verifySteps([]);
    expect("button").toHaveCount(1);
    await goBack();
    expect.verifySteps(["close"]);
});

test("on a phone a way back beyond the screen leaves it", async () => {
    await mountScreen(390);
    browser.history.go(-2);
    await animationFrame();
    expect.verifySteps(["leave"]);
});

test("on a desktop the history is left alone", async () => {
    await mountScreen(1366);
    expect(browser.history.state.isOverlay).toBe(undefined);
    await click("button");
    expect.verifySteps(["close"]);
});
