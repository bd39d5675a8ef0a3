"""What can happen to an order: each kind of event, with all that is said of it anywhere."""

from dataclasses import dataclass

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, eq=False)
class EventKind:
    """A kind of event: its name in the timeline, and where else it is offered.

    :param label: its name, of LazyTranslate as all words here
    :param str icon: its sign in the timeline; it is not shown there without one
    :param starts: ends "When ..." of a rule; no rule starts on it without
    :param meanwhile: ends "unless ..." of a rule that waits; it ends no waiting without
    :param tuple ends: of these kinds it ends the waiting for the same document only: another invoice that is paid pays not this one
    """

    label: object
    icon: str = ""
    starts: object = ""
    meanwhile: object = ""
    ends: tuple = ()


KINDS = {
    "placed": EventKind(_lt("Order placed"), "fa-shopping-cart", starts=_lt("An order is placed")),
    "sent": EventKind(
        _lt("Quotation sent"),
        "fa-paper-plane-o",
        starts=_lt("A quotation is sent"),
        meanwhile=_lt("the quotation is sent"),
    ),
    "confirmed": EventKind(
        _lt("Confirmed"), "fa-check", starts=_lt("An order is confirmed"), meanwhile=_lt("the order is confirmed")
    ),
    "purchase_ordered": EventKind(
        _lt("Purchase ordered"), "fa-shopping-basket", meanwhile=_lt("its purchase is ordered")
    ),
    "purchase_cancelled": EventKind(_lt("Purchase cancelled"), "fa-ban"),
    "reserved": EventKind(
        _lt("All goods reserved"), starts=_lt("All its goods are reserved"), meanwhile=_lt("all its goods are reserved")
    ),
    "picked": EventKind(_lt("Picked"), "fa-truck"),
    "shipped": EventKind(
        _lt("Shipped"), "fa-truck", starts=_lt("A part of it is shipped"), meanwhile=_lt("a part of it is shipped")
    ),
    "delivered": EventKind(
        _lt("All delivered"), starts=_lt("All of it is delivered"), meanwhile=_lt("all of it is delivered")
    ),
    "invoiced": EventKind(
        _lt("Invoice posted"),
        "fa-file-text-o",
        starts=_lt("An invoice of it is posted"),
        meanwhile=_lt("an invoice is posted"),
    ),
    "invoice_sent": EventKind(
        _lt("Invoice sent"), "fa-envelope-o", meanwhile=_lt("the invoice is sent"), ends=("invoiced",)
    ),
    "invoice_reset": EventKind(_lt("Invoice reset to draft"), "fa-undo"),
    "paid": EventKind(
        _lt("Invoice paid"),
        "fa-credit-card",
        starts=_lt("An invoice of it is paid"),
        meanwhile=_lt("the invoice is paid"),
        ends=("invoiced",),
    ),
    "held": EventKind(_lt("Put on hold"), "fa-lock", starts=_lt("It is put on hold")),
    "released": EventKind(
        _lt("Hold released"),
        "fa-unlock",
        starts=_lt("A hold of it is released"),
        meanwhile=_lt("the hold is released"),
        ends=("held",),
    ),
    "return_received": EventKind(
        _lt("Return received"), "fa-reply", starts=_lt("Goods come back"), meanwhile=_lt("goods come back")
    ),
    "credited": EventKind(
        _lt("Credit note posted"),
        "fa-undo",
        starts=_lt("A credit note of it is posted"),
        meanwhile=_lt("a credit note is posted"),
    ),
    "cancelled": EventKind(
        _lt("Cancelled"), "fa-ban", starts=_lt("An order is cancelled"), meanwhile=_lt("the order is cancelled")
    ),
    "reopened": EventKind(_lt("Set back to quotation"), "fa-undo"),
    "issue_raised": EventKind(_lt("Issue raised"), "fa-exclamation-triangle", starts=_lt("An issue is raised")),
    "issue_closed": EventKind(
        _lt("Issue closed"), "fa-check-circle-o", meanwhile=_lt("the issue is closed"), ends=("issue_raised",)
    ),
    "stage": EventKind(_lt("Stage entered"), starts=_lt("It enters a stage")),
    "act": EventKind(_lt("Action"), "fa-bolt"),
    "undone": EventKind(_lt("Action undone"), "fa-undo"),
}
