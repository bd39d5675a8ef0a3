import {onMounted, onWillUnmount} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {useService} from "@web/core/utils/hooks";

export const GATHER_MS = 300;

/**
 * Tell a component which flows changed, several notices at once; after a lost connection, that any may have.
 *
 * @param {(changed: {ids: number[], orderIds: number[], all: boolean}) => void} callback
 */
export function useFlowChanges(callback) {
    const bus = useService("bus_service");
    let timer = null;
    let pending = null;

    function gather({ids = [], order_ids = [], all = false}) {
        pending ||= {ids: [], orderIds: [], all: false};
        pending.ids.push(...ids);
        pending.orderIds.push(...order_ids);
        pending.all ||= all;
        timer ||= browser.setTimeout(deliver, GATHER_MS);
    }

    function deliver() {
        timer = null;
        // A hidden page reads once when it is looked at again, however much happened meanwhile.
        if (pending && !document.hidden) {
            const changed = pending;
            pending = null;
            callback(changed);
        }
    }

    const onReconnect = () => gather({all: true});
    onMounted(() => {
        bus.subscribe("oms_flow_changed", gather);
        bus.addEventListener("BUS:RECONNECT", onReconnect);
        document.addEventListener("visibilitychange", deliver);
        bus.start();
    });
    onWillUnmount(() => {
        browser.clearTimeout(timer);
        bus.unsubscribe("oms_flow_changed", gather);
        bus.removeEventListener("BUS:RECONNECT", onReconnect);
        document.removeEventListener("visibilitychange", deliver);
    });
}
