{
    "name": "Order to Cash: Automatic Reordering",
    "summary": "Minimum and maximum of reordering rules, from demand, lead times and the service wanted",
    "version": "19.0.1.0.0",
    "category": "Inventory/Inventory",
    "author": "Order to Cash contributors",
    "license": "LGPL-3",
    "depends": ["oms_order_to_cash", "purchase_stock"],
    "external_dependencies": {"python": ["numpy"]},
}
