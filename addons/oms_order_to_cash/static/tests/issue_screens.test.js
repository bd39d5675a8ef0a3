import {beforeEach, expect, test} from "@odoo/hoot";
import {click, hover, queryAllTexts, queryFirst} from "@odoo/hoot-dom";
import {animationFrame, mockDate} from "@odoo/hoot-mock";
import {Component, reactive, useState, xml} from "@odoo/owl";
import {
    getService,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {MainComponentsContainer} from "@web/core/main_components_container";
import {IssueBar} from "@oms_order_to_cash/issue_bar/issue_bar";
import {IssueCards} from "@oms_order_to_cash/issue_card/issue_cards";
import {IssueDialog} from "@oms_order_to_cash/issue_card/issue_dialog";
import {
    announce,
    defineOmsModels,
    makeIssue,
    mockCockpit,
    STRIP,
} from "./oms_test_helpers";

defineOmsModels();

beforeEach(() => mockDate("2026-11-24 12:00:00", 0));

test("what was put away waits folded at the end", async () => {
    const issues = [
        makeIssue(),
        makeIssue({id: 2, code: "S1", snoozed_until: "2026-11-26 12:00:00"}),
        makeIssue({id: 3, code: "A2", state: "dismissed"}),
    ];
    await mountWithCleanup(IssueCards, {props: {issues, onDone: () => {}}});
    expect(queryAllTexts(".o_oms_issue_code")).toEqual(["O6"]);
    expect(".o_oms_issues_away").toHaveText("2 put away");
    await click(".o_oms_issues_away");
    await animationFrame();
    expect(queryAllTexts(".o_oms_issue_code")).toEqual(["O6", "S1", "A2"]);
    expect("[data-code=S1]").toHaveText(/Comes back in 2 days/);
});

test("what was put away stands open where it is all there is and was asked for", async () => {
    const issues = [makeIssue({code: "S1", snoozed_until: "2026-11-26 12:00:00"})];
    const props = {issues, onDone: () => {}, unfoldLast: true};
    await mountWithCleanup(IssueCards, {props});
    expect(queryAllTexts(".o_oms_issue_code")).toEqual(["S1"]);
    await click(".o_oms_issues_away");
    await animationFrame();
    expect(queryAllTexts(".o_oms_issue_code")).toEqual([]);
});

test("a card that goes leaves its place empty while the pointer is among the cards", async () => {
    const shown = reactive({issues: [makeIssue(), makeIssue({id: 2, code: "S1"})]});

    class Parent extends Component {
        static components = {IssueCards};
        static props = {};
        static template = xml`<IssueCards issues="state.issues" orderId="11" onDone="() => {}"/><p>below</p>`;

        setup() {
            this.state = useState(shown);
        }
    }
    await mountWithCleanup(Parent);
    await hover("[data-code=O6] .o_oms_remedy");
    const height = queryFirst("[data-code=O6]").offsetHeight;
    const top = queryFirst("[data-code=S1]").getBoundingClientRect().top;
    shown.issues = [makeIssue({id: 3, code: "A2"}), makeIssue({id: 2, code: "S1"})];
    await animationFrame();
    expect(".o_oms_issue_gone").toHaveText("Paid but not confirmed: not open any more");
    expect(queryAllTexts(".o_oms_issue_code")).toEqual(["S1", "A2"]);
    expect(queryFirst(".o_oms_issue_gone").offsetHeight).toBeWithin(
        height,
        height + 16
    );
    expect(queryFirst("[data-code=S1]").getBoundingClientRect().top).toBeCloseTo(top, {
        margin: 1,
    });
    await hover("p:contains(below)");
    await animationFrame();
    expect(".o_oms_issue_gone").toHaveCount(0);
    expect(queryAllTexts(".o_oms_issue_code")).toEqual(["A2", "S1"]);
});

test("the bar counts by severity and tells what is wanted", async () => {
    await mountWithCleanup(IssueBar, {
        props: {
            chips: STRIP.issues,
            chosen: ["high"],
            switches: [{key: "mine", label: "Mine", chosen: true}],
            onChoose: (key, keepOthers) => expect.step(`${key} ${keepOthers}`),
            onSwitch: (key) => expect.step(key),
        },
    });
    expect(queryAllTexts(".o_oms_chip")).toEqual(["Critical 1", "High 1,200", "Low 0"]);
    expect("[data-band=high]").toHaveAttribute("aria-pressed", "true");
    expect("[data-switch=mine]").toHaveAttribute("aria-pressed", "true");
    await click("[data-band=critical]");
    await click("[data-switch=mine]");
    expect.verifySteps(["critical false", "mine"]);
});

test("before it is read the bar has its switches only", async () => {
    await mountWithCleanup(IssueBar, {
        props: {
            chips: null,
            chosen: [],
            switches: [],
            onChoose: () => {},
            onSwitch: () => {},
        },
    });
    expect(".o_oms_issue_bar button").toHaveCount(0);
});

test("rows show the worst issue, how many more there are, and holds", async () => {
    mockCockpit();
    await mountView({type: "list", resModel: "oms.flow"});
    expect(".o_data_row:first .o_oms_band").toHaveText("O6 Paid but not confirmed");
    expect(".o_data_row:first .o_oms_band").toHaveAttribute(
        "title",
        "Critical, score 560"
    );
    expect(".o_data_row:first .o_oms_issue_more").toHaveText("+2");
    expect(".o_oms_held").toHaveCount(1);
    expect(".o_data_row:eq(1) .o_oms_held").toHaveCount(1);
    expect(".o_data_row:eq(1) .o_oms_band").toHaveCount(0);
    await animationFrame();
    expect.verifySteps(["strip []"]);
});

test("a severity narrows the list, shows as a facet, and lets go again", async () => {
    onRpc("oms.cockpit", "get_strip", ({args}) => {
        expect.step(`strip ${JSON.stringify(args)}`);
        return STRIP;
    });
    await mountView({
        type: "list",
        resModel: "oms.flow",
        context: {search_default_stage_open: 1},
    });
    await animationFrame();
    await click("[data-band=critical]");
    await animationFrame();
    expect(queryAllTexts(".o_facet_value")).toEqual(["All Open", "Critical"]);
    expect(".o_data_row").toHaveCount(2);
    await click("[data-switch=mine]");
    await animationFrame();
    expect(queryAllTexts(".o_facet_value")).toEqual([
        "All Open",
        "Critical",
        "My Issues",
    ]);
    await click("[data-switch=mine]");
    await animationFrame();
    await click("[data-band=critical]");
    await animationFrame();
    expect(queryAllTexts(".o_facet_value")).toEqual(["All Open"]);
    const mine = `["amount_open","=",0]`;
    // One call counts tiles and chips: the search without both choices, and what is chosen.
    expect.verifySteps([
        `strip [[],["open"],[]]`,
        `strip [[],["open"],["critical"]]`,
        `strip [[${mine}],["open"],["critical"]]`,
        `strip [[],["open"],["critical"]]`,
        `strip [[],["open"],[]]`,
    ]);
});

test("the dialog follows its order, and tells when nothing is wrong any more", async () => {
    let issues = [makeIssue()];
    onRpc("oms.cockpit", "get_issue_cards", ({args: [id]}) => {
        expect.step(`cards ${id}`);
        return issues;
    });
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(IssueDialog, {orderId: 11, orderName: "S00011"});
    await animationFrame();
    await animationFrame();
    expect(".modal .modal-title").toHaveText("S00011");
    expect(".modal .o_oms_issue").toHaveCount(1);
    expect.verifySteps(["cards 11"]);
    issues = [];
    announce([1], [11]);
    await expect.waitForSteps(["cards 11"]);
    await animationFrame();
    expect(".modal .o_oms_no_issue").toHaveCount(1);
});
