import {Component} from "@odoo/owl";
import {formatDate} from "@web/core/l10n/dates";
import {formatMonetary} from "@web/views/fields/formatters";
import {DocumentLink} from "../fields/document_link";
import {parseMoment} from "../fields/relative_date";

const BADGES = {
    muted: "light",
    info: "info",
    success: "success",
    warning: "warning",
    danger: "danger",
};

/** The documents of an order, by kind. */
export class PanelDocuments extends Component {
    static template = "oms_order_to_cash.PanelDocuments";
    static components = {DocumentLink};
    static props = {sections: Array};

    get sections() {
        return this.props.sections.map((section) => ({
            ...section,
            items: section.items.map(getItem),
        }));
    }
}

function getItem(item) {
    return {
        ...item,
        badge: BADGES[item.tone] || "light",
        dateText: item.date ? formatDate(parseMoment(item.date)) : "",
        amountText:
            item.amount === false
                ? ""
                : formatMonetary(item.amount, {currencyId: item.currency_id}),
    };
}
