import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {click, keyDown, press, queryAllTexts, queryFirst} from "@odoo/hoot-dom";
import {animationFrame} from "@odoo/hoot-mock";
import {mountWithCleanup} from "@web/../tests/web_test_helpers";
import {StageStrip} from "@oms_order_to_cash/stage_strip/stage_strip";
import {STRIP} from "./oms_test_helpers";

defineMailModels();

function mountStrip(props = {}) {
    return mountWithCleanup(StageStrip, {
        props: {
            status: "loaded",
            data: STRIP,
            chosen: ["open"],
            onChoose: (key, keepOthers) => expect.step(`${key} ${keepOthers}`),
            onRetry: () => expect.step("retry"),
            ...props,
        },
    });
}

test("each stage is a button with its count, and its value where there is one", async () => {
    await mountStrip();
    expect(queryAllTexts(".o_oms_tile_label")).toEqual([
        "All open",
        "Quotation",
        "Pick",
        "Closed",
    ]);
    expect(queryAllTexts(".o_oms_tile_count")).toEqual(["3", "1", "2", "10,000+"]);
    expect(".o_oms_tile_amount:first").toHaveText("$ 1.2k");
    expect(".o_oms_tile_amount:first").toHaveAttribute("title", "$\u00a01,234.50");
    expect(".o_oms_tile_amount:last").toHaveText("");
    expect("button.o_oms_tile").toHaveCount(4);
    expect(".o_oms_stages_note").toHaveCount(0);
});

test("the chosen stage is pressed, and a click tells which one is wanted", async () => {
    await mountStrip();
    expect("[data-stage=open]").toHaveAttribute("aria-pressed", "true");
    expect("[data-stage=pick]").toHaveAttribute("aria-pressed", "false");
    await click("[data-stage=pick]");
    await keyDown("Control");
    await click("[data-stage=quotation]");
    expect.verifySteps(["pick false", "quotation true"]);
});

test("arrows move between the stages and stop at the ends", async () => {
    await mountStrip();
    queryFirst("[data-stage=open]").focus();
    await press("ArrowLeft");
    expect("[data-stage=open]").toBeFocused();
    await press("ArrowRight");
    await press("ArrowRight");
    expect("[data-stage=pick]").toBeFocused();
    await press("ArrowLeft");
    expect("[data-stage=quotation]").toBeFocused();
});

test("a value from several currencies says so", async () => {
    await mountStrip({data: {...STRIP, converted: ["EUR", "GBP"]}});
    expect(".o_oms_stages_note").toHaveAttribute(
        "title",
        "Converted at today's rates: EUR, GBP"
    );
});

test("while it loads there is a skeleton of the same height, and nothing to press", async () => {
    await mountStrip({status: "loading", data: null});
    expect(".o_oms_tile_skeleton").toHaveCount(9);
    expect("button").toHaveCount(0);
    expect(".o_oms_stages").toHaveAttribute("aria-busy", "true");
});

test("an error offers another try", async () => {
    await mountStrip({status: "error", data: null});
    expect("[role=alert]").toHaveText(/could not be read/);
    await click("button:contains(Retry)");
    await animationFrame();
    expect.verifySteps(["retry"]);
});

test("what was read stays when a later read fails", async () => {
    await mountStrip({status: "error"});
    expect("[role=alert]").toHaveCount(0);
    expect("button.o_oms_tile").toHaveCount(4);
});
