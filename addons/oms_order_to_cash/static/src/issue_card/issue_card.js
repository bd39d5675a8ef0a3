import {Component, useState} from "@odoo/owl";
import {formatDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {formatMonetary} from "@web/views/fields/formatters";
import {describeAge, describeDistance, parseMoment} from "../fields/relative_date";
import {IssueChain} from "./issue_chain";
import {IssueForm} from "./issue_form";
import {IssueMenu} from "./issue_menu";
import {IssueRemedies} from "./issue_remedies";

/** One trouble of an order: what it is, what proves it, what it costs, whose turn it is, and what ends it. */
export class IssueCard extends Component {
    static template = "oms_order_to_cash.IssueCard";
    static components = {IssueChain, IssueForm, IssueMenu, IssueRemedies};
    static props = {issue: Object, onDone: Function};

    setup() {
        this.service = useService("oms.issue");
        this.running = useState(this.service.running);
        this.state = useState({form: "", showScore: false});
    }

    get issue() {
        return this.props.issue;
    }

    get isRunning() {
        return this.running.has(this.issue.id);
    }

    get isPutAway() {
        return this.issue.state !== "open" || Boolean(this.issue.snoozed_until);
    }

    get amounts() {
        const {amount, cost_per_day, currency_id} = this.issue;
        const format = (value) =>
            value ? formatMonetary(value, {currencyId: currency_id}) : "";
        return {stake: format(amount), perDay: format(cost_per_day)};
    }

    get since() {
        const moment = parseMoment(this.issue.since);
        return {text: describeAge(moment), title: formatDateTime(moment)};
    }

    /** By when it has to be solved, and whether that has passed. */
    get sla() {
        const {sla, sla_breached} = this.issue;
        if (!sla) {
            return null;
        }
        const moment = parseMoment(sla);
        return {
            breached: sla_breached,
            text: sla_breached
                ? _t("SLA missed by %s", describeAge(moment))
                : describeDistance(moment),
            title: formatDateTime(moment),
        };
    }

    get comments() {
        return this.issue.comments.map((comment, index) => ({
            ...comment,
            key: index,
            age: describeAge(parseMoment(comment.date)),
        }));
    }

    /** Until when, or why, it was put away. */
    get awayText() {
        const {close_label, close_note, snoozed_until} = this.issue;
        return snoozed_until
            ? _t("Comes back %s", describeDistance(parseMoment(snoozed_until)))
            : [close_label, close_note].filter(Boolean).join(": ");
    }

    toggleScore() {
        this.state.showScore = !this.state.showScore;
    }

    openForm(form) {
        this.state.form = form;
    }

    /** Call a method of the issue; the forms close once it is done. */
    async act(method, ...args) {
        await this.service.act(this.issue.id, method, args, () => {
            this.state.form = "";
            return this.props.onDone();
        });
    }
}
