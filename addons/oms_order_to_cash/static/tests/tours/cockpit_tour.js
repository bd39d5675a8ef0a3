import {registry} from "@web/core/registry";

const ROW = ".o_data_row:contains(Tour Customer)";

function chooseStage(stage, label) {
    return [
        {
            content: `Choose the stage ${label}`,
            trigger: `.o_oms_tile[data-stage=${stage}]`,
            run: "click",
        },
        {
            content: "It is chosen, and a part of the search",
            trigger: `.o_oms_tile[data-stage=${stage}][aria-pressed=true]`,
        },
        {trigger: `.o_facet_value:contains(${label})`},
    ];
}

registry.category("web_tour.tours").add("oms_cockpit_tour", {
    steps: () => [
        ...chooseStage("pick", "Pick"),
        {
            content: "Look at the order without leaving the screen",
            trigger: `${ROW} td[name=stage]`,
            run: "click",
        },
        {trigger: ".o_oms_panel h4:contains(TOUR-1)"},
        {trigger: ".o_oms_panel .o_oms_document:contains(Ready)"},
        {
            content: "Deliver it",
            trigger: `${ROW} .o_oms_next:contains(Deliver)`,
            run: "click",
        },
        {
            content:
                "It says what was done where it stood, and a second click finds nothing else to do",
            timeout: 30000, // for machines that are busy
            trigger: `${ROW} .o_oms_step_done:contains(Deliver: done)`,
            run: "click",
        },
        {trigger: ".o_data_row:contains(OTHER-2) .o_oms_next:contains(Deliver)"},
        {
            content: "Take in what changed",
            trigger: ".o_oms_changes_pill:contains(1 changed)",
            run: "click",
        },
        {
            content: "It has left the stage",
            timeout: 30000, // for machines that are busy
            trigger: `.o_oms_cockpit_list:not(:has(${ROW}))`,
        },
        {trigger: ".o_data_row:contains(OTHER-2) .o_oms_next:contains(Deliver)"},
        {
            content: "and the panel shows where it is now",
            trigger: ".o_oms_panel .badge:contains(Invoice)",
        },
        {trigger: ".o_oms_panel .o_oms_document:contains(Done)"},
        {
            content: "Close the panel",
            trigger: ".o_oms_panel .btn-close",
            run: "click",
        },
        {trigger: ".o_oms_cockpit:not(:has(.o_oms_panel))"},
        ...chooseStage("invoice", "Invoice"),
        {
            content: "There it stands, to be invoiced",
            trigger: `${ROW} .o_oms_next:contains(Invoice)`,
        },
        {
            content: "The order's own form shows the same",
            trigger: `${ROW} .o_oms_order a`,
            run: "click",
        },
        {
            trigger:
                ".o_form_view .o_oms_order_strip .o_oms_lane_done[data-lane=delivery]",
        },
        {trigger: ".o_form_view .o_oms_order_strip .o_oms_next:contains(Invoice)"},
        {
            content: "Back to where we were",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Cockpit)",
            run: "click",
        },
        {trigger: `.o_oms_tile[data-stage=invoice][aria-pressed=true]`},
        {trigger: ROW},
    ],
});
