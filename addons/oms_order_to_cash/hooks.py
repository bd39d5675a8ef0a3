"""What installing and uninstalling the addon do beyond its tables."""

# Up to this many orders are read while the addon installs; more are read afterwards, in batches with a commit each.
_FILL_AT_ONCE = 20_000


def post_init_hook(env):
    """Read the orders that were there before the addon."""
    if env["sale.order"].sudo().search_count([], limit=_FILL_AT_ONCE + 1) <= _FILL_AT_ONCE:
        env["oms.flow"]._fill()
        env["oms.event"]._fill_past()
    else:
        env.ref("oms_order_to_cash.oms_flow_refresh_cron")._trigger()


def uninstall_hook(env):
    """Take along what Odoo would leave behind."""
    # System parameters belong to no addon.
    env["ir.config_parameter"].search([("key", "=like", "oms\\_order\\_to\\_cash.%")]).unlink()
    # Names that mail and others gave to parts of this addon's models, which go with the models.
    names = ["|", ("name", "=like", "selection\\_\\_oms\\_%"), ("name", "=like", "model\\_inherit\\_\\_oms\\_%")]
    env["ir.model.data"].search([("module", "!=", "oms_order_to_cash"), *names]).unlink()
