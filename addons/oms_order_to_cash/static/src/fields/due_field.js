import {Component} from "@odoo/owl";
import {formatDate, formatDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {describeDistance, isPast} from "./relative_date";

/** A date to keep; how far it is, and red with a mark once it has passed while the server still calls it pending. */
export class DueField extends Component {
    static template = "oms_order_to_cash.DueField";
    static props = {
        ...standardFieldProps,
        pendingField: {type: String, optional: true},
    };

    get date() {
        return this.props.record.data[this.props.name];
    }

    get isPending() {
        return Boolean(this.props.record.data[this.props.pendingField]);
    }

    get isLate() {
        return this.isPending && isPast(this.date);
    }

    get text() {
        return formatDate(this.date);
    }

    get title() {
        return formatDateTime(this.date);
    }

    get distance() {
        return describeDistance(this.date);
    }
}

registry.category("fields").add("oms_due", {
    component: DueField,
    displayName: _t("Date to keep"),
    supportedTypes: ["date", "datetime"],
    listViewWidth: [110, 130],
    supportedOptions: [
        {
            label: _t("Field that tells if it is pending"),
            name: "pending_field",
            type: "field",
        },
    ],
    extractProps: ({options}) => ({pendingField: options.pending_field}),
});
