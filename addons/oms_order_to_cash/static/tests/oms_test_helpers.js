import {expect} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    MockServer,
    defineModels,
    fields,
    mockService,
    models,
    onRpc,
} from "@web/../tests/web_test_helpers";

const STATES = [
    ["none", "Nothing to do"],
    ["todo", "To do"],
    ["doing", "In progress"],
    ["blocked", "Blocked"],
    ["done", "Done"],
];
const STAGES = [
    ["quotation", "Quotation"],
    ["pick", "Pick"],
    ["closed", "Closed"],
];
const KEYS = ["order", "supply", "delivery", "invoice", "payment", "return"];

const LANES = Object.fromEntries(KEYS.map((key) => [`lane_${key}`, "done"]));

/** @param {...string} states of the six lanes, in their order */
export function makeLanes(...states) {
    return KEYS.map((key, index) => ({
        key,
        state: states[index],
        state_label: new Map(STATES).get(states[index]),
    }));
}

export class SaleOrder extends models.Model {
    _name = "sale.order";

    name = fields.Char();

    _records = [
        {id: 11, name: "S00011"},
        {id: 12, name: "S00012"},
        {id: 13, name: "S00013"},
    ];
}

export class OmsIssueType extends models.Model {
    _name = "oms.issue.type";

    name = fields.Char();

    _records = [{id: 6, name: "O6 Paid but not confirmed"}];
}

export class OmsFlow extends models.Model {
    _name = "oms.flow";

    order_id = fields.Many2one({relation: "sale.order"});
    partner_id = fields.Many2one({relation: "res.partner"});
    stage = fields.Selection({selection: STAGES});
    next_action = fields.Selection({
        selection: [
            ["confirm", "Confirm"],
            ["deliver", "Deliver"],
            ["wait", "Wait"],
        ],
    });
    has_runnable_action = fields.Boolean();
    next_action_hint = fields.Char();
    date_promised = fields.Datetime();
    promise_pending = fields.Boolean();
    stage_since = fields.Datetime();
    amount_open = fields.Float();
    issue_type_id = fields.Many2one({relation: "oms.issue.type"});
    issue_band = fields.Selection({
        selection: [
            ["low", "Low"],
            ["critical", "Critical"],
        ],
    });
    issue_count = fields.Integer();
    issue_score = fields.Integer();
    is_held = fields.Boolean();
    lane_order = fields.Selection({selection: STATES});
    lane_supply = fields.Selection({selection: STATES});
    lane_delivery = fields.Selection({selection: STATES});
    lane_invoice = fields.Selection({selection: STATES});
    lane_payment = fields.Selection({selection: STATES});
    lane_return = fields.Selection({selection: STATES});

    _records = [
        {
            ...LANES,
            id: 1,
            order_id: 11,
            stage: "quotation",
            next_action: "confirm",
            has_runnable_action: true,
            date_promised: "2026-11-20 10:00:00",
            promise_pending: true,
            stage_since: "2026-11-20 12:00:00",
            lane_order: "todo",
            issue_type_id: 6,
            issue_band: "critical",
            issue_count: 3,
            issue_score: 560,
        },
        {
            ...LANES,
            id: 2,
            order_id: 12,
            stage: "pick",
            next_action: "deliver",
            has_runnable_action: true,
            date_promised: "2026-11-20 10:00:00",
            lane_delivery: "blocked",
            is_held: true,
        },
        {
            ...LANES,
            id: 3,
            order_id: 13,
            stage: "pick",
            next_action: "wait",
            date_promised: "2026-11-27 10:00:00",
            promise_pending: true,
        },
    ];

    _views = {
        list: /* xml */ `
            <list js_class="oms_cockpit_list" create="0" edit="0" delete="0">
                <field name="order_id" widget="oms_order"/>
                <field name="lane_order" widget="oms_lane_strip"/>
                <field name="issue_type_id" widget="oms_issue"/>
                <field name="is_held" column_invisible="1"/>
                <field name="stage"/>
                <field name="date_promised" widget="oms_due" options="{'pending_field': 'promise_pending'}"/>
                <field name="promise_pending" column_invisible="1"/>
                <field name="next_action" widget="oms_next_action"/>
                <field name="stage_since" widget="oms_age" class="o_oms_wide"/>
            </list>`,
        search: /* xml */ `
            <search>
                <filter name="mine" string="Mine" domain="[('amount_open', '=', 0)]"/>
                <separator/>
                <filter name="band_critical" string="Critical" domain="[('stage', '=', 'pick')]"/>
                <filter name="band_low" string="Low" domain="[('stage', '=', 'quotation')]"/>
                <separator/>
                <filter name="issue_mine" string="My Issues" domain="[('amount_open', '=', 0)]"/>
                <separator/>
                <filter name="stage_open" string="All Open" domain="[('stage', '!=', 'closed')]"/>
                <filter name="stage_quotation" string="Quotation" domain="[('stage', '=', 'quotation')]"/>
                <filter name="stage_pick" string="Pick" domain="[('stage', '=', 'pick')]"/>
            </search>`,
    };
}

export function defineOmsModels() {
    defineModels([OmsFlow, OmsIssueType, SaleOrder]);
    defineMailModels();
}

