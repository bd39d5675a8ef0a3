import {useState} from "@odoo/owl";
import {SteadyListRenderer} from "./steady_list";

export class CockpitListRenderer extends SteadyListRenderer {
    setup() {
        super.setup();
        this.cockpit = useState(this.env.cockpit);
    }

    /** Where the width is short, the columns that help least stand back. */
    getActiveColumns() {
        const isNarrow = this.cockpit.flowId || this.env.isSmall;
        return super
            .getActiveColumns()
            .filter(
                (column) => !isNarrow || !column.attrs?.class?.includes("o_oms_wide")
            );
    }

    getRowClass(record) {
        const current =
            record.resId === this.cockpit.flowId ? " o_oms_current table-active" : "";
        return super.getRowClass(record) + current;
    }
}
