import {Component, onWillStart, useState} from "@odoo/owl";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {serializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {useAutofocus, useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;
const REASONS = [
    ["accepted", _t("Accepted as it is")],
    ["agreed", _t("Agreed with the customer")],
    ["wrong", _t("Raised wrongly")],
    ["other", _t("Other")],
];
// People are back at work by then, in their own time zone.
const MORNING = 8;

/** What a person writes about an issue without leaving its card: a comment, why it is dismissed, until when it rests, whose it is. */
export class IssueForm extends Component {
    static template = "oms_order_to_cash.IssueForm";
    static components = {DateTimeInput};
    static props = {
        kind: {
            type: String,
            validate: (kind) =>
                ["assign", "comment", "dismiss", "snooze"].includes(kind),
        },
        issueId: Number,
        running: Boolean,
        onSubmit: Function,
        onCancel: Function,
    };

    setup() {
        useAutofocus({mobile: true});
        this.reasons = REASONS;
        this.tomorrow = DateTime.local().plus({days: 1}).startOf("day");
        this.state = useState({
            text: "",
            reason: REASONS[0][0],
            until: this.tomorrow.plus({days: 1}),
            owner: "",
        });
        const orm = useService("orm");
        onWillStart(async () => {
            if (this.props.kind === "assign") {
                const ids = [this.props.issueId];
                this.candidates = await orm.call("oms.issue", "get_candidates", [ids]);
            }
        });
    }

    get submitLabel() {
        return {
            assign: _t("Assign"),
            comment: _t("Send"),
            dismiss: _t("Dismiss"),
            snooze: _t("Snooze"),
        }[this.props.kind];
    }

    get isReady() {
        return {
            assign: Boolean(this.state.owner),
            comment: Boolean(this.state.text.trim()),
            dismiss: true,
            snooze: Boolean(this.state.until) && !this.isPast,
        }[this.props.kind];
    }

    /** The calendar offers no such day, but it can be typed. */
    get isPast() {
        return Boolean(this.state.until) && this.state.until < this.tomorrow;
    }

    submit() {
        const {owner, reason, text, until} = this.state;
        const {kind, onSubmit} = this.props;
        if (!this.isReady) {
            return;
        }
        if (kind === "assign") {
            return onSubmit("action_assign", Number(owner));
        }
        if (kind === "comment") {
            return onSubmit("action_comment", text);
        }
        if (kind === "dismiss") {
            return onSubmit("action_dismiss", reason, text);
        }
        return onSubmit(
            "action_snooze",
            0,
            serializeDateTime(until.set({hour: MORNING}))
        );
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.props.onCancel();
        } else if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            this.submit();
        }
    }
}
