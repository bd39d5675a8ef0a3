import {Component, onWillUnmount, onWillUpdateProps, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {useService} from "@web/core/utils/hooks";

// A click that was meant for the step before must not run the one that took its place.
export const FRESH_MS = 1000;

/** One click runs an order's next step. */
export class NextAction extends Component {
    static template = "oms_order_to_cash.NextAction";
    static props = {
        flowId: Number,
        step: [String, {value: false}],
        label: String,
        runnable: Boolean,
        // Who runs it instead, in words.
        hint: {type: String, optional: true},
        showHint: {type: Boolean, optional: true},
        isBlocked: {type: Boolean, optional: true},
        // It takes the place of something else, and rests first.
        isNew: {type: Boolean, optional: true},
        primary: {type: Boolean, optional: true},
        beforeRun: {type: Function, optional: true},
        onDone: {type: Function, optional: true},
    };
    static defaultProps = {
        hint: "",
        showHint: false,
        isBlocked: false,
        isNew: false,
        primary: false,
        beforeRun: () => true,
        onDone: () => {},
    };

    setup() {
        this.service = useService("oms.next_action");
        this.running = useState(this.service.running);
        // Until what the step changed is shown; and for a moment, where it is another step's button by now.
        this.state = useState({isSettling: false, isFresh: false});
        if (this.props.isNew) {
            this.rest();
        }
        onWillUpdateProps(({flowId, runnable, step}) => {
            const {props} = this;
            if (
                flowId !== props.flowId ||
                step !== props.step ||
                runnable !== props.runnable
            ) {
                this.rest();
            }
        });
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get isRunning() {
        return this.state.isSettling || this.running.has(this.props.flowId);
    }

    get isDisabled() {
        return this.isRunning || this.state.isFresh || this.props.isBlocked;
    }

    rest() {
        this.state.isFresh = true;
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => {
            this.state.isFresh = false;
        }, FRESH_MS);
    }

    async onClick(ev) {
        const {beforeRun, flowId, onDone, step} = this.props;
        // The second click of a double click is nobody's wish, wherever the first one went.
        if (ev.detail > 1 || this.isDisabled) {
            return;
        }
        this.state.isSettling = true;
        try {
            if (await beforeRun(ev)) {
                await this.service.run(flowId, step, onDone);
            }
        } finally {
            this.state.isSettling = false;
        }
    }
}
