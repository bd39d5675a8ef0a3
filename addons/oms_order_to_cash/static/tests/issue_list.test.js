import {beforeEach, expect, freezeTime, test} from "@odoo/hoot";
import {click, hover} from "@odoo/hoot-dom";
import {advanceTime, animationFrame, mockDate} from "@odoo/hoot-mock";
import {GATHER_MS, PAUSE_MS} from "@oms_order_to_cash/cockpit/flow_bus";
import {LEAVE_MS} from "@oms_order_to_cash/cockpit/rows_presence";
import {
    MockServer,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {announce, defineOmsModels, makeIssue, mockBus} from "./oms_test_helpers";

class OmsIssue extends models.Model {
    _name = "oms.issue";

    name = fields.Char();
    order_id = fields.Many2one({relation: "sale.order"});
    band = fields.Selection({
        selection: [
            ["low", "Low"],
            ["critical", "Critical"],
        ],
    });

    _records = [
        {id: 1, name: "Paid but not confirmed", order_id: 11, band: "critical"},
    ];
    _views = {
        list: /* xml */ `
            <list js_class="oms_issue_list">
                <field name="name"/>
                <field name="order_id"/>
                <field name="band" widget="oms_band"/>
            </list>`,
        form: /* xml */ `
            <form>
                <widget name="oms_issue_card"/>
                <field name="order_id"/>
            </form>`,
    };
}

defineOmsModels();
defineModels([OmsIssue]);

beforeEach(() => {
    mockDate("2026-11-24 12:00:00", 0);
    onRpc("oms.cockpit", "get_issue_cards", ({args: [id]}) => {
        expect.step(`cards ${id}`);
        return [makeIssue({id: 2, code: "S1"}), makeIssue()];
    });
});

test("a row opens the cards of its order", async () => {
    await mountView({type: "list", resModel: "oms.issue"});
    await click(".o_data_row td[name=name]");
    await animationFrame();
    await animationFrame();
    expect(".modal .modal-title").toHaveText("S00011");
    expect(".modal .o_oms_issue").toHaveCount(2);
    expect.verifySteps(["cards 11"]);
});

test("a severity has its colour", async () => {
    await mountView({type: "list", resModel: "oms.issue"});
    expect("td[name=band] .o_oms_band.o_oms_band_critical").toHaveText("Critical");
});

test("the list follows what happens", async () => {
    await mountView({type: "list", resModel: "oms.issue"});
    onRpc("web_search_read", () => {
        expect.step("rows");
    });
    announce([1], [11]);
    await expect.waitForSteps(["rows"]);
});

test("an issue that ends keeps its row until the person leaves it", async () => {
    freezeTime();
    const tell = mockBus();
    await mountView({
        type: "list",
        resModel: "oms.issue",
        domain: [["band", "!=", "low"]],
    });
    await hover(".o_data_row td[name=name]");
    MockServer.env["oms.issue"].write([1], {band: "low"});
    tell(1);
    await advanceTime(GATHER_MS + PAUSE_MS);
    await animationFrame();
    await animationFrame();
    expect(".o_data_row").toHaveClass("o_oms_left");
    expect(".o_oms_changes_pill").toHaveText("1 changed - refresh");
    await hover(".o_control_panel");
    await advanceTime(LEAVE_MS);
    await animationFrame();
    await animationFrame();
    expect(".o_data_row").toHaveCount(0);
});

test("the form of an issue shows its own card, and reads again after an action", async () => {
    onRpc("oms.issue", "action_assign", () => {
        expect.step("assign");
        return false;
    });
    await mountView({type: "form", resModel: "oms.issue", resId: 1});
    await animationFrame();
    expect(".o_oms_issue").toHaveCount(1);
    expect(".o_oms_issue").toHaveAttribute("data-code", "O6");
    await click(".o_oms_issue_menu");
    await animationFrame();
    await click(".o-dropdown-item:contains(Assign to me)");
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["cards 11", "assign", "cards 11"]);
});
