import {registry} from "@web/core/registry";

const ROW = ".o_data_row:contains(Tour Customer)";
const CARD = ".o_oms_panel .o_oms_issue[data-code=I1]";

registry.category("web_tour.tours").add("oms_issue_undo_tour", {
    steps: () => [
        {
            content: "Choose what is to be invoiced",
            trigger: ".o_oms_tile[data-stage=invoice]",
            run: "click",
        },
        {trigger: ".o_facet_value:contains(Invoice)"},
        {
            content: "The row names its trouble",
            trigger: `${ROW} .o_oms_band:contains(not invoiced)`,
            run: "click",
        },
        {
            content: "The remedy says that there is a way back",
            trigger: `${CARD} .o_oms_reversible:contains(Can be undone)`,
        },
        {
            content: "Run it",
            trigger: `${CARD} .o_oms_remedy[data-verb=invoice]:enabled`,
            run: "click",
        },
        {
            content: "It is solved",
            timeout: 30000, // for machines that are busy
            trigger: `.o_oms_panel:not(:has(.o_oms_issue[data-code=I1])) .o_oms_document:contains(Draft)`,
        },
        {
            content: "Undo it from the notice",
            trigger: ".o_notification button:contains(Undo)",
            run: "click",
        },
        {
            content: "The trouble is back",
            timeout: 30000, // for machines that are busy
            trigger: `${CARD} .o_oms_remedy[data-verb=invoice]:enabled`,
        },
        {trigger: ".o_oms_panel:not(:has(.o_oms_document:contains(Draft)))"},
    ],
});
