import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {queryAll, queryAllTexts} from "@odoo/hoot-dom";
import {mountWithCleanup} from "@web/../tests/web_test_helpers";
import {LaneStrip} from "@oms_order_to_cash/lane_strip/lane_strip";
import {makeLanes} from "./oms_test_helpers";

defineMailModels();

const LANES = makeLanes("done", "blocked", "doing", "todo", "todo", "none");

test("a state shows by its sign, not by its colour alone", async () => {
    await mountWithCleanup(LaneStrip, {props: {lanes: LANES}});
    const signs = queryAll(".o_oms_pip").map(
        (pip) => pip.querySelector("i")?.className || ""
    );
    expect(signs).toEqual([
        "fa fa-check",
        "fa fa-exclamation",
        "fa fa-truck",
        "fa fa-file-text-o",
        "fa fa-credit-card",
        "",
    ]);
    expect(".o_oms_lane_blocked").toHaveCount(1);
    expect(".o_oms_lane_label").toHaveCount(0);
});

test("it is told in words as well", async () => {
    await mountWithCleanup(LaneStrip, {props: {lanes: LANES}});
    expect(".o_oms_lanes").toHaveAttribute(
        "aria-label",
        "Order: Done, Supply: Blocked, Delivery: In progress, Invoice: To do, Payment: To do, Return: Nothing to do"
    );
    expect("[data-lane=supply]").toHaveAttribute("data-tooltip", "Supply: Blocked");
});

test("labels stand below where there is room", async () => {
    await mountWithCleanup(LaneStrip, {props: {lanes: LANES, showLabels: true}});
    expect(queryAllTexts(".o_oms_lane_label")).toEqual([
        "Order",
        "Supply",
        "Delivery",
        "Invoice",
        "Payment",
        "Return",
    ]);
});
