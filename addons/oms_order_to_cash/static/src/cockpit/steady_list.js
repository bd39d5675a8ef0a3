import {useState, useSubEnv} from "@odoo/owl";
import {ListController} from "@web/views/list/list_controller";
import {ListRenderer} from "@web/views/list/list_renderer";
import {useViewButtons} from "@web/views/view_button/view_button_hook";
import {ChangesPill} from "./changes_pill";
import {useFlowChanges} from "./flow_bus";
import {useSteadyRows} from "./steady_rows";

/** A list that follows what happens, and whose rows keep their place under a pointer. */
export class SteadyListController extends ListController {
    static template = "oms_order_to_cash.SteadyListView";
    static components = {...ListController.components, ChangesPill};

    setup() {
        super.setup();
        this.steady = useSteadyRows(this.rootRef, this.model, this.getMark.bind(this));
        useSubEnv({steady: this.steady});
        useFlowChanges(() => this.reload());
        // A row's own button is a click among the rows as well; what is done to a choice of rows ends the choice.
        useViewButtons(this.rootRef, {
            beforeExecuteAction: this.beforeExecuteActionButton.bind(this),
            afterExecuteAction: this.afterExecuteActionButton.bind(this),
            reload: () => this.reload({isAsked: !this.steady.presence.isInside()}),
        });
    }

    /** What stands on a row instead of its new values; see useSteadyRows. */
    getMark() {
        return null;
    }

    reload({isAsked = false} = {}) {
        return isAsked ? this.steady.takeIn() : this.steady.refresh();
    }
}

export class SteadyListRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.news = useState(this.env.steady.state);
    }

    getRowClass(record) {
        const left = this.news.left.has(record.resId) ? " o_oms_left text-muted" : "";
        return super.getRowClass(record) + left;
    }
}
