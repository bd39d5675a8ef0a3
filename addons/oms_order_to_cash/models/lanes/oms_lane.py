from odoo import api, models

from ..documents.handed import Handed, get_handed
from .order_facts import OrderFacts

FACTS = "oms_facts"


class OmsLane(models.AbstractModel):
    """The contract of a lane: the business rules of one part of the flow. A lane reads and decides; it stores nothing."""

    _name = "oms.lane"
    _description = "Order Flow Lane"

    @api.model
    def _read_facts(self, order_ids):
        """Return all that the lanes need of these orders, as the documents say it; read once where :meth:`_remembering` is said.

        :return: {order id: OrderFacts}
        """
        known = get_handed(self.env, FACTS)
        if known is None:
            return self._fetch_facts(order_ids)
        missing = [order_id for order_id in order_ids if order_id not in known]
        if missing:
            known.update(self._fetch_facts(missing))
        return {order_id: known[order_id] for order_id in order_ids if order_id in known}

    @api.model
    def _remembering(self):
        """Return the context in which orders are read once, for who looks at the same ones many times and changes nothing."""
        return {FACTS: Handed({})}

    @api.model
    def _fetch_facts(self, order_ids):
        """Read these orders in one query per kind of document."""
        env = self.env
        digits = env["decimal.precision"].precision_get("Product Unit")
        supply = {}
        facts = {
            order_id: OrderFacts(header, digits, supply)
            for order_id, header in env["sale.order"]._oms_read_headers(order_ids).items()
        }
        for line in env["sale.order.line"]._oms_read_lines(order_ids):
            facts[line["order_id"]].lines.append(line)
        moves = env["stock.move"]._oms_read_open(order_ids)
        for move in moves:
            facts[move["order_id"]].moves.append(move)
        for invoice in env["account.move"]._oms_read_invoices(order_ids):
            facts[invoice["order_id"]].invoices.append(invoice)
        self._read_money(facts)
        self._read_purchases(facts, order_ids)
        supply.update(self._read_supply(moves))
        return facts

    @api.model
    def _read_money(self, facts):
        """Read what is billed, and what was paid and is on no invoice, of orders that have anything like it."""
        invoiced = [order_id for order_id, fact in facts.items() if fact.invoices]
        billed = self.env["sale.order.line"]._oms_read_billed(invoiced) if invoiced else {}
        for order_id, rows in billed.items():
            facts[order_id].billed = rows
        paid = [order_id for order_id, fact in facts.items() if fact.invoices or fact.header["paid"]]
        for row in self.env["account.move"]._oms_read_unspent(paid) if paid else ():
            facts[row["order_id"]].unspent.append(row)

    @api.model
    def _read_purchases(self, facts, order_ids):
        for line in self.env["purchase.order.line"]._oms_read_bought(order_ids):
            facts[line["order_id"]].bought.append(line)
        made_for = self.env["purchase.order.line"]._oms_read_made_for(order_ids)
        if made_for:
            for fact in facts.values():
                fact.made_for = {line["id"]: made_for[line["id"]] for line in fact.lines if line["id"] in made_for}

    @api.model
    def _read_supply(self, moves):
        """Read what could feed the open outward moves: stock that would be reserved, receipts on the way, purchases to confirm."""
        short = [move for move in moves if move["outward"] and self._is_short(move)]
        product_ids = {move["product_id"] for move in short}
        return {
            "free": self.env["stock.quant"]._oms_read_reservable([move["id"] for move in short]),
            "inbound": self.env["stock.move"]._oms_read_inbound(product_ids),
            "drafts": self.env["purchase.order.line"]._oms_read_drafts(product_ids),
        }

    @api.model
    def _is_short(self, move):
        """Tell whether an open move still lacks goods; one that waits for its own order's earlier step does not."""
        return move["state"] in ("confirmed", "partially_available", "waiting") and not move["fed_inside"]

    @api.model
    def _get_states(self, facts):
        """Read this lane of many orders.

        :param dict facts: {order id: OrderFacts}, whose ``lanes`` hold the lanes read before
        :return: {order id: dict}: ``state``, and ``stage``, ``action``, ``deadline`` where the lane has work
        """
        return {order_id: self._get_state(fact) for order_id, fact in facts.items()}

    @api.model
    def _get_state(self, fact):
        raise NotImplementedError

    @api.model
    def _read_signals(self, facts):
        """Read what several detectors and verbs of this lane need and the facts don't hold, one query per kind, onto ``fact.signals``.

        :param dict facts: {order id: OrderFacts}, all lanes read
        """

    @api.model
    def _add_signals(self, facts):
        """Read this lane's signals of the orders of which nobody did, see :meth:`_remembering`."""
        new = {order_id: fact for order_id, fact in facts.items() if self._name not in fact.signalled}
        self._read_signals(new)
        for fact in new.values():
            fact.signalled.add(self._name)
