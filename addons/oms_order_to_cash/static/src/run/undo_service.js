import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {makeClickRunner} from "./click_runner";

/** Undoes what was done to orders, once however often it is clicked, and has open screens read again. */
export const undoService = {
    dependencies: ["action", "notification", "orm"],

    start(env, {action, notification, orm}) {
        const runner = makeClickRunner(
            {action, notification},
            _t("This could not be undone")
        );

        function undo(jobId, onDone = () => {}) {
            const call = () => orm.call("oms.job", "action_undo", [[jobId]]);
            return runner.run(jobId, call, (result) => {
                env.bus.trigger("OMS:CHANGED", {jobId});
                return onDone(result);
            });
        }

        return {running: runner.running, undo};
    },
};

registry.category("services").add("oms.undo", undoService);
