import {registry} from "@web/core/registry";

function selectRow(name) {
    return [
        {
            content: `Select ${name}`,
            trigger: `.o_data_row:contains(${name}) .o_list_record_selector input`,
            run: "click",
        },
        {trigger: `.o_data_row_selected:contains(${name})`},
    ];
}

registry.category("web_tour.tours").add("oms_bulk_tour", {
    steps: () => [
        {
            content: "Choose the quotations",
            trigger: ".o_oms_tile[data-stage=quotation]",
            run: "click",
        },
        {trigger: ".o_oms_tile[data-stage=quotation][aria-pressed=true]"},
        {trigger: ".o_facet_value:contains(Quotation)"},
        {trigger: ".o_oms_cockpit_list:not(:has(.o_data_row:contains(OTHER-4)))"},
        ...selectRow("TOUR-1"),
        ...selectRow("TOUR-2"),
        {
            content: "Run their step together",
            trigger: ".o_control_panel button:contains(Run Step)",
            run: "click",
        },
        {trigger: ".modal .o_data_row:contains(TOUR-1)"},
        {trigger: ".modal .o_data_row:contains(TOUR-2)"},
        {
            content: "Run",
            trigger: ".modal footer button[name=action_run]",
            run: "click",
        },
        {
            content: "The result is told per order",
            timeout: 30000, // for machines that are busy
            trigger: ".modal .o_data_row:contains(TOUR-1):contains(Done)",
        },
        {trigger: ".modal .o_data_row:contains(TOUR-2):contains(Done)"},
        {
            content: "Close",
            trigger: ".modal .btn-close, .modal footer button[special=cancel]",
            run: "click",
        },
        {
            content: "They are quotations no more",
            trigger:
                "body:not(:has(.modal)) .o_oms_cockpit_list:not(:has(.o_data_row:contains(TOUR-)))",
        },
        {
            content: "Choose what is to pick",
            trigger: ".o_oms_tile[data-stage=pick]",
            run: "click",
        },
        {trigger: ".o_facet_value:contains(Pick)"},
        {trigger: ".o_data_row:contains(TOUR-1)"},
        {trigger: ".o_data_row:contains(TOUR-2)"},
    ],
});
