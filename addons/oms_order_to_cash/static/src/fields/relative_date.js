import {deserializeDate, deserializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";

const {DateTime, Duration} = luxon;

/** Read a date or a moment as the server writes them. */
export function parseMoment(text) {
    return text.length > 10 ? deserializeDateTime(text) : deserializeDate(text);
}

/** "in 3 days", "yesterday": people count in calendar days. */
export function describeDistance(date) {
    return date.toRelativeCalendar({base: DateTime.local(), unit: "days"}) || "";
}

/** "12 days", "5 hr": how long ago this was, in its largest unit. */
export function describeAge(date) {
    const age = DateTime.local().diff(date, ["days", "hours", "minutes"]).toObject();
    const unit = ["days", "hours"].find((name) => age[name] >= 1) || "minutes";
    const elapsed = Math.floor(age[unit]);
    return elapsed < 1
        ? _t("< 1 min")
        : Duration.fromObject({[unit]: elapsed}).toHuman({unitDisplay: "short"});
}

/** What is due on a day is late from the next day on, as in the search's filters. */
export function isPast(date) {
    return date.endOf("day") < DateTime.local();
}
