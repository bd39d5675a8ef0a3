import {registry} from "@web/core/registry";

const ROW = ".o_data_row:contains(Tour Customer)";
const CHOICE = ".o_select_menu_item";

/** Choose an entry of a selection field. */
function choose(content, field, entry) {
    return [
        {content, trigger: `${field} .o_select_menu_toggler`, run: "click"},
        {trigger: `${CHOICE}:contains(${entry})`, run: "click"},
    ];
}

registry.category("web_tour.tours").add("oms_rule_write_tour", {
    steps: () => [
        {
            content: "Everything runs; an administrator may stop it",
            trigger: ".o_oms_switch button:contains(Stop All)",
            run: "click",
        },
        {trigger: ".modal button:contains(Stop All)", run: "click"},
        {
            content:
                "That it is stopped can't be overlooked, and only the way back is offered",
            trigger: ".o_oms_switch.alert-danger:contains(All automation is stopped)",
        },
        {
            trigger: ".o_list_view:not(:has(button:contains(Stop All)))",
        },
        {trigger: ".o_oms_switch button:contains(Resume All)", run: "click"},
        {trigger: ".o_oms_switch button:contains(Stop All)"},
        {content: "Write a rule", trigger: ".o_list_button_add", run: "click"},
        {
            trigger:
                ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea",
            run: "edit Tour rule",
        },
        ...choose("When", ".o_field_widget[name=event]", "An order is placed"),
        {trigger: ".o_field_widget[name=sentence]:contains(an order is placed)"},
        {
            content: "What it does",
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        ...choose("Confirm", ".o_selected_row [name=verb]", "Confirm"),
        {
            content: "It reads as one sentence",
            trigger:
                ".o_field_widget[name=sentence]:contains(When: an order is placed, of all orders, do: Confirm.)",
        },
        {trigger: ".o_form_button_save", run: "click"},
        {
            content: "How many orders are like this is counted",
            trigger: ".o_form_saved .o_field_widget[name=match_count]",
        },
        {
            content: "Replay it on the past",
            trigger: "button:contains(Replay on the Past)",
            run: "click",
        },
        {trigger: ".modal td:contains(TOUR-PAST)"},
        {trigger: ".modal td:contains(h later)"},
        {trigger: ".modal .modal-footer button:contains(Close)", run: "click"},
        {
            content: "In shadow first",
            trigger: "body:not(.modal-open) button:contains(Run in Shadow)",
            run: "click",
        },
        {trigger: ".o_arrow_button_current:contains(Shadow)"},
        {
            content: "Then on",
            trigger: "button:contains(Switch On)",
            run: "click",
        },
        {trigger: ".o_arrow_button_current:contains(On)"},
    ],
});

registry.category("web_tour.tours").add("oms_rule_undo_tour", {
    steps: () => [
        {
            content: "An order that the rule confirmed waits to be picked",
            trigger: ".o_oms_tile[data-stage=pick]",
            run: "click",
        },
        {trigger: ".o_facet_value:contains(Pick)"},
        {trigger: `${ROW} .o_data_cell[name=order_id]`, run: "click"},
        {
            content: "The timeline says that a rule did it",
            trigger:
                ".o_oms_panel .o_oms_event:contains(Confirmed):contains(Rule: Tour rule)",
        },
        {
            content: "Take it back",
            trigger: ".o_oms_panel .o_oms_event:contains(Rule: Tour rule) .o_oms_undo",
            run: "click",
        },
        {
            content: "It is a quotation again",
            timeout: 30000, // for machines that are busy
            trigger: ".o_oms_panel .o_oms_event:contains(Undone: Confirm)",
        },
    ],
});
