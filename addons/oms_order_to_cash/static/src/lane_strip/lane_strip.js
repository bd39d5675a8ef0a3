import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

export const LANES = {
    order: {label: _t("Order"), icon: "fa-shopping-cart"},
    supply: {label: _t("Supply"), icon: "fa-cubes"},
    delivery: {label: _t("Delivery"), icon: "fa-truck"},
    invoice: {label: _t("Invoice"), icon: "fa-file-text-o"},
    payment: {label: _t("Payment"), icon: "fa-credit-card"},
    return: {label: _t("Return"), icon: "fa-undo"},
};
// A state shows by its form as well as by its colour: a tick, a mark of warning, a dot, or the lane's own sign.
const STATE_ICONS = {done: "fa-check", blocked: "fa-exclamation"};

/** The six lanes of an order side by side, each in its state. */
export class LaneStrip extends Component {
    static template = "oms_order_to_cash.LaneStrip";
    static props = {
        lanes: {
            type: Array,
            element: {
                type: Object,
                shape: {key: String, state: String, state_label: String},
            },
        },
        showLabels: {type: Boolean, optional: true},
    };

    get pips() {
        return this.props.lanes.map(({key, state, state_label}) => {
            const {label, icon} = LANES[key];
            return {
                key,
                state,
                label,
                icon: state === "none" ? "" : STATE_ICONS[state] || icon,
                title: `${label}: ${state_label}`,
            };
        });
    }

    get description() {
        return this.pips.map(({title}) => title).join(", ");
    }
}
