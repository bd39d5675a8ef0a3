import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatInteger, formatMonetary} from "@web/views/fields/formatters";

const ICONS = {
    open: "fa-inbox",
    quotation: "fa-file-text-o",
    check: "fa-search",
    supply: "fa-cubes",
    pick: "fa-shopping-basket",
    ship: "fa-truck",
    invoice: "fa-file-text",
    payment: "fa-credit-card",
    closed: "fa-check-circle-o",
};
const SKELETON = Object.keys(ICONS).map((key) => ({key}));

/** The stages an order goes through, each a button that filters the list below. */
export class StageStrip extends Component {
    static template = "oms_order_to_cash.StageStrip";
    static props = {
        status: {
            type: String,
            validate: (status) => ["loading", "loaded", "error"].includes(status),
        },
        data: {type: [Object, {value: null}], optional: true},
        chosen: {type: Array, element: String},
        onChoose: Function,
        onRetry: Function,
    };

    get tiles() {
        const {data} = this.props;
        return data
            ? data.tiles.map((tile) => this.getTile(tile, data.currency_id))
            : SKELETON;
    }

    getTile(tile, currencyId) {
        const count = formatInteger(tile.count);
        const hasAmount = tile.count && tile.amount !== false;
        return {
            ...tile,
            icon: ICONS[tile.key] || "fa-circle-o",
            chosen: this.props.chosen.includes(tile.key),
            countText: tile.more ? _t("%s+", count) : count,
            amountText: hasAmount
                ? formatMonetary(tile.amount, {
                      currencyId,
                      humanReadable: true,
                      digits: [16, 1],
                  })
                : "",
            title: hasAmount ? formatMonetary(tile.amount, {currencyId}) : "",
        };
    }

    /** What the amounts are in, when they were in several currencies. */
    get note() {
        const converted = this.props.data?.converted || [];
        return converted.length
            ? _t("Converted at today's rates: %s", converted.join(", "))
            : "";
    }

    onClick(tile, ev) {
        this.props.onChoose(tile.key, ev.ctrlKey || ev.metaKey);
    }

    /** Left and right move between the tiles, as in a toolbar. */
    onKeydown(ev) {
        if (!["ArrowLeft", "ArrowRight"].includes(ev.key)) {
            return;
        }
        const forward =
            (ev.key === "ArrowRight") !==
            (document.dir === "rtl" || document.body.classList.contains("o_rtl"));
        const tiles = [...ev.currentTarget.querySelectorAll("button.o_oms_tile")];
        const next = tiles[tiles.indexOf(document.activeElement) + (forward ? 1 : -1)];
        if (next) {
            ev.preventDefault();
            next.focus();
        }
    }
}
