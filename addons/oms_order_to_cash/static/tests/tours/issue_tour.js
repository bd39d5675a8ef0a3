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
        ...["TOUR-1", "LATE-2"].flatMap((name) => [
            {
                content: `Choose the issue of ${name}`,
                trigger: `.o_data_row:contains(${name}) .o_list_record_selector input`,
                run: "click",
            },
            {trigger: `.o_data_row_selected:contains(${name})`},
        ]),
        {
            content: "Run the remedies of both",
            trigger: ".o_control_panel button:contains(Run Remedy)",
            run: "click",
        },
        {
            content: "Each is shown with its own before anything runs",
            trigger: ".modal .o_data_row:contains(TOUR-1):contains(Confirm)",
        },
        {
            content: "and what can't be undone is said",
            trigger:
                ".modal .o_data_row:contains(LATE-2):contains(Remind customer):contains(can't be undone)",
        },
        {trigger: ".modal footer button[name=action_run]", run: "click"},
        {
            content: "The result is told per issue",
            timeout: 30000, // for machines that are busy
            trigger: ".modal .o_data_row:contains(LATE-2):contains(Done)",
        },
        {
            content: "with the way back where there is one",
            trigger:
                ".modal .o_data_row:contains(TOUR-1) button[name=action_undo]:contains(Undo)",
            run: "click",
        },
        {
            timeout: 30000, // for machines that are busy
            trigger:
                ".modal:not(:has(button[name=action_undo])) .o_data_row:contains(TOUR-1)",
        },
        {trigger: ".modal footer button[special=cancel]", run: "click"},
        {trigger: `body:not(:has(.modal)) ${ROW}:contains(Paid but not confirmed)`},
    ],
});
