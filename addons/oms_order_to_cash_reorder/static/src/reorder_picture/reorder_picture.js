import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** A picture that the server has placed; the option `template` names how it is drawn. */
export class ReorderPicture extends Component {
    static template = "oms_order_to_cash_reorder.ReorderPicture";
    static props = {...standardFieldProps, template: String};

    get chart() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("oms_reorder_picture", {
    component: ReorderPicture,
    supportedTypes: ["json"],
    extractProps: ({options}) => ({
        template: `oms_order_to_cash_reorder.${options.template}`,
    }),
});
