import {beforeEach, expect, freezeTime, test} from "@odoo/hoot";
import {
    click,
    dblclick,
    hover,
    manuallyDispatchProgrammaticEvent,
    pointerDown,
    press,
    queryAllTexts,
    queryFirst,
} from "@odoo/hoot-dom";
import {Deferred, advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {GATHER_MS, PAUSE_MS} from "@oms_order_to_cash/cockpit/flow_bus";
import {LEAVE_MS} from "@oms_order_to_cash/cockpit/rows_presence";
import {SETTLE_MS} from "@oms_order_to_cash/cockpit/steady_rows";
import {MockServer, mountView, onRpc} from "@web/../tests/web_test_helpers";
import {defineOmsModels, makePanel, mockBus, STRIP} from "./oms_test_helpers";

defineOmsModels();

const FIRST = ".o_data_row:first";
const PILL = ".o_oms_changes_pill";

let tell = null;

beforeEach(() => {
    mockDate("2026-11-24 12:00:00", 0);
    freezeTime();
    tell = mockBus();
    onRpc("oms.cockpit", "get_strip", () => STRIP);
    onRpc("oms.cockpit", "get_panel", ({args: [id]}) => makePanel({id}));
    onRpc("oms.flow", "action_next", ({args: [[id]]}) => {
        expect.step(`run ${id}`);
        // It leaves the list, and the next order is where it was.
        change(id, {stage: "closed", next_action: "deliver"});
        return {
            type: "ir.actions.client",
            tag: "oms_job_result",
            params: {
                type: "success",
                title: "Confirm",
                message: "S00011",
                undo_job_id: 5,
            },
        };
    });
    onRpc("oms.job", "action_undo", ({args: [[id]]}) => {
        expect.step(`undo ${id}`);
        change(1, {stage: "quotation", next_action: "confirm"});
        return false;
    });
});

function change(id, values) {
    MockServer.env["oms.flow"].write([id], values);
}

function names() {
    return queryAllTexts(".o_oms_order a");
}

async function mountCockpit(props = {}) {
    await mountView({
        type: "list",
        resModel: "oms.flow",
        context: {search_default_stage_open: 1},
        ...props,
    });
    await animationFrame();
}

/** Let the news come, be read, and be drawn. */
async function news(...ids) {
    tell(...(ids.length ? ids : [1]));
    await settle(GATHER_MS + PAUSE_MS);
}

async function settle(ms) {
    const frames = 10;
    for (let frame = 0; frame < frames; frame++) {
        await advanceTime(Math.ceil(ms / frames) + 16);
        await animationFrame();
    }
}

async function leave() {
    await hover(".o_oms_stages");
    await settle(LEAVE_MS);
}

test("under the pointer rows keep their place, and say how many changed", async () => {
    await mountCockpit();
    await hover(`${FIRST} td[name=stage]`);
    change(1, {stage: "closed"});
    await news();
    expect(names()).toEqual(["S00011", "S00012", "S00013"]);
    expect(FIRST).toHaveClass("o_oms_left");
    expect(`${FIRST} td[name=stage]`).toHaveText("Closed", {
        message: "values are those of now",
    });
    expect(PILL).toHaveText("1 changed - refresh");
    await leave();
    expect(names()).toEqual(["S00012", "S00013"]);
    expect(PILL).toHaveCount(0);
});

test("what changed is taken in when asked for", async () => {
    await mountCockpit();
    await hover(`${FIRST} td[name=stage]`);
    change(1, {stage: "closed"});
    change(3, {stage: "closed"});
    await news();
    expect(PILL).toHaveText("2 changed - refresh");
    await click(PILL);
    await animationFrame();
    await animationFrame();
    expect(names()).toEqual(["S00012"]);
});

test("a second click on the same spot finds what was done, not the next order", async () => {
    await mountCockpit();
    await click(`${FIRST} .o_oms_next`);
    await settle(0);
    expect(names()).toEqual(["S00011", "S00012", "S00013"]);
    expect(`${FIRST} .o_oms_next`).toHaveCount(0);
    expect(`${FIRST} .o_oms_step_done`).toHaveText("Confirm: done");
    await click(`${FIRST} .o_oms_step_done`);
    await news();
    await click(`${FIRST} .o_oms_step_done`);
    await settle(0);
    expect(".o_oms_panel").toHaveCount(0);
    expect.verifySteps(["run 1"]);
    await leave();
    expect(names()).toEqual(["S00012", "S00013"]);
    expect(".o_oms_step_done").toHaveCount(0);
});

test("what was done in a row is undone in it", async () => {
    await mountCockpit();
    await click(`${FIRST} .o_oms_next`);
    await settle(0);
    await click(`${FIRST} .o_oms_undo`);
    await settle(0);
    await settle(GATHER_MS + PAUSE_MS);
    expect(`${FIRST} .o_oms_next`).toHaveText("Confirm");
    expect(names()).toEqual(["S00011", "S00012", "S00013"]);
    expect(PILL).toHaveCount(0);
    expect.verifySteps(["run 1", "undo 5"]);
});

test("a double click and a second Enter run one step of one order", async () => {
    await mountCockpit();
    await dblclick(`${FIRST} .o_oms_next`);
    await settle(0);
    expect.verifySteps(["run 1"]);
    await leave();
    await settle(SETTLE_MS);
    queryFirst(`${FIRST} .o_oms_next`).focus();
    await press("Enter");
    await press("Enter");
    await settle(0);
    await press("Enter");
    await settle(0);
    expect(names()).toEqual(["S00012", "S00013"]);
    expect(`${FIRST} .o_oms_step_done`).toHaveText("Deliver: done");
    expect.verifySteps(["run 2"]);
});

test("the keyboard among the rows holds them, too", async () => {
    await mountCockpit();
    queryFirst(`${FIRST} .o_oms_next`).focus();
    change(1, {stage: "closed"});
    await news();
    expect(names()).toEqual(["S00011", "S00012", "S00013"]);
    queryFirst(".o_searchview_input").focus();
    await settle(LEAVE_MS);
    expect(names()).toEqual(["S00012", "S00013"]);
});

test("a finger holds the rows until it touches elsewhere", async () => {
    await mountCockpit();
    const touch = {pointerType: "touch", bubbles: true};
    const row = queryFirst(`${FIRST} td[name=stage]`);
    await manuallyDispatchProgrammaticEvent(row, "pointerdown", touch);
    await manuallyDispatchProgrammaticEvent(row, "pointerout", touch);
    change(1, {stage: "closed"});
    await news();
    expect(names()).toEqual(["S00011", "S00012", "S00013"]);
    await manuallyDispatchProgrammaticEvent(
        queryFirst(".o_oms_stages"),
        "pointerdown",
        touch
    );
    await settle(LEAVE_MS);
    expect(names()).toEqual(["S00012", "S00013"]);
});

test("the button under the pointer never becomes another step's; others do", async () => {
    await mountCockpit();
    await hover(`${FIRST} .o_oms_next`);
    change(1, {stage: "pick", next_action: "deliver"});
    change(3, {next_action: "deliver", has_runnable_action: true});
    await news();
    expect(`${FIRST} .o_oms_next`).toHaveCount(0);
    expect(`${FIRST} .o_oms_step_changed`).toHaveText("Changed");
    expect(".o_data_row:last .o_oms_next").toHaveText("Deliver");
    expect(PILL).toHaveText("1 changed - refresh");
    await leave();
    expect(`${FIRST} .o_oms_next`).toHaveText("Deliver");
});

test("who comes while the list is read finds the rows where they were", async () => {
    const late = new Deferred();
    await mountCockpit();
    let isLate = true;
    onRpc("oms.flow", "web_search_read", async ({parent}) => {
        if (isLate) {
            isLate = false;
            await late;
        }
        return parent();
    });
    change(1, {stage: "closed"});
    await news();
    await hover(`${FIRST} .o_oms_next`);
    late.resolve();
    await settle(0);
    expect(names()).toEqual(["S00011", "S00012", "S00013"]);
    expect(PILL).toHaveText("1 changed - refresh");
});

test("a choice of rows holds them until it is given up", async () => {
    await mountCockpit();
    await click(".o_data_row:eq(1) .o_list_record_selector input");
    await leave();
    change(1, {stage: "closed"});
    change(2, {stage: "closed"});
    await news();
    expect(names()).toEqual(["S00011", "S00012", "S00013"]);
    expect(".o_data_row_selected").toHaveCount(1);
    await click(".o_data_row:eq(1) .o_list_record_selector input");
    await animationFrame();
    await leave();
    expect(names()).toEqual(["S00013"]);
});

test("rows that moved by themselves take no click for a moment", async () => {
    await mountCockpit();
    change(1, {stage: "closed"});
    tell(1);
    await settle(GATHER_MS);
    expect(names()).toEqual(["S00012", "S00013"]);
    expect(`${FIRST} .o_oms_next`).not.toBeEnabled();
    await settle(SETTLE_MS);
    expect(`${FIRST} .o_oms_next`).toBeEnabled();
});

test("rows in groups keep their place as well", async () => {
    await mountCockpit({groupBy: ["stage"]});
    await click(".o_group_header:contains(Pick)");
    await animationFrame();
    await hover(".o_data_row:first td[name=order_id]");
    expect(names()).toEqual(["S00012", "S00013"]);
    change(2, {stage: "closed"});
    await news(2);
    expect(names()).toEqual(["S00012", "S00013"]);
    expect(PILL).toHaveText("1 changed - refresh");
    await leave();
    expect(names()).toEqual(["S00013"]);
});

test("a search or another page is shown at once", async () => {
    await mountCockpit();
    await click(`${FIRST} .o_oms_next`);
    await settle(0);
    expect(".o_oms_step_done").toHaveCount(1);
    await pointerDown("[data-stage=pick]");
    await click("[data-stage=pick]");
    await settle(0);
    expect(names()).toEqual(["S00012", "S00013"]);
    expect(".o_oms_step_done").toHaveCount(0);
    expect(PILL).toHaveCount(0);
    expect.verifySteps(["run 1"]);
});

test("a step that can't be run stays what it was", async () => {
    onRpc("oms.flow", "action_next", () => ({
        type: "ir.actions.client",
        tag: "oms_job_result",
        params: {type: "danger", title: "Failed", message: "No stock."},
    }));
    await mountCockpit();
    await click(`${FIRST} .o_oms_next`);
    await settle(0);
    expect(".o_oms_step_done").toHaveCount(0);
    expect(`${FIRST} .o_oms_next`).toHaveText("Confirm");
});
