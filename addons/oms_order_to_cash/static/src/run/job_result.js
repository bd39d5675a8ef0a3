import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

// Long enough to read what was done, and to think again.
const UNDO_MS = 12_000;

/** Tell what became of an order, with the way back where there is one. */
export function jobResultAction(env, {params}) {
    const {message, next, sticky, title, type, undo_job_id: jobId} = params;
    const options = {title, type, sticky};
    let close = () => {};
    if (jobId) {
        const onClick = () => {
            close();
            return env.services["oms.undo"].undo(jobId);
        };
        options.autocloseDelay = UNDO_MS;
        options.buttons = [{name: _t("Undo"), icon: "fa-undo", onClick}];
    }
    close = env.services.notification.add(message, options);
    return next;
}

registry.category("actions").add("oms_job_result", jobResultAction);
