import {Component, onMounted, onWillUpdateProps, useRef, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {useService} from "@web/core/utils/hooks";
import {formatMonetary} from "@web/views/fields/formatters";
import {DocumentLink} from "../fields/document_link";
import {
    describeAge,
    describeDistance,
    isPast,
    parseMoment,
} from "../fields/relative_date";
import {IssueCards} from "../issue_card/issue_cards";
import {LaneStrip} from "../lane_strip/lane_strip";
import {NextAction} from "../next_action/next_action";
import {useBackToClose} from "./back_to_close";
import {PanelDocuments} from "./panel_documents";
import {PanelTimeline} from "./panel_timeline";

/** One order beside the list: where it stands, what happened, and its documents. */
export class OrderPanel extends Component {
    static template = "oms_order_to_cash.OrderPanel";
    static components = {
        DocumentLink,
        IssueCards,
        LaneStrip,
        NextAction,
        PanelDocuments,
        PanelTimeline,
    };
    static props = {
        flowId: Number,
        version: Number,
        onClose: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.keepLast = new KeepLast();
        this.close = useBackToClose(() => this.props.onClose());
        this.state = useState({status: "loading", data: null});
        this.load(this.props.flowId);
        onWillUpdateProps((nextProps) => {
            if (
                nextProps.flowId !== this.props.flowId ||
                nextProps.version !== this.props.version
            ) {
                this.load(nextProps.flowId);
            }
        });
        onMounted(() => {
            if (this.env.isSmall) {
                this.root.el.focus();
            }
        });
    }

    /** What is shown stays until its successor is there. */
    async load(flowId = this.props.flowId) {
        try {
            const data = await this.keepLast.add(
                this.orm.silent.call("oms.cockpit", "get_panel", [flowId])
            );
            Object.assign(this.state, {
                status: data ? "loaded" : "gone",
                data: data || null,
            });
        } catch {
            Object.assign(this.state, {status: "error", data: null});
        }
    }

    get amount() {
        const {amount_open, currency_id} = this.state.data;
        return amount_open === false
            ? ""
            : formatMonetary(amount_open, {currencyId: currency_id});
    }

    get order() {
        const {order_id, name} = this.state.data;
        return {model: "sale.order", id: order_id, name};
    }

    get dates() {
        const {promise, deadline} = this.state.data;
        return [
            ["promise", promise],
            ["deadline", deadline],
        ].flatMap(([key, {date, pending}]) =>
            date ? [this.getDate(key, parseMoment(date), pending)] : []
        );
    }

    getDate(key, date, pending) {
        return {
            key,
            text: date.toLocaleString(luxon.DateTime.DATE_MED),
            distance: pending ? describeDistance(date) : "",
            late: pending && isPast(date),
        };
    }

    get age() {
        const {stage_since} = this.state.data;
        return stage_since ? describeAge(parseMoment(stage_since)) : "";
    }
}
