import {
    onWillStart,
    onWillUpdateProps,
    status,
    useComponent,
    useState,
    useSubEnv,
} from "@odoo/owl";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {useSetupAction} from "@web/search/action_hook";
import {IssueBar} from "../issue_bar/issue_bar";
import {OrderPanel} from "../order_panel/order_panel";
import {StageStrip} from "../stage_strip/stage_strip";
import {SteadyListController} from "./steady_list";

const STEP = ["next_action", "has_runnable_action"];

/** The native list, with the stages above it and the chosen order beside it. */
export class CockpitListController extends SteadyListController {
    static template = "oms_order_to_cash.CockpitListView";
    static components = {
        ...SteadyListController.components,
        IssueBar,
        OrderPanel,
        StageStrip,
    };

    setup() {
        this.cockpit = useState({
            flowId: this.props.state?.flowId || false,
            version: 0,
        });
        useSubEnv({cockpit: this.cockpit, reloadFlows: () => this.reload()});
        super.setup();
        this.component = useComponent();
        this.strip = useState({status: "loading", data: null});
        this.stripTurn = 0;
        this.reloading = null;
        useSetupAction({getLocalState: () => ({flowId: this.cockpit.flowId})});
        useHotkey("escape", () => this.closePanel(), {
            isAvailable: () => Boolean(this.cockpit.flowId),
        });
        onWillStart(() => {
            this.loadStrip();
        });
        onWillUpdateProps(() => {
            this.loadStrip();
        });
    }

    async loadStrip() {
        const {stripDomain, chosenStages, chosenBands} = this.env.searchModel;
        // Not a KeepLast, under which a reload that is overtaken would wait for ever.
        const turn = ++this.stripTurn;
        let found = {};
        try {
            const args = [stripDomain, chosenStages, chosenBands];
            const call = this.orm.silent.call("oms.cockpit", "get_strip", args);
            found = {status: "loaded", data: await call};
        } catch {
            found = {status: "error"};
        }
        if (turn === this.stripTurn) {
            Object.assign(this.strip, found);
        }
    }

    /** Where a step is done, or another one is next by now, none is offered under the same pointer. */
    getMark(record, values, isAimedAt, mark) {
        const isNew = STEP.some((name) => values?.[name] !== record.data[name]);
        return mark || (values && !(isAimedAt && isNew) ? null : {isChanged: true});
    }

    /** Read again what is shown, without losing page, selection, scroll or focus. */
    async reload(options = {}) {
        if (this.reloading) {
            // What happened during a reload may have come too late for it.
            this.reloadAgain = options;
            return this.reloading;
        }
        this.reloading = this._reload(options);
        try {
            await this.reloading;
        } finally {
            this.reloading = null;
        }
        if (this.reloadAgain) {
            const again = this.reloadAgain;
            this.reloadAgain = null;
            await this.reload(again);
        }
    }

    async _reload(options) {
        await this.loadStrip();
        if (status(this.component) === "destroyed" || !this.model.isReady) {
            return;
        }
        this.cockpit.version++;
        this.restoring = true;
        try {
            await super.reload(options);
        } finally {
            this.restoring = false;
        }
    }

    async openRecord(record, {newWindow} = {}) {
        if (newWindow) {
            return this.openOrder(record.data.order_id.id, {newWindow});
        }
        this.cockpit.flowId = record.resId;
    }

    openOrder(orderId, options) {
        return this.actionService.doAction(
            {
                type: "ir.actions.act_window",
                res_model: "sale.order",
                res_id: orderId,
                views: [[false, "form"]],
            },
            options
        );
    }

    closePanel() {
        const row = this.rootRef.el.querySelector(
            ".o_data_row.o_oms_current .o_data_cell"
        );
        this.cockpit.flowId = false;
        row?.focus();
    }

    /** The open panel follows the focus through the rows. */
    onFocusIn(ev) {
        const rowId = ev.target.closest(".o_data_row")?.dataset.id;
        if (!rowId || !this.cockpit.flowId || this.restoring) {
            return;
        }
        const record = this.model.root.records.find(({id}) => id === rowId);
        if (record) {
            this.cockpit.flowId = record.resId;
        }
    }
}
