import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, expect, test} from "@odoo/hoot";
import {click, queryAllTexts} from "@odoo/hoot-dom";
import {animationFrame, mockDate} from "@odoo/hoot-mock";
import {Component, useState, xml} from "@odoo/owl";
import {mockService, mountWithCleanup, onRpc} from "@web/../tests/web_test_helpers";
import {OrderPanel} from "@oms_order_to_cash/order_panel/order_panel";
import {makePanel} from "./oms_test_helpers";

defineMailModels();

beforeEach(() => mockDate("2026-11-24 12:00:00", 0));

class Parent extends Component {
    static components = {OrderPanel};
    static template = xml`<OrderPanel flowId="state.flowId" version="state.version" onClose="() => this.close()"/>`;
    static props = {};

    setup() {
        this.state = useState({flowId: 1, version: 0});
    }

    close() {
        expect.step("close");
    }
}

test("shows where the order stands, what happened and its documents", async () => {
    onRpc("oms.cockpit", "get_panel", () => makePanel());
    await mountWithCleanup(Parent);
    await animationFrame();
    expect("h4").toHaveText("S00011");
    expect(".badge:first").toHaveText("Pick");
    expect(queryAllTexts("dt")).toEqual([
        "Value at stake",
        "Promised",
        "In this stage for",
    ]);
    expect("dd:first").toHaveText("$ 250.00");
    expect("dd.text-danger").toHaveText("Nov 20, 2026 (4 days ago)");
    expect("dd:last").toHaveText("2 days");
    expect(".o_oms_document").toHaveCount(1);
    expect(".o_oms_document a").toHaveAttribute("href", "/odoo/stock.picking/5");
    expect(".o_oms_document .badge").toHaveText("Ready");
    expect(".o_oms_event").toHaveCount(2);
    expect(".o_oms_event_planned.o_oms_event_late").toHaveCount(1);
});

test("amounts and documents the user may not see are not there", async () => {
    onRpc("oms.cockpit", "get_panel", () =>
        makePanel({amount_open: false, documents: []})
    );
    await mountWithCleanup(Parent);
    await animationFrame();
    expect(queryAllTexts("dt")).toEqual(["Promised", "In this stage for"]);
    expect(".o_oms_document").toHaveCount(0);
});

test("a document opens in the web client, with the way back", async () => {
    mockService("action", {
        doAction: ({res_model, res_id}) => expect.step(`${res_model} ${res_id}`),
    });
    onRpc("oms.cockpit", "get_panel", () => makePanel());
    await mountWithCleanup(Parent);
    await animationFrame();
    await click(".o_oms_document a");
    await click("h4 a");
    expect.verifySteps(["stock.picking 5", "sale.order 11"]);
});

test("another order, or a change of this one, is read; what is shown stays meanwhile", async () => {
    onRpc("oms.cockpit", "get_panel", ({args: [id]}) => {
        expect.step(`panel ${id}`);
        return makePanel({id, name: `S0001${id}`});
    });
    const parent = await mountWithCleanup(Parent);
    await animationFrame();
    parent.state.flowId = 2;
    await animationFrame();
    expect(".placeholder").toHaveCount(0);
    expect("h4").toHaveText("S00012");
    parent.state.version++;
    await animationFrame();
    expect.verifySteps(["panel 1", "panel 2", "panel 2"]);
});

test("a failed read offers another try", async () => {
    let fails = true;
    onRpc("oms.cockpit", "get_panel", () => {
        if (fails) {
            throw new Error("out of order");
        }
        return makePanel();
    });
    await mountWithCleanup(Parent);
    await animationFrame();
    expect("[role=alert]").toHaveText(/could not be read/);
    fails = false;
    await click("button:contains(Retry)");
    await animationFrame();
    expect("h4").toHaveText("S00011");
});

test("an order out of sight is told, and the panel can be closed", async () => {
    onRpc("oms.cockpit", "get_panel", () => false);
    await mountWithCleanup(Parent);
    await animationFrame();
    expect("[role=alert]").toHaveText(/not there any more/);
    await click(".btn-close");
    expect.verifySteps(["close"]);
});
