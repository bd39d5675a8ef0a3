import {Component} from "@odoo/owl";
import {formatDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {describeAge} from "./relative_date";

/** How long ago a moment was. */
export class AgeField extends Component {
    static template = "oms_order_to_cash.AgeField";
    static props = {...standardFieldProps};

    get date() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.date ? describeAge(this.date) : "";
    }

    get title() {
        return this.date ? formatDateTime(this.date) : "";
    }
}

registry.category("fields").add("oms_age", {
    component: AgeField,
    displayName: _t("Age"),
    supportedTypes: ["datetime"],
    listViewWidth: [80, 100],
});
