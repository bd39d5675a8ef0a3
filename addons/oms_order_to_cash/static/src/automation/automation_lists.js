import {useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";
import {SteadyListController, SteadyListRenderer} from "../cockpit/steady_list";
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
export class QueueListController extends SteadyListController {
    static template = "oms_order_to_cash.QueueListView";
    static components = {...SteadyListController.components, SwitchBanner};

    setup() {
        super.setup();
        this.automation = useState({version: 0});
    }

    /** Its buttons come and go with its figures, each to where another one stood: the row aimed at stays as it is. */
    getMark(record, values, isAimedAt) {
        const isNew = Object.entries(values || {}).some(
            ([name, value]) => typeof value === "number" && value !== record.data[name]
        );
        return isAimedAt && isNew ? {isKept: true} : null;
    }

    reload(options) {
        this.automation.version++;
        return super.reload(options);
    }
}

registry.category("views").add("oms_rule_list", {
    ...listView,
    Controller: RuleListController,
});
registry.category("views").add("oms_queue_list", {
    ...listView,
    Controller: QueueListController,
    Renderer: SteadyListRenderer,
});
registry.category("views").add("oms_rule_kanban", {
    ...kanbanView,
    Controller: RuleKanbanController,
});