export const STRIP = {
    currency_id: 1,
    converted: [],
    issues: [
        {key: "critical", label: "Critical", count: 1},
        {key: "high", label: "High", count: 1200},
        {key: "low", label: "Low", count: 0},
    ],
    tiles: [
        {key: "open", label: "All open", count: 3, more: false, amount: 1234.5},
        {key: "quotation", label: "Quotation", count: 1, more: false, amount: 1000},
        {key: "pick", label: "Pick", count: 2, more: false, amount: 234.5},
        {key: "closed", label: "Closed", count: 10000, more: true, amount: false},
    ],
};

export function makePanel(values = {}) {
    return {
        id: 1,
        order_id: 11,
        name: "S00011",
        partner: "Gemini",
        stage: {key: "pick", label: "Pick"},
        stage_since: "2026-11-22 10:00:00",
        lanes: makeLanes("done", "done", "doing", "todo", "todo", "none"),
        action: {key: "deliver", label: "Deliver", runnable: true, hint: ""},
        promise: {date: "2026-11-20 10:00:00", pending: true},
        deadline: {date: false, pending: false},
        amount_open: 250,
        currency_id: 1,
        held: "",
        issue: false,
        issues: [],
        timeline: [
            {
                label: "Order placed",
                date: "2026-11-20 10:00:00",
                moment: "2026-11-20 10:00:00",
                done: true,
                icon: "fa-check",
                document: false,
                amount: false,
                currency_id: false,
            },
            {
                label: "To ship",
                date: "2026-11-21",
                moment: "2026-11-21 00:00:00",
                done: false,
                icon: "fa-truck",
                document: {model: "stock.picking", id: 5, name: "WH/OUT/5"},
                amount: false,
                currency_id: false,
            },
        ],
        documents: [
            {
                key: "transfers",
                label: "Transfers",
                icon: "fa-truck",
                items: [
                    {
                        model: "stock.picking",
                        id: 5,
                        name: "WH/OUT/5",
                        state: "Ready",
                        tone: "info",
                        date: "2026-11-21",
                        amount: false,
                        currency_id: false,
                        detail: "",
                    },
                ],
            },
        ],
        ...values,
    };
}

/** An issue as the read model prepares it: with a remedy that can run, and one that can't. */
export function makeIssue(values = {}) {
    return {
        id: 1,
        type_id: 6,
        code: "O6",
        name: "Paid but not confirmed",
        description: "An online payment is in.",
        lane: "order",
        state: "open",
        band: "critical",
        band_label: "Critical",
        score: 560,
        addends: [
            {label: "Severity", score: 360, of: 360},
            {label: "Urgency", score: 120, of: 120},
            {label: "Value", score: 60, of: 80},
            {label: "Customer", score: 20, of: 40},
        ],
        amount: 250,
        cost_per_day: 0.5,
        currency_id: 1,
        turn: "Sales",
        since: "2026-11-22 10:00:00",
        deadline: "2026-11-22 10:00:00",
        sla: "2026-11-22 14:00:00",
        sla_breached: true,
        owner: false,
        is_mine: false,
        snoozed_until: false,
        close_label: "",
        close_note: "",
        comments: [],
        chain: [
            {
                text: "Stripe payment S00011",
                tone: "success",
                document: {model: "payment.transaction", id: 3, name: "S00011"},
            },
            {text: "The quotation is not confirmed.", tone: "danger", document: false},
        ],
        remedies: [
            {
                verb: "confirm",
                label: "Confirm",
                recommended: true,
                asks: false,
                obstacle: "",
                changes: ["The quotation becomes an order."],
                reversible: true,
            },
            {
                verb: "merge",
                label: "Merge",
                recommended: false,
                asks: true,
                obstacle: "",
                changes: ["Its lines go to the other order."],
                reversible: false,
            },
            {
                verb: "cancel",
                label: "Cancel order",
                recommended: false,
                asks: false,
                obstacle: "It is paid: refund it first.",
                changes: [],
                reversible: false,
            },
        ],
        ...values,
    };
}

/** Answer the read model's calls, and make each a step of the test. */
export function mockCockpit() {
    onRpc("oms.cockpit", "get_strip", ({args}) => {
        expect.step(`strip ${JSON.stringify(args[0])}`);
        return STRIP;
    });
    onRpc("oms.cockpit", "get_panel", ({args: [id]}) => {
        expect.step(`panel ${id}`);
        return makePanel({id, name: `S0001${id}`, order_id: 10 + id});
    });
}

/** Tell, as the server does, that flows changed. */
export function announce(ids, order_ids = []) {
    MockServer.env["bus.bus"]._sendone("broadcast", "oms_flow_changed", {
        ids,
        order_ids,
    });
}

/** Hand the notices to those who listen, without a server in between. */
export function mockBus() {
    const listeners = new Set();
    mockService("bus_service", {
        start: () => {},
        subscribe: (type, listener) =>
            type === "oms_flow_changed" && listeners.add(listener),
        unsubscribe: (_type, listener) => listeners.delete(listener),
        addEventListener: () => {},
        removeEventListener: () => {},
    });
    return (...ids) => listeners.forEach((tell) => tell({ids, order_ids: ids}));
}
