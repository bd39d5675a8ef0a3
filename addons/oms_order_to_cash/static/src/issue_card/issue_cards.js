import {Component, useState} from "@odoo/owl";
import {IssueCard} from "./issue_card";

/** The issues of an order, worst first; what was put away waits, folded, at the end. */
export class IssueCards extends Component {
    static template = "oms_order_to_cash.IssueCards";
    static components = {IssueCard};
    static props = {
        issues: Array,
        onDone: Function,
        unfoldLast: {type: Boolean, optional: true},
    };

    setup() {
        this.state = useState({showAway: null});
    }

    /** Nobody has to unfold it where there is nothing else to see. */
    get showAway() {
        const isAlone = Boolean(this.props.unfoldLast) && !this.active.length;
        return this.state.showAway ?? isAlone;
    }

    get active() {
        return this.props.issues.filter((issue) => !isAway(issue));
    }

    get away() {
        return this.props.issues.filter(isAway);
    }

    toggleAway() {
        this.state.showAway = !this.showAway;
    }
}

function isAway({state, snoozed_until}) {
    return state !== "open" || Boolean(snoozed_until);
}
