import {expect} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {
    MockServer,
    defineModels,
    fields,
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
    date_promised = fields.Datetime();
    promise_pending = fields.Boolean();
    stage_since = fields.Datetime();
    amount_open = fields.Float();
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
                <filter name="stage_open" string="All Open" domain="[('stage', '!=', 'closed')]"/>
                <filter name="stage_quotation" string="Quotation" domain="[('stage', '=', 'quotation')]"/>
                <filter name="stage_pick" string="Pick" domain="[('stage', '=', 'pick')]"/>
            </search>`,
    };
}

export function defineOmsModels() {
    defineModels([OmsFlow, SaleOrder]);
    defineMailModels();
}

export const STRIP = {
    currency_id: 1,
    converted: [],
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
        action: {key: "deliver", label: "Deliver", runnable: true},
        promise: {date: "2026-11-20 10:00:00", pending: true},
        deadline: {date: false, pending: false},
        amount_open: 250,
        currency_id: 1,
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
