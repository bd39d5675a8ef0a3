import {useExternalListener} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";

// Somebody who crosses the edge of the rows for a moment has not left them.
export const LEAVE_MS = 400;
const ROWS = ".o_list_renderer tbody";
const ROW = ".o_data_row";

/**
 * Know whether a person is about to act on a row: the pointer or the keyboard is among the rows, or a finger was last.
 *
 * @param {{el: HTMLElement | null}} rootRef
 * @param {() => void} onLeave
 */
export function useRowsPresence(rootRef, onLeave) {
    // The focus that a click leaves behind holds nobody: where the pointer is says where that person is.
    const place = {isOver: false, isTouched: false, byKey: true, row: null};
    let wasInside = false;
    let timer = null;

    function isInRows(target) {
        const rows = target instanceof Element && target.closest(ROWS);
        return Boolean(rows && rootRef.el?.contains(rows));
    }

    function isTyping() {
        return place.byKey && isInRows(document.activeElement);
    }

    function isInside() {
        return place.isOver || place.isTouched || isTyping();
    }

    function look() {
        const isNow = isInside();
        if (isNow !== wasInside) {
            browser.clearTimeout(timer);
            timer = isNow ? null : browser.setTimeout(leave, LEAVE_MS);
            wasInside = isNow;
        }
    }

    function leave() {
        if (!isInside() && rootRef.el) {
            onLeave();
        }
    }

    function listen(type, change) {
        const listener = (ev) => {
            change(ev);
            look();
        };
        useExternalListener(document, type, listener, {capture: true});
    }

    function aim({target}) {
        place.row = isInRows(target) ? target.closest(ROW) : null;
    }

    listen("pointerover", (ev) => {
        // A finger is over nothing between two touches.
        if (ev.pointerType !== "touch") {
            place.isOver = isInRows(ev.target);
            aim(ev);
        }
    });
    listen("pointerout", (ev) => {
        if (!ev.relatedTarget) {
            place.isOver = false;
        }
    });
    listen("pointerdown", (ev) => {
        place.byKey = false;
        place.isTouched = ev.pointerType === "touch" && isInRows(ev.target);
        aim(ev);
    });
    listen("keydown", () => {
        place.byKey = true;
    });
    listen("focusin", () => {});
    listen("focusout", () => {});

    /** The row that the next click or key would hit. */
    function getRowId() {
        const row = isTyping() ? document.activeElement.closest(ROW) : place.row;
        return (isInside() && row?.dataset.id) || null;
    }

    return {getRowId, isInside};
}
