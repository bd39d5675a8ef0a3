import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** The worst issue of the row's order in the colour of its severity, how many more there are, and whether it is held. */
export class IssueField extends Component {
    static template = "oms_order_to_cash.IssueField";
    static props = {...standardFieldProps};

    get issue() {
        const {data, fields} = this.props.record;
        const type = data[this.props.name];
        const severity = new Map(fields.issue_band.selection).get(data.issue_band);
        return type
            ? {
                  name: type.display_name,
                  band: data.issue_band,
                  title: _t("%(severity)s, score %(score)s", {
                      severity,
                      score: data.issue_score,
                  }),
                  more: data.issue_count > 1 ? `+${data.issue_count - 1}` : "",
              }
            : null;
    }

    get isHeld() {
        return Boolean(this.props.record.data.is_held);
    }
}

registry.category("fields").add("oms_issue", {
    component: IssueField,
    displayName: _t("Worst issue of the order"),
    supportedTypes: ["many2one"],
    listViewWidth: [140, 260],
    fieldDependencies: [
        {name: "issue_band", type: "selection"},
        {name: "issue_count", type: "integer"},
        {name: "issue_score", type: "integer"},
        {name: "is_held", type: "boolean"},
    ],
});
