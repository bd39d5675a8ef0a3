import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** A year of demand and stock beside minimum and maximum. The server has placed all of it; here it is drawn. */
export class ReorderChart extends Component {
    static template = "oms_order_to_cash_reorder.ReorderChart";
    static props = {...standardFieldProps};

    get chart() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("oms_reorder_chart", {
    component: ReorderChart,
    supportedTypes: ["json"],
});
