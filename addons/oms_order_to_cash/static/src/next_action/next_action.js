import {Component, useState} from "@odoo/owl";
import {useService} from "@web/core/utils/hooks";

/** One click runs an order's next step. */
export class NextAction extends Component {
    static template = "oms_order_to_cash.NextAction";
    static props = {
        flowId: Number,
        step: [String, {value: false}],
        label: String,
        runnable: Boolean,
        primary: {type: Boolean, optional: true},
        beforeRun: {type: Function, optional: true},
        onDone: {type: Function, optional: true},
    };
    static defaultProps = {primary: false, beforeRun: () => true, onDone: () => {}};

    setup() {
        this.service = useService("oms.next_action");
        this.running = useState(this.service.running);
    }

    get isRunning() {
        return this.running.has(this.props.flowId);
    }

    async onClick() {
        if (await this.props.beforeRun()) {
            await this.service.run(
                this.props.flowId,
                this.props.step,
                this.props.onDone
            );
        }
    }
}
