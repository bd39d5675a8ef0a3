import {registry} from "@web/core/registry";

const ROW = ".o_data_row:contains(Tour Customer)";
const CARD = ".o_oms_panel .o_oms_issue";

registry.category("web_tour.tours").add("oms_issue_tour", {
    steps: () => [
        {
            content: "Choose what is critical",
            trigger: ".o_oms_chip[data-band=critical]",
            run: "click",
        },
        {trigger: ".o_oms_chip[data-band=critical][aria-pressed=true]"},
        {trigger: ".o_facet_value:contains(Critical)"},
        {trigger: ".o_oms_cockpit_list:not(:has(.o_data_row:contains(CALM-2)))"},
        {
            content: "The row names its trouble",
            trigger: `${ROW} .o_oms_band:contains(Paid but not confirmed)`,
            run: "click",
        },
        {trigger: `${CARD}[data-code=O6] .o_oms_chain_link:contains(not confirmed)`},
        {
            content: "How bad it is adds up",
            trigger: `${CARD} .o_oms_issue_score`,
            run: "click",
        },
        {trigger: `${CARD} .o_oms_addends li:contains(Urgency)`},
        {
            content: "Take it",
            trigger: `${CARD} .o_oms_issue_menu`,
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Assign to me)",
            run: "click",
        },
        {trigger: `${CARD} .o_oms_issue_owner`},
        {
            content: "Run the remedy",
            trigger: `${CARD} .o_oms_remedy[data-verb=confirm]:enabled`,
            run: "click",
        },
        {
            content: "It is solved",
            timeout: 30000, // for machines that are busy
            trigger: `.o_oms_panel:has(.badge:contains(Pick)):not(:has(.o_oms_issue[data-code=O6]))`,
        },
        {trigger: `.o_oms_cockpit_list:not(:has(${ROW}))`},
    ],
});

registry.category("web_tour.tours").add("oms_issue_list_tour", {
    steps: () => [
        {
            content: "Open the cards of an order from the list of issues",
            trigger: `${ROW}:contains(Paid but not confirmed) td[name=score]`,
            run: "click",
        },
        {
            content: "Put it away",
            trigger: ".modal .o_oms_issue[data-code=O6] .o_oms_issue_menu",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Dismiss)",
            run: "click",
        },
        {
            trigger: ".modal .o_oms_issue_form [aria-label=Note]",
            run: "edit By phone",
        },
        {
            trigger: ".modal .o_oms_issue_form [type=submit]",
            run: "click",
        },
        {
            content: "It is off the list, and waits at the end of the cards",
            trigger: ".modal .o_oms_issues_away:contains(put away)",
        },
        {
            content: "Bring it back",
            trigger: ".modal .o_oms_issue_wake",
            run: "click",
        },
        {trigger: ".modal .o_oms_issue[data-code=O6] .o_oms_remedy:enabled"},
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {trigger: `body:not(:has(.modal)) ${ROW}:contains(Paid but not confirmed)`},
    ],
});
