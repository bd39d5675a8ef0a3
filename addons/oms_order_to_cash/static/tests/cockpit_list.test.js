import {beforeEach, expect, test} from "@odoo/hoot";
import {click, press, queryAllTexts} from "@odoo/hoot-dom";
import {Deferred, animationFrame, delay, mockDate} from "@odoo/hoot-mock";
import {GATHER_MS, PAUSE_MS} from "@oms_order_to_cash/cockpit/flow_bus";
import {MockServer, mountView, onRpc} from "@web/../tests/web_test_helpers";
import {announce, defineOmsModels, mockCockpit} from "./oms_test_helpers";

defineOmsModels();

beforeEach(() => {
    mockDate("2026-11-24 12:00:00", 0);
    mockCockpit();
});

async function mountCockpit() {
    await mountView({
        type: "list",
        resModel: "oms.flow",
        context: {search_default_stage_open: 1},
        loadActionMenus: true,
    });
    await animationFrame();
}

const OPEN = `strip []`;

test("rows show the order, its promise, its age and its next step", async () => {
    await mountCockpit();
    expect.verifySteps([OPEN]);
    expect(queryAllTexts(".o_oms_order a")).toEqual(["S00011", "S00012", "S00013"]);
    // Late only while something promised is still pending.
    expect(".o_oms_due.text-danger").toHaveCount(1);
    expect(".o_data_row:first .o_oms_due").toHaveText(/4 days ago/);
    expect(".o_data_row:last .o_oms_due").toHaveText(/in 3 days/);
    expect(".o_data_row:first .o_oms_age").toHaveText("4 days");
    expect(queryAllTexts("button.o_oms_next")).toEqual(["Confirm", "Deliver"]);
    expect(".o_oms_next_wait").toHaveText("Wait");
});

test("a stage is chosen instead of the others, shows as a facet, and goes back", async () => {
    await mountCockpit();
    expect(queryAllTexts(".o_facet_value")).toEqual(["All Open"]);
    await click("[data-stage=pick]");
    await animationFrame();
    expect(queryAllTexts(".o_facet_value")).toEqual(["Pick"]);
    expect("[data-stage=pick]").toHaveAttribute("aria-pressed", "true");
    expect(queryAllTexts(".o_oms_order a")).toEqual(["S00012", "S00013"]);
    await click("[data-stage=pick]");
    await animationFrame();
    expect(queryAllTexts(".o_facet_value")).toEqual(["All Open"]);
    expect(".o_data_row").toHaveCount(3);
    expect.verifySteps([OPEN, OPEN, OPEN]);
});

test("the stages count the search without their own choice", async () => {
    await mountView({
        type: "list",
        resModel: "oms.flow",
        context: {search_default_stage_pick: 1, search_default_mine: 1},
    });
    expect.verifySteps([`strip [["amount_open","=",0]]`]);
});

test("a click opens the panel, arrows move it, Escape closes it", async () => {
    await mountCockpit();
    await click(".o_data_row:first td[name=stage]");
    await animationFrame();
    expect(".o_oms_panel h4").toHaveText("S00011");
    expect(".o_data_row:first").toHaveClass("o_oms_current");
    expect("td[name=stage_since]").toHaveCount(0);
    await press("ArrowDown");
    await animationFrame();
    await animationFrame();
    expect(".o_oms_panel h4").toHaveText("S00012");
    await press("Escape");
    await animationFrame();
    expect(".o_oms_panel").toHaveCount(0);
    expect("td[name=stage_since]").toHaveCount(3);
    expect(".o_data_row:eq(1) td[name=order_id]").toBeFocused();
    expect.verifySteps([OPEN, "panel 1", "panel 2"]);
});

test("a change by anyone shows, with selection, focus and panel kept", async () => {
    await mountCockpit();
    await click(".o_data_row:first td[name=stage]");
    await animationFrame();
    await click(".o_data_row:eq(1) .o_list_record_selector input");
    await animationFrame();
    expect.verifySteps([OPEN, "panel 1", "panel 2"]);
    MockServer.env["oms.flow"].write([3], {
        next_action: "deliver",
        has_runnable_action: true,
    });
    announce([3]);
    await expect.waitForSteps([OPEN, "panel 2"]);
    await animationFrame();
    await animationFrame();
    expect(".o_data_row:last button.o_oms_next").toHaveText("Deliver");
    expect(".o_data_row:eq(1)").toHaveClass("o_data_row_selected");
    expect(".o_data_row_selected").toHaveCount(1);
    expect(".o_data_row:eq(1)").toHaveClass("o_oms_current");
    expect(".o_data_row:eq(1) .o_list_record_selector input").toBeFocused();
});

test("several notices are one reload", async () => {
    await mountCockpit();
    onRpc("web_search_read", () => {
        expect.step("rows");
    });
    expect.verifySteps([OPEN]);
    announce([1]);
    announce([2]);
    announce([3]);
    await expect.waitForSteps([OPEN, "rows"]);
    await delay(2 * GATHER_MS);
    expect.verifySteps([]);
});

test("a search during a reload does not stop the reloads after it", async () => {
    const late = new Deferred();
    let calls = 0;
    onRpc("oms.cockpit", "get_strip", async ({parent}) => {
        calls++;
        if (calls === 2) {
            await late;
        }
        return parent();
    });
    await mountCockpit();
    announce([1]);
    await delay(2 * GATHER_MS);
    expect(calls).toBe(2, {message: "the reload waits for its stages"});
    await click("[data-stage=pick]");
    await animationFrame();
    late.resolve();
    await animationFrame();
    announce([1]);
    await delay(GATHER_MS + PAUSE_MS);
    expect(calls).toBe(4);
    expect.verifySteps([OPEN, OPEN, OPEN, OPEN]);
});
