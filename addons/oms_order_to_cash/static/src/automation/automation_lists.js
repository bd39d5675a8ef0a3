import {status, useComponent, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";
import {useFlowChanges} from "../cockpit/flow_bus";
import {keepPlace} from "../cockpit/keep_place";
import {SwitchBanner} from "./switch_banner";

/** The list of rules, under the switch of all automation. */
export class RuleListController extends ListController {
    static template = "oms_order_to_cash.AutomationListView";
    static components = {...ListController.components, SwitchBanner};

    setup() {
        super.setup();
        this.automation = useState({version: 0});
    }
}

/** The same on a phone. */
export class RuleKanbanController extends KanbanController {
    static template = "oms_order_to_cash.AutomationKanbanView";
    static components = {...KanbanController.components, SwitchBanner};
}

/** The queue: it follows what happens to orders. */
export class QueueListController extends RuleListController {
    setup() {
        super.setup();
        this.component = useComponent();
        useFlowChanges(() => this.reload());
    }

    async reload() {
        if (status(this.component) !== "destroyed" && this.model.isReady) {
            this.automation.version++;
            await keepPlace(this.rootRef.el, this.model, () => this.model.root.load());
        }
    }
}

registry.category("views").add("oms_rule_list", {
    ...listView,
    Controller: RuleListController,
});
registry.category("views").add("oms_queue_list", {
    ...listView,
    Controller: QueueListController,
});
registry.category("views").add("oms_rule_kanban", {
    ...kanbanView,
    Controller: RuleKanbanController,
});
