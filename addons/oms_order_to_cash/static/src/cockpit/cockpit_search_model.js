import {SearchModel} from "@web/search/search_model";

const STAGE = "stage_";
const BAND = "band_";
const ISSUE = "issue_";

/** A search whose filters of stages, severities and owners of issues are also driven by the controls above the list. */
export class CockpitSearchModel extends SearchModel {
    /** The search without its choice of stages and severities: what tiles and chips count. */
    get stripDomain() {
        const {query} = this;
        try {
            this.query = query.filter(
                ({searchItemId}) =>
                    !this._is(STAGE, searchItemId) && !this._is(BAND, searchItemId)
            );
            return this._getDomain();
        } finally {
            this.query = query;
        }
    }

    /** @returns {string[]} keys of the chosen tiles */
    get chosenStages() {
        return this._getChosen(STAGE);
    }

    /** @returns {string[]} keys of the chosen severities */
    get chosenBands() {
        return this._getChosen(BAND);
    }

    /** The search's filters of issues, as switches: {key, label, chosen}. */
    get issueSwitches() {
        const chosen = this._getChosen(ISSUE);
        return this._getItems(ISSUE).map(({name, description}) => {
            const key = name.slice(ISSUE.length);
            return {key, label: description, chosen: chosen.includes(key)};
        });
    }

    /**
     * Choose a stage instead of the others; chosen already, go back to all open ones.
     *
     * @param {string} key
     * @param {boolean} [keepOthers] add it to the choice, or take it out of it
     */
    chooseStage(key, keepOthers = false) {
        this._choose(STAGE, key, keepOthers, key === "open" ? [] : ["open"]);
    }

    /** Choose a severity instead of the others, or no longer. */
    chooseBand(key, keepOthers = false) {
        this._choose(BAND, key, keepOthers, []);
    }

    switchIssues(key) {
        this._choose(ISSUE, key, true, []);
    }

    _choose(prefix, key, keepOthers, otherwise) {
        const chosen = this._getChosen(prefix);
        const without = chosen.filter((other) => other !== key);
        let wanted = [key];
        if (keepOthers) {
            wanted = without.length === chosen.length ? [...chosen, key] : without;
        } else if (chosen.length === 1 && chosen[0] === key) {
            wanted = otherwise;
        }
        const names = new Set(wanted.map((other) => prefix + other));
        const items = this._getItems(prefix).filter(({name}) => names.has(name));
        this.query = [
            ...this.query.filter(({searchItemId}) => !this._is(prefix, searchItemId)),
            ...items.map(({id}) => ({searchItemId: id})),
        ];
        this._notify();
    }

    _getChosen(prefix) {
        return this.query
            .filter(({searchItemId}) => this._is(prefix, searchItemId))
            .map(({searchItemId}) =>
                this.searchItems[searchItemId].name.slice(prefix.length)
            );
    }

    _getItems(prefix) {
        return Object.values(this.searchItems).filter(({id}) => this._is(prefix, id));
    }

    _is(prefix, searchItemId) {
        const {type, name} = this.searchItems[searchItemId];
        return type === "filter" && Boolean(name?.startsWith(prefix));
    }
}
