import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {NextAction} from "./next_action";

/** The next step of the row's order, on its selection field. */
export class NextActionField extends Component {
    static template = "oms_order_to_cash.NextActionField";
    static components = {NextAction};
    static props = {...standardFieldProps};

    get label() {
        const {data, fields} = this.props.record;
        return (
            new Map(fields[this.props.name].selection).get(data[this.props.name]) || ""
        );
    }

    reload() {
        return this.env.reloadFlows ? this.env.reloadFlows() : this.props.record.load();
    }
}

registry.category("fields").add("oms_next_action", {
    component: NextActionField,
    displayName: _t("Next step of the order"),
    supportedTypes: ["selection"],
    listViewWidth: [150, 170],
    fieldDependencies: [{name: "has_runnable_action", type: "boolean"}],
});
