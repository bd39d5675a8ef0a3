import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {makeClickRunner} from "../run/click_runner";

/** Runs the next step of an order, once however often it is clicked. */
export const nextActionService = {
    dependencies: ["action", "notification", "orm"],

    start(env, {action, notification, orm}) {
        const runner = makeClickRunner(
            {action, notification},
            _t("This step could not be run")
        );

        /**
         * @param {number} flowId
         * @param {string} step what the user saw on the button; the server runs no other
         * @param {() => Promise<void>} onDone
         */
        function run(flowId, step, onDone) {
            const context = {...user.context, oms_next_action: step};
            const call = () =>
                orm.call("oms.flow", "action_next", [[flowId]], {context});
            return runner.run(flowId, call, onDone);
        }

        return {running: runner.running, run};
    },
};

registry.category("services").add("oms.next_action", nextActionService);
