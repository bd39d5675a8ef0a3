import {
    Component,
    onWillUpdateProps,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {IssueCard} from "./issue_card";

/** The issues of an order, worst first; what was put away waits, folded, at the end. */
export class IssueCards extends Component {
    static template = "oms_order_to_cash.IssueCards";
    static components = {IssueCard};
    static props = {
        issues: Array,
        orderId: {type: Number, optional: true},
        onDone: Function,
        unfoldLast: {type: Boolean, optional: true},
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({showAway: null, places: null});
        this.isOver = false;
        onWillUpdateProps(({orderId}) => this.keepPlaces(orderId));
        const listener = (ev) => this.onPointer(ev);
        useExternalListener(document, "pointerdown", listener, {capture: true});
        useExternalListener(document, "pointerover", listener, {capture: true});
    }

    /** Nobody has to unfold it where there is nothing else to see. */
    get showAway() {
        const isAlone = Boolean(this.props.unfoldLast) && !this.active.length;
        return this.state.showAway ?? isAlone;
    }

    get active() {
        return this.props.issues.filter((issue) => !isAway(issue));
    }

    get away() {
        return this.props.issues.filter(isAway);
    }

    /** Cards, and the places of those that went from under a pointer: the next one's button must not slide there. */
    get entries() {
        const issues = new Map(this.active.map((issue) => [issue.id, issue]));
        const places = this.state.places || [];
        const kept = places.map((place) => ({
            ...place,
            issue: issues.get(place.key) || null,
        }));
        const keys = new Set(places.map(({key}) => key));
        const added = this.active.filter(({id}) => !keys.has(id));
        return [...kept, ...added.map((issue) => ({key: issue.id, issue}))];
    }

    keepPlaces(orderId) {
        if (!this.isInside || orderId !== this.props.orderId) {
            this.state.places = null;
            return;
        }
        const {entries} = this;
        this.state.places = entries.map(({key, height, issue, name}) => ({
            key,
            name: issue?.name || name,
            height: this.getHeight(key) || height,
        }));
    }

    get isInside() {
        // Without any issue there is nothing to be in.
        const {el} = this.root;
        return Boolean(el) && (this.isOver || el.contains(document.activeElement));
    }

    getHeight(id) {
        return this.root.el.querySelector(`[data-place="${id}"]`)?.offsetHeight;
    }

    /** A finger is over nothing between two touches: it is where it touched last. */
    onPointer({pointerType, target, type}) {
        if (pointerType !== "touch" || type === "pointerdown") {
            this.isOver = Boolean(this.root.el?.contains(target));
            if (!this.isOver) {
                this.state.places = null;
            }
        }
    }

    toggleAway() {
        this.state.showAway = !this.showAway;
    }
}

function isAway({state, snoozed_until}) {
    return state !== "open" || Boolean(snoozed_until);
}
