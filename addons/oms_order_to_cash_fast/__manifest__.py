{
    "name": "Order to Cash: Fast Lane",
    "summary": "Many orders at once, by a quicker way than Odoo's own, to the same result",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Order to Cash contributors",
    "license": "LGPL-3",
    "images": ["static/description/banner.png"],
    "depends": ["oms_order_to_cash"],
    "auto_install": True,
}
