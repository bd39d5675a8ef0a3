"""What every layer shares: the ordered vocabularies, and who sees money. Nothing else lives here."""

# Whoever else works on orders sees no amounts.
MONEY_GROUPS = "sales_team.group_sale_salesman,account.group_account_invoice,account.group_account_readonly"

STAGES = (
    ("quotation", "Quotation"),
    ("check", "Check"),
    ("supply", "Supply"),
    ("pick", "Pick"),
    ("ship", "Ship"),
    ("invoice", "Invoice"),
    ("payment", "Payment"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
)

LANES = (
    ("order", "Order"),
    ("supply", "Supply"),
    ("delivery", "Delivery"),
    ("invoice", "Invoice"),
    ("payment", "Payment"),
    ("return", "Return"),
)

LANE_STATES = (
    ("none", "Nothing to do"),
    ("todo", "To do"),
    ("doing", "In progress"),
    ("blocked", "Blocked"),
    ("done", "Done"),
)

NEXT_ACTIONS = (
    ("confirm", "Confirm"),
    ("release", "Release hold"),
    ("complete", "Complete address"),
    ("reserve", "Reserve stock"),
    ("purchase", "Buy"),
    ("plan", "Plan delivery"),
    ("deliver", "Deliver"),
    ("perform", "Record service"),
    ("wait", "Wait"),
    ("invoice", "Invoice"),
    ("correct_draft", "Correct draft invoice"),
    ("post", "Post invoice"),
    ("pay", "Register payment"),
    ("refund", "Refund"),
    ("resolve_dispute", "Resolve dispute"),
    ("credit", "Credit return"),
    ("receive", "Receive return"),
)

# How bad an issue is; the bands of its score have the same names.
SEVERITIES = (
    ("low", "Low"),
    ("medium", "Medium"),
    ("high", "High"),
    ("critical", "Critical"),
)

# Who has to move next for an issue to end.
TURNS = (
    ("sales", "Sales"),
    ("purchasing", "Purchasing"),
    ("warehouse", "Warehouse"),
    ("accounting", "Accounting"),
    ("customer", "Customer"),
    ("vendor", "Vendor"),
    ("carrier", "Carrier"),
    ("administrator", "Administrator"),
)
