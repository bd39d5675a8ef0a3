import {Component, useState} from "@odoo/owl";

/** Says that a list would show something else by now, and shows it when asked. It lies above the rows, which it never moves. */
export class ChangesPill extends Component {
    static template = "oms_order_to_cash.ChangesPill";
    static props = {steady: Object};

    setup() {
        this.news = useState(this.props.steady.state);
        this.state = useState({isTaking: false});
    }

    /** A second click must not go through to what lies behind it. */
    get isDone() {
        return this.state.isTaking || this.news.isSettling;
    }

    async takeIn() {
        this.state.isTaking = true;
        this.props.steady.settle();
        try {
            await this.props.steady.takeIn();
        } finally {
            this.state.isTaking = false;
        }
    }
}
