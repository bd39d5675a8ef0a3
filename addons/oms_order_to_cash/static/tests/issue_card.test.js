import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, expect, test} from "@odoo/hoot";
import {click, press, queryAllTexts, queryFirst} from "@odoo/hoot-dom";
import {animationFrame, Deferred, mockDate} from "@odoo/hoot-mock";
import {
    contains,
    makeServerError,
    mockService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {IssueCard} from "@oms_order_to_cash/issue_card/issue_card";
import {makeIssue} from "./oms_test_helpers";

defineMailModels();

beforeEach(() => mockDate("2026-11-24 12:00:00", 0));

function mountCard(values = {}) {
    return mountWithCleanup(IssueCard, {
        props: {issue: makeIssue(values), onDone: () => expect.step("done")},
    });
}

function mockIssue(method, answer = () => false) {
    onRpc("oms.issue", method, ({args: [ids, ...args]}) => {
        expect.step(`${method} ${JSON.stringify([ids, ...args])}`);
        return answer();
    });
}

test("tells what it is, what it costs, whose turn it is and since when", async () => {
    await mountCard();
    expect(".o_oms_issue_name").toHaveText("O6 Paid but not confirmed");
    expect(".o_oms_issue").toHaveClass("o_oms_band_critical");
    expect(queryAllTexts(".badge")).toEqual([
        "Critical",
        "Sales",
        "SLA missed by 1 day",
    ]);
    expect(queryAllTexts("dt")).toEqual([
        "At stake",
        "Each day costs",
        "Since",
        "Score",
    ]);
    expect(queryAllTexts("dd")).toEqual(["$ 250.00", "$ 0.50", "2 days", "560"]);
});

test("without the right to see money there is none", async () => {
    await mountCard({amount: false, cost_per_day: false});
    expect(queryAllTexts("dt")).toEqual(["Since", "Score"]);
});

test("the chain leads from document to document", async () => {
    mockService("action", {
        doAction: ({res_model, res_id}) => expect.step(`${res_model} ${res_id}`),
    });
    await mountCard();
    expect(queryAllTexts(".o_oms_chain_link")).toEqual([
        "Stripe payment S00011",
        "The quotation is not confirmed.",
    ]);
    expect(".o_oms_chain_link a").toHaveCount(1);
    await click(".o_oms_chain_link a");
    expect.verifySteps(["payment.transaction 3"]);
});

test("the score shows its addends on demand, by keyboard too", async () => {
    await mountCard();
    expect(".o_oms_addends").toHaveCount(0);
    queryFirst(".o_oms_issue_score").focus();
    await press("Enter");
    await animationFrame();
    expect(".o_oms_issue_score").toHaveAttribute("aria-expanded", "true");
    expect(queryAllTexts(".o_oms_addends li")).toEqual([
        "Severity\n360 / 360",
        "Urgency\n120 / 120",
        "Value\n60 / 80",
        "Customer\n20 / 40",
    ]);
});

test("the remedy says what it will change, and runs once", async () => {
    const answer = new Deferred();
    mockIssue("action_run", () => answer);
    await mountCard();
    expect(".o_oms_remedies > .o_oms_remedy_facts .o_oms_change").toHaveText(
        "The quotation becomes an order."
    );
    expect(".o_oms_remedies > .o_oms_remedy_facts .o_oms_reversible").toHaveText(
        "Can be undone"
    );
    await click(".o_oms_remedy");
    await animationFrame();
    expect(".o_oms_remedy").not.toBeEnabled();
    expect(".o_oms_issue").toHaveAttribute("aria-busy", "true");
    answer.resolve(false);
    await animationFrame();
    expect(".o_oms_remedy").toBeEnabled();
    expect.verifySteps([`action_run [[1],"confirm"]`, "done"]);
});

test("what can't be run is off, with the reason", async () => {
    const [remedy] = makeIssue().remedies;
    await mountCard({remedies: [{...remedy, obstacle: "No stock.", changes: []}]});
    expect(".o_oms_remedy").not.toBeEnabled();
    expect(".o_oms_obstacle").toHaveText("No stock.");
    expect(".o_oms_other_remedies").toHaveCount(0);
});

test("other ways say the same of themselves", async () => {
    mockIssue("action_run");
    await mountCard();
    await click(".o_oms_other_remedies");
    await animationFrame();
    expect(queryAllTexts(".o_oms_alternatives .o-dropdown-item")).toEqual([
        "Merge...\nIts lines go to the other order.\nAsks before it runs. Can't be undone",
        "Cancel order\nIt is paid: refund it first.",
    ]);
    await click("[data-verb=cancel]");
    await animationFrame();
    expect.verifySteps([]);
    await click("[data-verb=merge]");
    await animationFrame();
    expect.verifySteps([`action_run [[1],"merge"]`, "done"]);
});

test("a refusal is told in the server's words", async () => {
    mockService("notification", {
        add: (message, {type}) => expect.step(`${type}: ${message}`),
    });
    onRpc("oms.issue", "action_run", () => {
        throw makeServerError({message: "It is closed already.", type: "UserError"});
    });
    await mountCard();
    await click(".o_oms_remedy");
    await animationFrame();
    expect.verifySteps(["danger: It is closed already."]);
});

test("owner and rest are set from the menu", async () => {
    mockIssue("action_assign");
    mockIssue("action_snooze");
    await mountCard();
    for (const item of ["Assign to me", "Snooze for 3 days"]) {
        await click(".o_oms_issue_menu");
        await animationFrame();
        await click(`.o-dropdown-item:contains(${item})`);
        await animationFrame();
    }
    expect.verifySteps([
        "action_assign [[1]]",
        "done",
        "action_snooze [[1],3]",
        "done",
    ]);
});

test("who owns it shows, and can let go of it", async () => {
    mockIssue("action_assign");
    await mountCard({owner: {id: 2, name: "Mitchell"}, is_mine: true});
    expect(".o_oms_issue_owner").toHaveAttribute("title", "Owner: Mitchell");
    await click(".o_oms_issue_menu");
    await animationFrame();
    expect(".o-dropdown-item:contains(Assign to me)").toHaveCount(0);
    await click(".o-dropdown-item:contains(Unassign)");
    await animationFrame();
    expect.verifySteps(["action_assign [[1],0]", "done"]);
});

test("it is given to one of those who see it", async () => {
    mockIssue("get_candidates", () => [
        {id: 2, name: "Mitchell"},
        {id: 6, name: "Marc"},
    ]);
    mockIssue("action_assign");
    await mountCard();
    await click(".o_oms_issue_menu");
    await animationFrame();
    await click(".o-dropdown-item:contains(Assign to...)");
    await animationFrame();
    expect(queryAllTexts("option")).toEqual(["", "Mitchell", "Marc"]);
    expect("[type=submit]").not.toBeEnabled();
    await contains("select").select("6");
    await click("[type=submit]");
    await animationFrame();
    expect.verifySteps(["get_candidates [[1]]", "action_assign [[1],6]", "done"]);
});

test("a comment is written in the card", async () => {
    mockIssue("action_comment");
    await mountCard({
        comments: [{author: "Ann", date: "2026-11-24 10:00:00", text: "Called."}],
    });
    expect(".o_oms_issue_comment").toHaveText("Ann: Called. 2 hr");
    await click(".o_oms_issue_menu");
    await animationFrame();
    await click(".o-dropdown-item:contains(Comment)");
    await animationFrame();
    expect("textarea").toBeFocused();
    expect(".o_oms_issue_form [type=submit]").not.toBeEnabled();
    await contains("textarea").edit("They pay on Monday.", {confirm: false});
    await click(".o_oms_issue_form [type=submit]");
    await animationFrame();
    expect(".o_oms_issue_form").toHaveCount(0);
    expect.verifySteps([`action_comment [[1],"They pay on Monday."]`, "done"]);
});

test("dismissing asks why", async () => {
    mockIssue("action_dismiss");
    await mountCard();
    await click(".o_oms_issue_menu");
    await animationFrame();
    await click(".o-dropdown-item:contains(Dismiss)");
    await animationFrame();
    await contains("select").select("agreed");
    await contains("[aria-label=Note]").edit("By phone", {confirm: false});
    await click(".o_oms_issue_form [type=submit]");
    await animationFrame();
    expect.verifySteps([`action_dismiss [[1],"agreed","By phone"]`, "done"]);
});

test("a day to come back is chosen, and Escape leaves the form", async () => {
    mockIssue("action_snooze");
    await mountCard();
    for (const leave of [() => press("Escape"), () => click("[type=submit]")]) {
        await click(".o_oms_issue_menu");
        await animationFrame();
        await click(".o-dropdown-item:contains(Snooze until...)");
        await animationFrame();
        queryFirst(".o_oms_issue_form [type=submit]").focus();
        await leave();
        await animationFrame();
        expect(".o_oms_issue_form").toHaveCount(0);
    }
    expect.verifySteps([`action_snooze [[1],0,"2026-11-26 08:00:00"]`, "done"]);
});

test("a day gone by is refused before it is sent", async () => {
    await mountCard();
    await click(".o_oms_issue_menu");
    await animationFrame();
    await click(".o-dropdown-item:contains(Snooze until...)");
    await animationFrame();
    for (const [day, isPast] of [
        ["11/24/2026", true],
        ["11/25/2026", false],
    ]) {
        await contains(".o_oms_issue_form input").edit(day, {confirm: "blur"});
        await animationFrame();
        expect(".o_oms_issue_past").toHaveCount(isPast ? 1 : 0);
        expect("[type=submit]").toHaveProperty("disabled", isPast);
    }
});

test("what was put away says why, and can be brought back", async () => {
    mockIssue("action_wake");
    await mountCard({
        state: "dismissed",
        close_label: "Agreed with the customer",
        close_note: "By phone",
    });
    expect(".o_oms_issue_away").toHaveText(/Agreed with the customer: By phone/);
    expect(".o_oms_remedy, .o_oms_chain").toHaveCount(0);
    await click(".o_oms_issue_wake");
    await animationFrame();
    expect.verifySteps(["action_wake [[1]]", "done"]);
});
