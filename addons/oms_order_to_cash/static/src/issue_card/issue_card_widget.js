import {Component, useEffect, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {IssueCard} from "./issue_card";

/** The card of an issue on its own form. */
export class IssueCardWidget extends Component {
    static template = "oms_order_to_cash.IssueCardWidget";
    static components = {IssueCard};
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({issue: null});
        // A record gets new data each time it is loaded.
        useEffect(
            () => {
                this.load();
            },
            () => [this.props.record.resId, this.props.record.data]
        );
    }

    async load() {
        const {data, resId} = this.props.record;
        const call = this.orm.silent.call("oms.cockpit", "get_issue_cards", [
            data.order_id.id,
        ]);
        const issues = await this.keepLast.add(call);
        this.state.issue = issues.find(({id}) => id === resId) || null;
    }

    reloadForm() {
        return this.props.record.load();
    }
}

registry.category("view_widgets").add("oms_issue_card", {
    component: IssueCardWidget,
    fieldDependencies: [{name: "order_id", type: "many2one", relation: "sale.order"}],
});
