import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {listView} from "@web/views/list/list_view";
import {SteadyListController, SteadyListRenderer} from "../cockpit/steady_list";
import {IssueDialog} from "../issue_card/issue_dialog";

/** The list of issues: it follows what happens, and a row opens the cards of its order. */
export class IssueListController extends SteadyListController {
    setup() {
        super.setup();
        this.dialog = useService("dialog");
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
    Renderer: SteadyListRenderer,
});
