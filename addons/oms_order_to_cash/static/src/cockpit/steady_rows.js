import {onWillUnmount, reactive, useEffect, useEnv} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {useBus, useService} from "@web/core/utils/hooks";
import {getFieldsSpec} from "@web/model/relational_model/utils";
import {keepPlace} from "./keep_place";
import {useRowsPresence} from "./rows_presence";

// For as long as a click takes that was aimed at what stood there before.
export const SETTLE_MS = 600;

/** A list that is read again as things happen, and whose rows keep their place while a person is among them. */
export class SteadyRows {
    constructor(rootRef, model, orm, getMark) {
        Object.assign(this, {rootRef, model, orm, getMark});
        this.state = reactive({
            // How many rows a refresh would change, and whether it would only sort them anew.
            changed: 0,
            isMoved: false,
            isSettling: false,
            // By record id, what became of a row that still stands where it stood.
            marks: new Map(),
            left: new Set(),
        });
        this.turn = null;
        this.again = false;
    }

    /** Whether rows may not move: under a pointer, and while a person chooses some of them. */
    get isHeld() {
        return this.presence.isInside() || this.model.root.selection.length > 0;
    }

    get hasNews() {
        const {changed, isMoved, marks} = this.state;
        return Boolean(changed || isMoved || marks.size);
    }

    /** Read again, once for all who ask meanwhile. */
    async refresh() {
        if (this.turn) {
            // What happened during a read may have come too late for it.
            this.again = true;
            return this.turn;
        }
        await this.read(() => this.isHeld);
        // Whoever left while it was read takes in what was found.
        if (this.again || (this.hasNews && !this.isHeld)) {
            this.again = false;
            await this.refresh();
        }
    }

    /** Take in what came and what left, as the person asked. */
    async takeIn() {
        await this.turn;
        await this.read(() => false);
    }

    leave() {
        if (this.hasNews) {
            return this.refresh();
        }
    }

    async read(isHeld) {
        this.turn = this._read(isHeld);
        try {
            await this.turn;
        } finally {
            this.turn = null;
        }
    }

    async _read(isHeld) {
        const {model, rootRef} = this;
        if (!model.isReady || !rootRef.el) {
            return;
        }
        const {root} = model;
        const before = getIds(root.records);
        let news = null;
        const commit = (data) => {
            // Asked only now: somebody may have come while it was read.
            news = isHeld() ? data : null;
            if (!news) {
                root._setData(data);
            }
        };
        this.isReading = true;
        try {
            await keepPlace(rootRef.el, model, () =>
                model.mutex.exec(() => model._updateConfig(root.config, {}, {commit}))
            );
        } finally {
            this.isReading = false;
        }
        if (news) {
            await this.stay(root, news);
        } else {
            this.forget();
            if (String(before) !== String(getIds(model.root.records))) {
                this.settle();
            }
        }
    }

    /** Show what changed within the rows, and count what a refresh would show. */
    async stay(root, data) {
        const fresh = new Map(getValues(data).map((values) => [values.id, values]));
        const left = root.records.filter(({resId}) => !fresh.has(resId));
        const values = new Map([...fresh, ...(await this.readLeft(root, left))]);
        if (this.model.root !== root || !this.rootRef.el) {
            return;
        }
        const {marks, left: leftIds} = this.state;
        const rowId = this.presence.getRowId();
        leftIds.clear();
        getIds(left).forEach((id) => leftIds.add(id));
        for (const record of root.records) {
            this.update(record, values.get(record.resId), record.id === rowId);
        }
        const shown = getIds(root.records);
        const came = [...fresh.keys()].filter((id) => !shown.includes(id));
        const marked = shown.filter((id) => marks.has(id) && !leftIds.has(id));
        this.state.changed = Math.max(came.length, left.length) + marked.length;
        const order = [...fresh.keys()].filter((id) => shown.includes(id));
        this.state.isMoved =
            String(order) !== String(shown.filter((id) => fresh.has(id)));
    }

    async readLeft(root, records) {
        if (!records.length) {
            return [];
        }
        const {activeFields, fields, context, resModel} = root;
        const domain = [["id", "in", getIds(records)]];
        const found = await this.orm.silent.webSearchRead(resModel, domain, {
            specification: getFieldsSpec(activeFields, fields, context),
            context,
        });
        return found.records.map((values) => [values.id, values]);
    }

    update(record, values, isAimedAt) {
        const {marks} = this.state;
        const before = marks.get(record.resId);
        const mark =
            before?.isUndone && values
                ? null
                : this.getMark(record, values, isAimedAt, before);
        if (mark) {
            marks.set(record.resId, mark);
        } else {
            marks.delete(record.resId);
        }
        if (values && !mark?.isKept) {
            record._setData(values);
        }
    }

    /** The list was read anew, by whoever asked for it. */
    forget() {
        Object.assign(this.state, {changed: 0, isMoved: false});
        this.state.marks.clear();
        this.state.left.clear();
    }

    /** What was done to a row is undone: once it is read again it says no longer that it was. */
    undone(jobId) {
        for (const mark of this.state.marks.values()) {
            if (mark.jobId === jobId) {
                mark.isUndone = true;
            }
        }
    }

    settle() {
        this.state.isSettling = true;
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => {
            this.state.isSettling = false;
        }, SETTLE_MS);
    }
}

function getIds(records) {
    return records.map(({resId}) => resId);
}

/** The values of the rows of an answer, also of those in unfolded groups. */
function getValues({groups, records}) {
    return groups?.length ? groups.flatMap(getValues) : records || [];
}

/**
 * @param {{el: HTMLElement | null}} rootRef
 * @param {import("@web/model/relational_model/relational_model").RelationalModel} model
 * @param {(record: Object, values: Object, isAimedAt: boolean, mark?: Object) => Object | null} [getMark]
 *      what stands on a row instead of its new values; ``isKept`` leaves its old ones
 * @returns {SteadyRows}
 */
export function useSteadyRows(rootRef, model, getMark = () => null) {
    const ui = useService("ui");
    const steady = new SteadyRows(rootRef, model, useService("orm"), getMark);
    steady.presence = useRowsPresence(rootRef, () => steady.leave());
    useBus(useEnv().bus, "OMS:CHANGED", ({detail}) => steady.undone(detail?.jobId));
    const {onRootLoaded} = model.hooks;
    model.hooks.onRootLoaded = (root) => {
        if (!steady.isReading) {
            steady.forget();
        }
        return onRootLoaded(root);
    };
    // What was aimed at a window that closes must not hit the row behind it.
    useBus(ui.bus, "active-element-changed", () => steady.settle());
    useEffect(
        (count) => {
            if (!count && !steady.presence.isInside()) {
                steady.leave();
            }
        },
        () => [model.root.selection.length]
    );
    onWillUnmount(() => browser.clearTimeout(steady.timer));
    return steady;
}
