import {reactive} from "@odoo/owl";
import {RPCError} from "@web/core/network/rpc";

/**
 * Runs what a click asks for; what runs is known everywhere, so that no second click starts it again.
 *
 * @param {Object} services
 * @param {string} title of the message that tells a refusal
 */
export function makeClickRunner({action, notification}, title) {
    const running = reactive(new Set());

    function explain(error) {
        // A refusal has words for the user; anything else is a fault, which the web client shows in its own way.
        if (
            !(error instanceof RPCError) ||
            !error.exceptionName?.startsWith("odoo.exceptions.")
        ) {
            throw error;
        }
        notification.add(error.data?.message || error.message, {title, type: "danger"});
    }

    async function callOnce(key, call) {
        running.add(key);
        try {
            return await call();
        } finally {
            running.delete(key);
        }
    }

    /**
     * @param {number} key what may run only once at a time
     * @param {() => Promise<Object|false>} call answers with the action that tells the result
     * @param {(result: Object|false) => Promise<void>} onDone
     */
    async function run(key, call, onDone) {
        if (running.has(key)) {
            return;
        }
        let told = false;
        let result = false;
        const tell = () => {
            told = true;
            return onDone(result);
        };
        try {
            result = await callOnce(key, call);
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
}
