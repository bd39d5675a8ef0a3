import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {DocumentLink} from "./document_link";

/** The order, a link to its form, with its customer below. */
export class OrderField extends Component {
    static template = "oms_order_to_cash.OrderField";
    static components = {DocumentLink};
    static props = {...standardFieldProps};

    get order() {
        const {id, display_name} = this.props.record.data[this.props.name];
        return {
            model: this.props.record.fields[this.props.name].relation,
            id,
            name: display_name,
        };
    }

    get customer() {
        return this.props.record.data.partner_id?.display_name || "";
    }
}

registry.category("fields").add("oms_order", {
    component: OrderField,
    displayName: _t("Order and customer"),
    supportedTypes: ["many2one"],
    listViewWidth: [150, 320],
    fieldDependencies: [
        {name: "partner_id", type: "many2one", relation: "res.partner"},
    ],
});
