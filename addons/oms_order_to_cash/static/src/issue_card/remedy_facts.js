import {Component} from "@odoo/owl";

/** What a remedy will change and whether that can be undone, or why it can't be run. */
export class RemedyFacts extends Component {
    static template = "oms_order_to_cash.RemedyFacts";
    static props = {
        remedy: {
            type: Object,
            shape: {
                changes: Array,
                obstacle: String,
                asks: Boolean,
                reversible: Boolean,
                "*": true,
            },
        },
    };

    get changes() {
        return this.props.remedy.changes;
    }
}
