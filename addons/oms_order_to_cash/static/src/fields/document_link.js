import {Component} from "@odoo/owl";
import {useService} from "@web/core/utils/hooks";

/** A link that opens a document in the web client, with the way back; and, as any link, in a new tab when asked so. */
export class DocumentLink extends Component {
    static template = "oms_order_to_cash.DocumentLink";
    static props = {
        document: {
            type: Object,
            shape: {model: String, id: Number, name: String, "*": true},
        },
        class: {type: String, optional: true},
        slots: {type: Object, optional: true},
    };
    static defaultProps = {class: ""};

    setup() {
        this.action = useService("action");
    }

    get href() {
        const {model, id} = this.props.document;
        return `/odoo/${model.includes(".") ? "" : "m-"}${model}/${id}`;
    }

    onClick(ev) {
        if (ev.ctrlKey || ev.metaKey || ev.shiftKey) {
            return;
        }
        ev.preventDefault();
        const {model, id} = this.props.document;
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
