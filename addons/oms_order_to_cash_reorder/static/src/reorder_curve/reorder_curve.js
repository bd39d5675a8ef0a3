import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Service against value of stock. The server has placed all of it; here it is drawn. */
export class ReorderCurve extends Component {
    static template = "oms_order_to_cash_reorder.ReorderCurve";
    static props = {...standardFieldProps};

    get chart() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("oms_reorder_curve", {
    component: ReorderCurve,
    supportedTypes: ["json"],
});
