import {onMounted, onWillUnmount, useEnv, useExternalListener} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {router, routerBus} from "@web/core/browser/router";

/**
 * On a phone, what lies over the screen is closed by the browser's Back, as core's own sheets are; the screen below stays.
 *
 * @param {() => void} close
 * @returns {() => void} closes it by a click, and leaves no entry in the history behind
 */
export function useBackToClose(close) {
    if (!useEnv().isSmall) {
        return close;
    }
    const address = browser.location.href;
    const isOnTop = () => Boolean(browser.history.state?.isOverlay);
    // The router hears of Back before anybody else does: that it must not load the screen anew is said beforehand.
    onMounted(() => {
        browser.history.pushState(
            {...browser.history.state, isOverlay: true},
            "",
            address
        );
        router.skipLoad = true;
    });
    onWillUnmount(() => {
        router.skipLoad = false;
    });
    useExternalListener(window, "popstate", () => {
        if (browser.location.href !== address) {
            routerBus.trigger("ROUTE_CHANGE");
        } else if (isOnTop()) {
            // What was closed lay over this.
            router.skipLoad = true;
        } else {
            close();
        }
    });
    return () => (isOnTop() ? browser.history.back() : close());
}
