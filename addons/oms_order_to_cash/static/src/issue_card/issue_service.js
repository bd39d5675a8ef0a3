import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {makeClickRunner} from "../run/click_runner";

/** Does to an issue what a person asks for, once however often it is clicked. */
export const issueService = {
    dependencies: ["action", "notification", "orm"],

    start(env, {action, notification, orm}) {
        const runner = makeClickRunner(
            {action, notification},
            _t("This could not be done")
        );

        /**
         * @param {number} issueId
         * @param {string} method of ``oms.issue``
         * @param {any[]} args
         * @param {() => Promise<void>} onDone
         */
        function act(issueId, method, args, onDone) {
            const call = () => orm.call("oms.issue", method, [[issueId], ...args]);
            return runner.run(issueId, call, onDone);
        }

        return {running: runner.running, act};
    },
};

registry.category("services").add("oms.issue", issueService);
