from contextlib import contextmanager

from odoo import models

from .mail_thread import Posts


class OmsRunner(models.AbstractModel):
    _inherit = "oms.runner"

    @contextmanager
    def _acting_together(self, orders):
        """Write the lines in the chatter of all orders together; of one order alone nothing can be saved."""
        with super()._acting_together(orders) as together:
            if len(together) == 1:
                yield together
                return
            posts = Posts()
            yield together.with_context(oms_posts=posts)
            posts.send()
