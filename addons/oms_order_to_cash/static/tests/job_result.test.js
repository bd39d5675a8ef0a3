import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, expect, test} from "@odoo/hoot";
import {click} from "@odoo/hoot-dom";
import {animationFrame, mockDate} from "@odoo/hoot-mock";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";
import {PanelTimeline} from "@oms_order_to_cash/order_panel/panel_timeline";

defineMailModels();

beforeEach(() => mockDate("2026-11-24 12:00:00", 0));

const UNDONE = {
    type: "ir.actions.client",
    tag: "display_notification",
    params: {type: "success", title: "Undone", message: "Confirm S00011"},
};

function tellResult(undo_job_id) {
    return getService("action").doAction({
        type: "ir.actions.client",
        tag: "oms_job_result",
        params: {
            type: "success",
            title: "Confirm S00011",
            message: "WH/OUT/5",
            sticky: false,
            undo_job_id,
        },
    });
}

test("what was done can be taken back from its notice", async () => {
    onRpc("oms.job", "action_undo", ({args: [ids]}) => {
        expect.step(`undo ${ids}`);
        return UNDONE;
    });
    await mountWithCleanup(WebClient);
    await tellResult(7);
    await animationFrame();
    expect(".o_notification").toHaveText(/WH\/OUT\/5/);
    await click(".o_notification button:contains(Undo)");
    await animationFrame();
    await animationFrame();
    expect(".o_notification:contains(Undone)").toHaveCount(1);
    expect.verifySteps(["undo 7"]);
});

test("what can't be undone has no way back", async () => {
    await mountWithCleanup(WebClient);
    await tellResult(false);
    await animationFrame();
    expect(".o_notification").toHaveCount(1);
    expect(".o_notification button:contains(Undo)").toHaveCount(0);
});

function makeEvent(values) {
    return {
        label: "Confirmed",
        date: "2026-11-24 10:00:00",
        moment: "2026-11-24 10:00:00",
        done: true,
        icon: "fa-check",
        document: false,
        amount: false,
        currency_id: false,
        ...values,
    };
}

test("the timeline says who did it, and undoes what can be undone", async () => {
    onRpc("oms.job", "action_undo", ({args: [ids]}) => {
        expect.step(`undo ${ids}`);
        throw makeServerError({message: "It is shipped.", type: "UserError"});
    });
    await mountWithCleanup(WebClient);
    await mountWithCleanup(PanelTimeline, {
        props: {
            events: [
                makeEvent({actor: "Ann", job_id: 7, can_undo: true}),
                makeEvent({label: "Shipped", actor: "", job_id: 8, can_undo: false}),
            ],
            onDone: () => expect.step("done"),
        },
    });
    expect(".o_oms_event:first").toHaveText(/Ann/);
    expect(".o_oms_undo").toHaveCount(1);
    await click(".o_oms_undo");
    await animationFrame();
    expect(".o_notification").toHaveText(/It is shipped/);
    expect.verifySteps(["undo 7"]);
});
