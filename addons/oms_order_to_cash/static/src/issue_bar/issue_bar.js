import {Component} from "@odoo/owl";
import {formatInteger} from "@web/views/fields/formatters";

/** What is wrong with the orders of the list, by severity; each chip and switch filters the list below. */
export class IssueBar extends Component {
    static template = "oms_order_to_cash.IssueBar";
    static props = {
        chips: {type: [Array, {value: null}], optional: true},
        chosen: {type: Array, element: String},
        switches: Array,
        onChoose: Function,
        onSwitch: Function,
    };

    get chips() {
        return (this.props.chips || []).map((chip) => ({
            ...chip,
            chosen: this.props.chosen.includes(chip.key),
            text: formatInteger(chip.count),
        }));
    }
}
