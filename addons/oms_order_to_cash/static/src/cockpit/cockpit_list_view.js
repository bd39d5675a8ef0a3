import {registry} from "@web/core/registry";
import {listView} from "@web/views/list/list_view";
import {CockpitListController} from "./cockpit_list_controller";
import {CockpitListRenderer} from "./cockpit_list_renderer";
import {CockpitSearchModel} from "./cockpit_search_model";

export const cockpitListView = {
    ...listView,
    Controller: CockpitListController,
    Renderer: CockpitListRenderer,
    SearchModel: CockpitSearchModel,
};

registry.category("views").add("oms_cockpit_list", cockpitListView);
