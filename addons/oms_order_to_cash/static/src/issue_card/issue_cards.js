import {Component, useState} from "@odoo/owl";
import {IssueCard} from "./issue_card";

/** The issues of an order, worst first; what was put away waits, folded, at the end. */
export class IssueCards extends Component {
    static template = "oms_order_to_cash.IssueCards";
    static components = {IssueCard};
    static props = {issues: Array, onDone: Function};

    setup() {
        this.state = useState({showAway: false});
    }

    get active() {
        return this.props.issues.filter((issue) => !isAway(issue));
    }

    get away() {
        return this.props.issues.filter(isAway);
    }

    toggleAway() {
        this.state.showAway = !this.state.showAway;
    }
}

function isAway({state, snoozed_until}) {
    return state !== "open" || Boolean(snoozed_until);
}
