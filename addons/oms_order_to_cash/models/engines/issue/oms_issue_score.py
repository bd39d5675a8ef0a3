from datetime import timedelta

from odoo import api, models

# The addends of a score, at most 600 together.
_SEVERITY = {"low": 60, "medium": 160, "high": 280, "critical": 360}
_URGENCY, _VALUE, _CUSTOMER = 120, 80, 40
_CUSTOMER_SHARE = {"normal": 0, "important": 0.5, "key": 1}
# An issue is scored again as time passes, but not written for each minute.
_STEP = 10
_HIGH, _MEDIUM = 400, 200
_DAYS_PER_YEAR = 365
_LEAST_LEAD = timedelta(days=1)


def get_band(score, is_critical):
    """Return the band of a score; a broken promise, or cash blocked with the goods gone, is critical whatever it is."""
    return "critical" if is_critical else "high" if score >= _HIGH else "medium" if score >= _MEDIUM else "low"


class OmsIssue(models.Model):
    _inherit = "oms.issue"

    @api.model
    def _score(self, severity, finding, fact, share, now):
        """Return the score of a finding: its four addends, their sum, and the band.

        Base severity + urgency (the part of the lead time that is used up) + value (``share``, the percentile among the
        company's open orders) + customer. A broken promise, or cash blocked with the goods gone, is critical whatever the score.
        """
        urgency = self._get_urgency(finding, fact, now)
        addends = {
            "score_severity": _SEVERITY[severity],
            "score_urgency": int(urgency * _URGENCY) // _STEP * _STEP,
            "score_value": round(share * _VALUE),
            "score_customer": int(_CUSTOMER_SHARE[fact.header["customer_priority"]] * _CUSTOMER),
        }
        score = sum(addends.values())
        is_critical = severity == "critical" or finding.get("critical")
        band = get_band(score, is_critical)
        rank = finding["amount"] * max(addends["score_urgency"], _STEP) / _URGENCY
        return {**addends, "score": score, "band": band, "rank": rank}

    @api.model
    def _get_urgency(self, finding, fact, now):
        """Return how much of the time from the order to the deadline is used up, 0 to 1."""
        deadline = finding["deadline"]
        if not deadline:
            return 0.0
        lead = max(deadline - fact.header["date_order"], _LEAST_LEAD)
        return min(max(1 - (deadline - now) / lead, 0.0), 1.0)

    @api.model
    def _get_cost_per_day(self, lane, amount, fact):
        """Return what a further day costs, in company currency: interest on the money at stake.

        Late customers owe the company's late-payment rate; anything else delays cash, at the cost of capital.
        """
        if not fact.is_confirmed():
            return 0.0
        header = fact.header
        rate = header["late_interest_rate"] if lane == "payment" else header["capital_cost_rate"]
        return max(amount, 0.0) * (rate or 0.0) / 100 / _DAYS_PER_YEAR
