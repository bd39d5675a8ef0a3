import {Component, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {NextAction} from "./next_action";

/** The next step of the row's order, on its selection field; where it was run, what became of it. */
export class NextActionField extends Component {
    static template = "oms_order_to_cash.NextActionField";
    static components = {NextAction};
    static props = {...standardFieldProps};

    setup() {
        this.undoing = useService("oms.undo");
        this.running = useState(this.undoing.running);
        this.news = useState(this.env.steady?.state || {marks: new Map()});
        this.root = useRef("root");
        this.hadMark = false;
    }

    get label() {
        const {data, fields} = this.props.record;
        return (
            new Map(fields[this.props.name].selection).get(data[this.props.name]) || ""
        );
    }

    get mark() {
        const mark = this.news.marks.get(this.props.record.resId);
        this.hadMark = this.hadMark || Boolean(mark);
        return mark;
    }

    /** What became of the step stands where its button stood, as large: the way back is never under the same pointer. */
    beforeRun() {
        const {el} = this.root;
        this.ranLabel = this.label;
        const {offsetHeight, offsetWidth} = el.querySelector("button");
        this.size = `min-width: ${offsetWidth}px; min-height: ${offsetHeight}px`;
        if (el.contains(document.activeElement)) {
            // A button that is switched off loses the keyboard, and the rows with it.
            el.closest("td")?.focus({preventScroll: true});
        }
        return true;
    }

    async onDone(result) {
        const {steady} = this.env;
        const {params = {}, tag} = result || {};
        const isDone = !result || (tag === "oms_job_result" && isGood(params.type));
        if (steady && isDone) {
            this.news.marks.set(this.props.record.resId, {
                label: this.ranLabel,
                jobId: params.undo_job_id || false,
                text: params.message || "",
                size: this.size,
            });
        }
        await this.reload();
    }

    /** Enter on the button presses it; the list would open the row. */
    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.stopPropagation();
        }
    }

    undo() {
        return this.undoing.undo(this.mark.jobId);
    }

    reload() {
        return this.env.reloadFlows ? this.env.reloadFlows() : this.props.record.load();
    }
}

function isGood(type) {
    return type === "success" || type === "info";
}

registry.category("fields").add("oms_next_action", {
    component: NextActionField,
    displayName: _t("Next step of the order"),
    supportedTypes: ["selection"],
    listViewWidth: [150, 190],
    fieldDependencies: [
        {name: "has_runnable_action", type: "boolean"},
        {name: "next_action_hint", type: "char"},
    ],
});
