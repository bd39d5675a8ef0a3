import {onMounted, onWillUnmount, useEnv} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {useBus, useService} from "@web/core/utils/hooks";

export const GATHER_MS = 300;
// However much happens, a screen reads again no more often than this.
export const PAUSE_MS = 1000;

/**
 * Tell a component which flows changed, several notices at once; after a lost connection, that any may have.
 *
 * @param {(changed: {ids: number[], orderIds: number[], all: boolean}) => void} callback
 */
export function useFlowChanges(callback) {
    const bus = useService("bus_service");
    let timer = null;
    let pending = null;
    let lastTime = 0;

    function gather({ids = [], order_ids = [], all = false}) {
        pending ||= {ids: new Set(), orderIds: new Set(), all: false};
        ids.forEach((id) => pending.ids.add(id));
        order_ids.forEach((id) => pending.orderIds.add(id));
        pending.all ||= all;
        const wait = Math.max(GATHER_MS, lastTime + PAUSE_MS - Date.now());
        timer ||= browser.setTimeout(deliver, wait);
    }

    function deliver() {
        browser.clearTimeout(timer);
        timer = null;
        // A hidden page reads once when it is looked at again, however much happened meanwhile.
        if (pending && !document.hidden) {
            const {ids, orderIds, all} = pending;
            pending = null;
            lastTime = Date.now();
            callback({ids: [...ids], orderIds: [...orderIds], all});
        }
    }

    const onAny = () => gather({all: true});
    // What this very page did, without waiting for the news of it.
    useBus(useEnv().bus, "OMS:CHANGED", onAny);
    onMounted(() => {
        bus.subscribe("oms_flow_changed", gather);
        bus.addEventListener("BUS:RECONNECT", onAny);
        document.addEventListener("visibilitychange", deliver);
        bus.start();
    });
    onWillUnmount(() => {
        browser.clearTimeout(timer);
        bus.unsubscribe("oms_flow_changed", gather);
        bus.removeEventListener("BUS:RECONNECT", onAny);
        document.removeEventListener("visibilitychange", deliver);
    });
}
