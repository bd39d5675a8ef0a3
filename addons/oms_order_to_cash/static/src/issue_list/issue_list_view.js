import {useComponent, status} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";
import {useFlowChanges} from "../cockpit/flow_bus";
import {keepPlace} from "../cockpit/keep_place";
import {IssueDialog} from "../issue_card/issue_dialog";

/** The list of issues: it follows what happens, and a row opens the cards of its order. */
export class IssueListController extends ListController {
    setup() {
        super.setup();
        this.dialog = useService("dialog");
        this.component = useComponent();
        useFlowChanges(() => this.reload());
    }

    async reload() {
        if (status(this.component) !== "destroyed" && this.model.isReady) {
            await keepPlace(this.rootRef.el, this.model, () => this.model.root.load());
        }
    }

    async openRecord(record, options = {}) {
        const order = record.data.order_id;
        if (options.newWindow || !order) {
            return super.openRecord(record, options);
        }
        this.dialog.add(IssueDialog, {
            orderId: order.id,
            orderName: order.display_name,
            onChange: () => this.reload(),
        });
    }
}

registry.category("views").add("oms_issue_list", {
    ...listView,
    Controller: IssueListController,
});
