import {registry} from "@web/core/registry";

const ROW = ".o_data_row:contains(Tour Customer)";

/** Find the order, read the card of its issue, run the remedy, and see the issue go and what the remedy made. */
function solve({code, name, chain, verb, changes, made}) {
    const card = `.o_oms_panel .o_oms_issue[data-code=${code}]`;
    return [
        {
            content: "Search the order",
            trigger: ".o_searchview_input",
            run: "edit TOUR-1",
        },
        {trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(TOUR-1)"},
        {trigger: ".o_searchview_input", run: "press Enter"},
        {trigger: ".o_facet_value:contains(TOUR-1)"},
        {
            content: "Open its panel",
            trigger: `${ROW} .o_oms_band`,
            run: "click",
        },
        {trigger: `${card} .o_oms_issue_name:contains(${name})`},
        {
            content: "The card proves it",
            trigger: `${card} .o_oms_chain_link:contains(${chain})`,
        },
        {
            content: "and says what the remedy will change",
            trigger: `${card} .o_oms_remedies:contains(${changes})`,
        },
        {
            content: "Run it",
            trigger: `${card} .o_oms_remedy[data-verb=${verb}]:enabled`,
            run: "click",
        },
        {
            content: "It is solved",
            timeout: 30000, // for machines that are busy
            trigger: `.o_oms_panel:not(:has(.o_oms_issue[data-code=${code}])):contains(${made})`,
        },
        {trigger: `.o_oms_cockpit_list:not(:has(${ROW}:contains(${name})))`},
    ];
}

function addTour(lane, issue, before = []) {
    registry
        .category("web_tour.tours")
        .add(`oms_issue_${lane}_tour`, {steps: () => [...before, ...solve(issue)]});
}

const LOOK_AT_CLOSED = [
    {
        content: "The cash was in when it came back: look at closed orders too",
        trigger: ".o_searchview_facet:contains(All Open) .o_facet_remove",
        run: "click",
    },
    {trigger: ".o_searchview:not(:has(.o_searchview_facet:contains(All Open)))"},
];

addTour("order", {
    code: "O3",
    name: "On hold",
    chain: "Address to check",
    verb: "release",
    changes: "Address to check is released",
    made: "Hold released",
});
addTour("supply", {
    code: "S4",
    name: "Stock is free but not reserved",
    chain: "short",
    verb: "reserve",
    changes: "Reserves 10 Units of Test Goods",
    made: "Ready",
});
addTour("delivery", {
    code: "P3",
    name: "Partly ready",
    chain: "ships all at once",
    verb: "split",
    changes: "Test Goods nobody has",
    made: "Ready",
});
addTour("invoice", {
    code: "I2",
    name: "Draft invoice not posted",
    chain: "is a draft since",
    verb: "post",
    changes: "Posts the invoice",
    made: "Posted",
});
addTour("payment", {
    code: "A3",
    name: "Payment unmatched",
    chain: "not matched",
    verb: "match",
    changes: "as far as it goes",
    made: "Paid",
});
addTour(
    "return",
    {
        code: "R2",
        name: "Returned, not credited",
        chain: "neither credited nor replaced",
        verb: "credit",
        changes: "are credited",
        made: "Credit Note",
    },
    LOOK_AT_CLOSED
);
