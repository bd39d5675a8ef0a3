{
    "name": "Order to Cash: Test of Extensions",
    "summary": "A verb and an issue type of another addon, as CONTRIBUTING.md describes them",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Order to Cash contributors",
    "license": "LGPL-3",
    "depends": ["oms_order_to_cash"],
    "data": [
        "security/ir.model.access.csv",
        "security/oms_rules.xml",
        "data/oms_issue_type_data.xml",
    ],
}
