import {expect, test} from "@odoo/hoot";
import {click} from "@odoo/hoot-dom";
import {animationFrame, delay} from "@odoo/hoot-mock";
import {GATHER_MS} from "@oms_order_to_cash/cockpit/flow_bus";
import {contains, mountView, onRpc} from "@web/../tests/web_test_helpers";
import {announce, defineOmsModels, makePanel} from "./oms_test_helpers";

defineOmsModels();

function mountForm(resId = 11) {
    return mountView({
        type: "form",
        resModel: "sale.order",
        resId,
        arch: /* xml */ `
            <form>
                <header/>
                <widget name="oms_order_strip"/>
                <sheet><field name="name"/></sheet>
            </form>`,
    });
}

test("shows where the order stands, and reads again after a save", async () => {
    onRpc("oms.cockpit", "get_order_strip", ({args: [id]}) => {
        expect.step(`strip ${id}`);
        return makePanel();
    });
    await mountForm();
    await animationFrame();
    expect(".o_oms_order_strip .o_oms_lane").toHaveCount(6);
    expect(".o_oms_order_strip .o_oms_next").toHaveText("Deliver");
    await contains("[name=name] input").edit("S1");
    await click(".o_form_button_save");
    await animationFrame();
    expect.verifySteps(["strip 11", "strip 11"]);
});

test("hears of changes of this order only", async () => {
    onRpc("oms.cockpit", "get_order_strip", () => {
        expect.step("strip");
        return makePanel();
    });
    await mountForm();
    await animationFrame();
    expect.verifySteps(["strip"]);
    announce([2], [12]);
    await delay(2 * GATHER_MS);
    expect.verifySteps([]);
    announce([1, 2], [11, 12]);
    await expect.waitForSteps(["strip"]);
});

test("a new order has none, and asks for none", async () => {
    onRpc("oms.cockpit", "get_order_strip", () => expect.step("strip"));
    await mountForm(false);
    await animationFrame();
    expect(".o_oms_order_strip").toHaveCount(0);
    expect.verifySteps([]);
});

test("no right to see it, or a failure, leaves the form alone", async () => {
    onRpc("oms.cockpit", "get_order_strip", () => false);
    await mountForm();
    await animationFrame();
    expect(".o_oms_order_strip").toHaveCount(0);
    expect("[name=name] input").toHaveValue("S00011");
});

test("the next step runs on what is saved", async () => {
    onRpc("oms.cockpit", "get_order_strip", () => makePanel());
    onRpc("sale.order", "web_save", () => {
        expect.step("save");
    });
    onRpc("oms.flow", "action_next", () => {
        expect.step("run");
        return false;
    });
    onRpc("sale.order", "web_read", () => {
        expect.step("read");
    });
    await mountForm();
    await animationFrame();
    await contains("[name=name] input").edit("S1", {confirm: false});
    await click(".o_oms_next");
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["read", "save", "run", "read"]);
});
