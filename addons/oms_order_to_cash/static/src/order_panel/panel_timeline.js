import {Component, useState} from "@odoo/owl";
import {useService} from "@web/core/utils/hooks";
import {formatDate, formatDateTime} from "@web/core/l10n/dates";
import {formatMonetary} from "@web/views/fields/formatters";
import {DocumentLink} from "../fields/document_link";
import {isPast, parseMoment} from "../fields/relative_date";

/** What happened to an order, and what is to come. */
export class PanelTimeline extends Component {
    static template = "oms_order_to_cash.PanelTimeline";
    static components = {DocumentLink};
    static props = {events: Array, onDone: {type: Function, optional: true}};
    static defaultProps = {onDone: () => {}};

    setup() {
        this.undoing = useService("oms.undo");
        this.running = useState(this.undoing.running);
    }

    get events() {
        return this.props.events.map(getEvent);
    }
}

function getEvent(event, index) {
    const date = event.date && parseMoment(event.date);
    const isMoment = event.date && event.date.length > 10;
    return {
        ...event,
        key: index,
        late: Boolean(!event.done && date && isPast(date)),
        dateText: date ? formatDate(date) : "",
        title: isMoment ? formatDateTime(date) : "",
        amountText:
            event.amount === false
                ? ""
                : formatMonetary(event.amount, {currencyId: event.currency_id}),
    };
}
