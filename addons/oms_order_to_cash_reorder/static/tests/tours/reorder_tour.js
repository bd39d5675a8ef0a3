import {registry} from "@web/core/registry";

const ROW = ".o_data_row:contains(Test Toured)";

registry.category("web_tour.tours").add("oms_reorder_tour", {
    steps: () => [
        {
            content: "The proposals are listed; read one",
            trigger: `${ROW} .o_data_cell[name=product_id]`,
            run: "click",
        },
        {
            content: "It says what to do in a sentence",
            trigger: ".o_oms_reorder_headline:contains(of the demand is met at once)",
        },
        {
            content: "It shows demand, stock, minimum and maximum",
            trigger: ".o_oms_reorder_chart svg",
        },
        {
            content: "And why",
            trigger: ".o_field_widget[name=explanation] li:contains(Lead time:)",
        },
        {
            content: "What another service would cost",
            trigger: "button[name=action_what_if]",
            run: "click",
        },
        {trigger: ".modal .o_oms_reorder_curve svg .o_oms_reorder_chosen"},
        {trigger: ".modal .btn-close", run: "click"},
        {
            content: "Back to the list",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "Choose a class",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .o_menu_item:contains(/^B$/)",
            run: "click",
        },
        {
            content: "Those of another class are not shown any more",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Test Other Class)))",
        },
        {
            content: "All of it",
            trigger: ".o_list_record_selector input",
            run: "click",
        },
        {
            content: "Accept",
            trigger: ".o_control_panel button[name=action_accept]",
            run: "click",
        },
        {
            content: "It is said how many were changed, and the proposals are gone",
            timeout: 30000, // for machines that are busy
            trigger: ".o_notification:contains(Reordering rules changed: 2.)",
        },
        {trigger: `.o_list_view:not(:has(${ROW}))`},
        {
            content: "The changes, to take them back",
            trigger:
                ".o_menu_sections [data-menu-xmlid='oms_order_to_cash_reorder.oms_menu_reorder']",
            run: "click",
        },
        {
            trigger:
                "[data-menu-xmlid='oms_order_to_cash_reorder.oms_menu_reorder_change']",
            run: "click",
        },
        {trigger: `.o_list_view ${ROW} .o_field_badge:contains(Written)`},
        {trigger: ".o_list_record_selector input", run: "click"},
        {
            content: "Undo",
            trigger: ".o_control_panel button[name=action_undo]",
            run: "click",
        },
        {
            content: "Nothing is in use any more",
            timeout: 30000, // for machines that are busy
            trigger: `.o_list_view ${ROW} .o_field_badge:contains(Undone)`,
        },
    ],
});
