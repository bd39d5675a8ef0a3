import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {formatSelection} from "@web/views/fields/formatters";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** How bad an issue is, in the colour it has everywhere. */
export class BandField extends Component {
    static template = "oms_order_to_cash.BandField";
    static props = {...standardFieldProps};

    get band() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        const {selection} = this.props.record.fields[this.props.name];
        return formatSelection(this.band, {selection});
    }
}

registry.category("fields").add("oms_band", {
    component: BandField,
    displayName: _t("Severity of an issue"),
    supportedTypes: ["selection"],
    listViewWidth: [80, 100],
});
