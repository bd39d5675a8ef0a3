import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {click, dblclick} from "@odoo/hoot-dom";
import {advanceTime, animationFrame, Deferred} from "@odoo/hoot-mock";
import {Component, reactive, useState, xml} from "@odoo/owl";
import {
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {FRESH_MS, NextAction} from "@oms_order_to_cash/next_action/next_action";

defineMailModels();

function mountAction(props = {}) {
    return mountWithCleanup(NextAction, {
        props: {
            flowId: 7,
            step: "deliver",
            label: "Deliver",
            runnable: true,
            onDone: () => expect.step("done"),
            ...props,
        },
    });
}

test("a click runs the step that is shown, once, and shows that it runs", async () => {
    const answer = new Deferred();
    onRpc("oms.flow", "action_next", ({args, kwargs}) => {
        expect.step(`run ${args[0]} ${kwargs.context.oms_next_action}`);
        return answer;
    });
    await mountAction();
    await click("button");
    await animationFrame();
    expect("button").toHaveAttribute("aria-busy", "true");
    expect("button").not.toBeEnabled();
    expect("button .fa-spin").toHaveCount(1);
    answer.resolve(false);
    await animationFrame();
    expect("button").toBeEnabled();
    expect("button .fa-spin").toHaveCount(0);
    expect.verifySteps(["run 7 deliver", "done"]);
});

test("what the step asks to open is opened", async () => {
    mockService("action", {
        doAction: (action, {onClose}) => {
            expect.step(`open ${action.res_model}`);
            return onClose();
        },
    });
    onRpc("oms.flow", "action_next", () => ({
        type: "ir.actions.act_window",
        res_model: "purchase.order",
    }));
    await mountAction();
    await click("button");
    await animationFrame();
    expect.verifySteps(["open purchase.order", "done"]);
});

test("a refusal is told, and the button is there again", async () => {
    mockService("notification", {
        add: (message, {type}) => expect.step(`${type}: ${message}`),
    });
    onRpc("oms.flow", "action_next", () => {
        throw makeServerError({message: "No stock.", type: "UserError"});
    });
    await mountAction();
    await click("button");
    await animationFrame();
    expect("button").toBeEnabled();
    expect.verifySteps(["danger: No stock."]);
});

test("nothing runs when the form before it can't be saved", async () => {
    onRpc("oms.flow", "action_next", () => expect.step("run"));
    await mountAction({beforeRun: () => false});
    await click("button");
    await animationFrame();
    expect.verifySteps([]);
});

test("a button that became another step's takes no click for a moment", async () => {
    const step = reactive({step: "confirm"});

    class Parent extends Component {
        static components = {NextAction};
        static props = {};
        static template = xml`<NextAction flowId="7" step="state.step" label="state.step" runnable="true"/>`;

        setup() {
            this.state = useState(step);
        }
    }
    onRpc("oms.flow", "action_next", () => expect.step("run"));
    await mountWithCleanup(Parent);
    step.step = "deliver";
    await animationFrame();
    expect("button").toHaveText("deliver");
    expect("button").not.toBeEnabled();
    await advanceTime(FRESH_MS);
    await animationFrame();
    expect("button").toBeEnabled();
    expect.verifySteps([]);
});

test("a double click runs one step", async () => {
    onRpc("oms.flow", "action_next", () => {
        expect.step("run");
        return false;
    });
    await mountAction();
    await dblclick("button");
    await animationFrame();
    expect.verifySteps(["run", "done"]);
});

test("who runs it instead is named", async () => {
    await mountAction({
        runnable: false,
        hint: "This is for: Accounting.",
        showHint: true,
    });
    expect("button").toHaveCount(0);
    expect(".o_oms_next_wait").toHaveText("Deliver\nThis is for: Accounting.");
    expect(".o_oms_next_wait").toHaveAttribute("title", "This is for: Accounting.");
});

test("waiting is no button", async () => {
    await mountAction({step: "wait", label: "Wait", runnable: false});
    expect("button").toHaveCount(0);
    expect(".o_oms_next_wait").toHaveText("Wait");
});

test("an order with no next step shows nothing", async () => {
    await mountAction({step: false, label: "", runnable: false});
    expect(".o_oms_next, .o_oms_next_wait").toHaveCount(0);
});
