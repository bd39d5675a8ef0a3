import {SearchModel} from "@web/search/search_model";

const PREFIX = "stage_";

/** A search in which the stage filters, one group, are also driven by the tiles above the list. */
export class CockpitSearchModel extends SearchModel {
    /** The search without its choice of stages: what the tiles count. */
    get stripDomain() {
        const query = this.query;
        try {
            this.query = query.filter(({searchItemId}) => !this._isStage(searchItemId));
            return this._getDomain();
        } finally {
            this.query = query;
        }
    }

    /** @returns {string[]} keys of the chosen tiles */
    get chosenStages() {
        return this.query
            .filter(({searchItemId}) => this._isStage(searchItemId))
            .map(({searchItemId}) =>
                this.searchItems[searchItemId].name.slice(PREFIX.length)
            );
    }

    /**
     * Choose a stage instead of the others; chosen already, go back to all open ones.
     *
     * @param {string} key
     * @param {boolean} [keepOthers] add it to the choice, or take it out of it
     */
    chooseStage(key, keepOthers = false) {
        const chosen = this.chosenStages;
        const without = chosen.filter((stage) => stage !== key);
        let wanted = [key];
        if (keepOthers) {
            wanted = without.length === chosen.length ? [...chosen, key] : without;
        } else if (chosen.length === 1 && chosen[0] === key) {
            wanted = key === "open" ? [] : ["open"];
        }
        this._setStages(wanted);
    }

    _setStages(wanted) {
        const ids = Object.values(this.searchItems)
            .filter((item) => wanted.some((stage) => item.name === PREFIX + stage))
            .map((item) => item.id);
        this.query = [
            ...this.query.filter(({searchItemId}) => !this._isStage(searchItemId)),
            ...ids.map((searchItemId) => ({searchItemId})),
        ];
        this._notify();
    }

    _isStage(searchItemId) {
        const {type, name} = this.searchItems[searchItemId];
        return type === "filter" && Boolean(name?.startsWith(PREFIX));
    }
}
