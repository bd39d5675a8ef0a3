"""What the codes in the arrays stand for. A code is the place of its name in the tuple."""

CLASSES = ("new", "sparse", "smooth", "erratic", "intermittent", "lumpy")
NEW, SPARSE, SMOOTH, ERRATIC, INTERMITTENT, LUMPY = range(6)

# How the quantities of a pair are decided; REASONS other than "planned" say why a pair is not planned as usual.
REASONS = ("planned", "dead", "make_to_order", "no_prior", "no_history", "no_lead_time", "made")
PLANNED, DEAD, MAKE_TO_ORDER, NO_PRIOR, NO_HISTORY, NO_LEAD_TIME, MADE = range(7)

SERVICES = ("fill", "cycle", "cost")
FILL, CYCLE, COST = range(3)

FAMILIES = ("auto", "normal")
AUTO, NORMAL = range(2)

METHODS = ("auto", "sba")
LEVEL_AUTO, LEVEL_SBA = range(2)

LIMITS = ("economic", "price_break", "min_days", "max_days", "moq", "shelf_life")
BY_COST, BY_PRICE, BY_MIN_DAYS, BY_MAX_DAYS, BY_MOQ, BY_SHELF_LIFE = range(6)

# Bits of a number that may hold several.
WARNINGS = ("horizon", "capped", "left_out", "few_receipts", "shelf_life", "target")
HORIZON, CAPPED, LEFT_OUT, FEW_RECEIPTS, SHELF_LIFE, TARGET = (1 << bit for bit in range(6))

ABC = ("a", "b", "c")
XYZ = ("x", "y", "z")
