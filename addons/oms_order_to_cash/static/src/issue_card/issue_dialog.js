import {Component, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {useFlowChanges} from "../cockpit/flow_bus";
import {DocumentLink} from "../fields/document_link";
import {IssueCards} from "./issue_cards";

/** The issues of one order over whatever screen asked for them. */
export class IssueDialog extends Component {
    static template = "oms_order_to_cash.IssueDialog";
    static components = {Dialog, DocumentLink, IssueCards};
    static props = {
        orderId: Number,
        orderName: String,
        onChange: {type: Function, optional: true},
        close: Function,
    };
    static defaultProps = {onChange: () => {}};

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({status: "loading", issues: []});
        this.load();
        useFlowChanges(({orderIds, all}) => {
            if (all || orderIds.includes(this.props.orderId)) {
                this.load();
            }
        });
    }

    get order() {
        const {orderId, orderName} = this.props;
        return {model: "sale.order", id: orderId, name: orderName};
    }

    async load() {
        const args = [this.props.orderId];
        try {
            const call = this.orm.silent.call("oms.cockpit", "get_issue_cards", args);
            const issues = await this.keepLast.add(call);
            Object.assign(this.state, {status: "loaded", issues});
        } catch {
            this.state.status = "error";
        }
    }

    async onDone() {
        await Promise.all([this.load(), this.props.onChange()]);
    }
}
