import {browser} from "@web/core/browser/browser";
import {useState} from "@odoo/owl";
import {SteadyListRenderer} from "./steady_list";

// Below this width an open panel leaves no room for the amounts beside the stage, which the panel shows.
const ROOMY = 1400;

export class CockpitListRenderer extends SteadyListRenderer {
    setup() {
        super.setup();
        this.cockpit = useState(this.env.cockpit);
    }

    /** Where the width is short, the columns that help least stand back. */
    getActiveColumns() {
        const isNarrow = this.cockpit.flowId || this.env.isSmall;
        const isTight = this.cockpit.flowId && browser.innerWidth < ROOMY;
        const hidden = [isNarrow && "o_oms_wide", isTight && "o_oms_roomy"].filter(
            Boolean
        );
        return super
            .getActiveColumns()
            .filter(
                (column) => !hidden.some((name) => column.attrs?.class?.includes(name))
            );
    }

    getRowClass(record) {
        const current =
            record.resId === this.cockpit.flowId ? " o_oms_current table-active" : "";
        return super.getRowClass(record) + current;
    }
}
