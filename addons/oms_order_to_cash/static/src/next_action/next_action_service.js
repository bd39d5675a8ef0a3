import {reactive} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {RPCError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

/** Runs the next step of an order; what runs is known everywhere, so that no second click starts it again. */
export const nextActionService = {
    dependencies: ["action", "notification", "orm"],

    start(env, {action, notification, orm}) {
        const running = reactive(new Set());

        function explain(error) {
            // A refusal has words for the user; anything else is a fault, which the web client shows in its own way.
            if (
                !(error instanceof RPCError) ||
                !error.exceptionName?.startsWith("odoo.exceptions.")
            ) {
                throw error;
            }
            notification.add(error.data?.message || error.message, {
                title: _t("This step could not be run"),
                type: "danger",
            });
        }

        async function callStep(flowId, step) {
            const context = {...user.context, oms_next_action: step};
            running.add(flowId);
            try {
                return await orm.call("oms.flow", "action_next", [[flowId]], {context});
            } finally {
                running.delete(flowId);
            }
        }

        /**
         * @param {number} flowId
         * @param {string} step what the user saw on the button; the server runs no other
         * @param {() => Promise<void>} onDone
         */
        async function run(flowId, step, onDone) {
            if (running.has(flowId)) {
                return;
            }
            let told = false;
            const tell = () => {
                told = true;
                return onDone();
            };
            try {
                const result = await callStep(flowId, step);
                if (result) {
                    await action.doAction(result, {onClose: tell});
                }
                if (!told) {
                    await tell();
                }
            } catch (error) {
                explain(error);
            }
        }

        return {running, run};
    },
};

registry.category("services").add("oms.next_action", nextActionService);
