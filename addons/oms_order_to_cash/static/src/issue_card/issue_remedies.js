import {Component} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {RemedyFacts} from "./remedy_facts";

/** What ends an issue: the recommended remedy as a button, the others behind it; each says first what it will change. */
export class IssueRemedies extends Component {
    static template = "oms_order_to_cash.IssueRemedies";
    static components = {Dropdown, DropdownItem, RemedyFacts};
    static props = {remedies: Array, running: Boolean, onRun: Function};

    get recommended() {
        return this.props.remedies.find(({recommended}) => recommended) || null;
    }

    get alternatives() {
        return this.props.remedies.filter(({recommended}) => !recommended);
    }

    choose(remedy) {
        if (!remedy.obstacle) {
            this.props.onRun(remedy.verb);
        }
    }
}
