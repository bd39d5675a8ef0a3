{
    "name": "Order to Cash: Job Queue",
    "summary": "Runs the waiting actions of Order to Cash on OCA's job queue",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Order to Cash contributors",
    "license": "LGPL-3",
    "images": ["static/description/banner.png"],
    "depends": ["oms_order_to_cash", "queue_job"],
    "data": ["data/queue_job_data.xml"],
    "uninstall_hook": "uninstall_hook",
}
