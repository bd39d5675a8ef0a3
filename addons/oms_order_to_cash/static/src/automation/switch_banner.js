import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";

/** The switch of all automation: a banner and Resume All while it is off, else Stop All for who may. */
export class SwitchBanner extends Component {
    static template = "oms_order_to_cash.SwitchBanner";
    static props = {version: {type: Number, optional: true}};

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({isStopped: false, maySwitch: false, text: ""});
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        const found = await this.orm.silent.call("oms.rule", "get_switch", []);
        Object.assign(this.state, {
            isStopped: found.is_stopped,
            maySwitch: found.may_switch,
            text: found.text,
        });
    }

    stopAll() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Stop all automation"),
            body: _t(
                "No rule will do anything until somebody resumes them. Nothing is lost."
            ),
            confirmLabel: _t("Stop All"),
            confirmClass: "btn-danger",
            confirm: () => this.turn("action_stop_all"),
            cancel: () => {},
        });
    }

    async turn(method) {
        await this.orm.call("oms.rule", method, [[]]);
        await this.load();
    }
}
