import {Component, status, useComponent, useEffect, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useFlowChanges} from "../cockpit/flow_bus";
import {IssueDialog} from "../issue_card/issue_dialog";
import {LaneStrip} from "../lane_strip/lane_strip";
import {NextAction} from "../next_action/next_action";

/** Where the order stands, on its own form. A help beside the form: whatever fails here leaves the form alone. */
export class OrderStrip extends Component {
    static template = "oms_order_to_cash.OrderStrip";
    static components = {LaneStrip, NextAction};
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.component = useComponent();
        this.keepLast = new KeepLast();
        this.state = useState({status: "loading", data: null});
        // A record gets new data each time it is loaded or saved.
        useEffect(
            () => {
                this.load();
            },
            () => [this.props.record.resId, this.props.record.data]
        );
        useFlowChanges(({orderIds, all}) => {
            if (all || orderIds.includes(this.props.record.resId)) {
                this.load();
            }
        });
    }

    async load() {
        const {resId} = this.props.record;
        if (!resId) {
            return;
        }
        try {
            const call = this.orm.silent.call("oms.cockpit", "get_order_strip", [
                resId,
            ]);
            Object.assign(this.state, {
                status: "loaded",
                data: (await this.keepLast.add(call)) || null,
            });
        } catch {
            Object.assign(this.state, {status: "error", data: null});
        }
    }

    openIssues() {
        this.dialog.add(IssueDialog, {
            orderId: this.props.record.resId,
            orderName: this.state.data.name,
            onChange: () => this.reloadForm(),
        });
    }

    saveForm() {
        return this.props.record.save();
    }

    async reloadForm() {
        if (status(this.component) !== "destroyed") {
            await this.props.record.load();
        }
    }
}

registry.category("view_widgets").add("oms_order_strip", {
    component: OrderStrip,
});
