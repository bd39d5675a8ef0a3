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
        // Until what the step changed is shown.
        this.state = useState({isSettling: false});
    }

    get isRunning() {
        return this.state.isSettling || this.running.has(this.props.flowId);
    }

    async onClick() {
        const {beforeRun, flowId, onDone, step} = this.props;
        this.state.isSettling = true;
        try {
            if (await beforeRun()) {
                await this.service.run(flowId, step, onDone);
            }
        } finally {
            this.state.isSettling = false;
        }
    }
}
