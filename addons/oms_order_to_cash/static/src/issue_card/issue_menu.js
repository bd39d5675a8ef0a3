import {Component} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";

const RESTS = [
    {days: 1, label: _t("Snooze until tomorrow")},
    {days: 3, label: _t("Snooze for 3 days")},
    {days: 7, label: _t("Snooze for a week")},
];

/** What a person can do with an issue beside solving it. */
export class IssueMenu extends Component {
    static template = "oms_order_to_cash.IssueMenu";
    static components = {Dropdown, DropdownItem};
    static props = {issue: Object, onAct: Function, onOpenForm: Function};

    setup() {
        this.action = useService("action");
        this.rests = RESTS;
    }

    get isOpen() {
        return this.props.issue.state === "open";
    }

    openIssue() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "oms.issue",
            res_id: this.props.issue.id,
            views: [[false, "form"]],
        });
    }

    openList() {
        return this.action.doAction("oms_order_to_cash.oms_issue_action", {
            additionalContext: {search_default_type_id: this.props.issue.type_id},
        });
    }
}
