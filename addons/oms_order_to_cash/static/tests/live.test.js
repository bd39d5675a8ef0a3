import {beforeEach, expect, freezeTime, test} from "@odoo/hoot";
import {advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {Component, xml} from "@odoo/owl";
import {
    getMockEnv,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {GATHER_MS, PAUSE_MS, useFlowChanges} from "@oms_order_to_cash/cockpit/flow_bus";
import {defineOmsModels, makePanel, mockBus, STRIP} from "./oms_test_helpers";

defineOmsModels();

beforeEach(() => {
    mockDate("2026-11-24 12:00:00", 0);
    freezeTime();
});

class Listener extends Component {
    static template = xml`<div/>`;
    static props = {};

    setup() {
        useFlowChanges(({ids, all}) => {
            expect.step(`${ids.length}${all ? " all" : ""}`);
        });
    }
}

test("the first notice is told at once, and then one a second", async () => {
    const tell = mockBus();
    await mountWithCleanup(Listener);
    tell(1);
    tell(1);
    await advanceTime(GATHER_MS);
    expect.verifySteps(["1"]);
    tell(2);
    tell(3);
    await advanceTime(GATHER_MS);
    expect.verifySteps([]);
    await advanceTime(PAUSE_MS);
    expect.verifySteps(["2"]);
});

test("500 changes a minute are read at most once a second", async () => {
    const tell = mockBus();
    let calls = 0;
    onRpc("oms.cockpit", "get_strip", () => {
        calls++;
        return STRIP;
    });
    await mountView({type: "list", resModel: "oms.flow"});
    await animationFrame();
    calls = 0;
    // Twelve seconds of them.
    for (let change = 0; change < 100; change++) {
        tell(change);
        await advanceTime(120);
    }
    await advanceTime(2 * PAUSE_MS);
    expect(calls).toBeGreaterThan(10);
    expect(calls).toBeLessThan(15);
});

test("a hidden page reads nothing, and once when it is shown again", async () => {
    const tell = mockBus();
    await mountWithCleanup(Listener);
    Object.defineProperty(document, "hidden", {value: true, configurable: true});
    for (let change = 0; change < 20; change++) {
        tell(change);
        await advanceTime(PAUSE_MS);
    }
    expect.verifySteps([]);
    delete document.hidden;
    document.dispatchEvent(new Event("visibilitychange"));
    expect.verifySteps(["20"]);
});

test("what this page undid is read without waiting for the news", async () => {
    mockBus();
    await mountWithCleanup(Listener);
    getMockEnv().bus.trigger("OMS:CHANGED");
    await advanceTime(GATHER_MS);
    expect.verifySteps(["0 all"]);
});

test("an order's form reads its strip at most once a second", async () => {
    const tell = mockBus();
    onRpc("oms.cockpit", "get_order_strip", () => {
        expect.step("strip");
        return makePanel();
    });
    await mountView({
        type: "form",
        resModel: "sale.order",
        resId: 11,
        arch: `<form><widget name="oms_order_strip"/><field name="name"/></form>`,
    });
    await animationFrame();
    expect.verifySteps(["strip"]);
    for (let change = 0; change < 20; change++) {
        tell(11);
        await advanceTime(100);
    }
    await advanceTime(PAUSE_MS);
    expect.verifySteps(["strip", "strip", "strip"]);
});
