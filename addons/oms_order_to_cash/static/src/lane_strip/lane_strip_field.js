import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {LANES, LaneStrip} from "./lane_strip";

const KEYS = Object.keys(LANES);

/** The strip of the row's order, on its field of the first lane. */
export class LaneStripField extends Component {
    static template = "oms_order_to_cash.LaneStripField";
    static components = {LaneStrip};
    static props = {...standardFieldProps};

    get lanes() {
        const {data, fields} = this.props.record;
        return KEYS.map((key) => {
            const state = data[`lane_${key}`];
            return {
                key,
                state,
                state_label: new Map(fields[`lane_${key}`].selection).get(state) || "",
            };
        });
    }
}

registry.category("fields").add("oms_lane_strip", {
    component: LaneStripField,
    displayName: _t("Order lanes"),
    supportedTypes: ["selection"],
    listViewWidth: [176, 176],
    fieldDependencies: KEYS.map((key) => ({name: `lane_${key}`, type: "selection"})),
});
