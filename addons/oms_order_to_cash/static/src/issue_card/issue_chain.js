import {Component} from "@odoo/owl";
import {DocumentLink} from "../fields/document_link";

const ICONS = {
    danger: "fa-times-circle",
    warning: "fa-exclamation-circle",
    success: "fa-check-circle",
};

/** The documents that prove an issue, from the order down to the root of the trouble. */
export class IssueChain extends Component {
    static template = "oms_order_to_cash.IssueChain";
    static components = {DocumentLink};
    static props = {
        links: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    text: String,
                    tone: String,
                    document: [Object, {value: false}],
                },
            },
        },
    };

    get links() {
        return this.props.links.map((link, index) => ({
            ...link,
            key: index,
            icon: ICONS[link.tone] || "fa-circle",
        }));
    }
}
