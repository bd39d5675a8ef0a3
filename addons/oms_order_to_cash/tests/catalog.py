"""The little company of the tests: what it sells, from where, in which money.

Everything is new, so that a test reads the same on a database with demo data; what is rarely used is made on demand.
"""

from functools import cached_property

from odoo.fields import Command


class OmsCatalog:
    """Records made once per test class (:meth:`_make_catalog`), and records made on first use in a test."""

    # === ONCE PER CLASS === #

    @classmethod
    def _make_catalog(cls):
        cls.company = cls.env.company
        cls.currency = cls.company.currency_id
        cls.uom_unit = cls.env.ref("uom.product_uom_unit")
        cls.uom_dozen = cls.env.ref("uom.product_uom_dozen")
        cls.warehouse = cls.env["stock.warehouse"].create({"name": "Test Main", "code": "TMAIN"})
        cls.customer = cls._make_customer("Test Customer")
        cls.vendor = cls.env["res.partner"].create({"name": "Test Vendor", "email": "vendor@example.com"})
        # Invoiced as ordered, or as delivered; 100 of each lie in the warehouse.
        cls.goods = cls._make_product("Goods", 10)
        cls.delivered_goods = cls._make_product("Goods invoiced on delivery", 20, invoice_policy="delivery")
        cls.short = cls._make_product("Goods nobody has", 30)
        cls.consumable = cls._make_product("Consumable", 5, is_storable=False)
        cls.service = cls._make_product("Service", 50, type="service", is_storable=False)
        cls.delivered_service = cls._make_product(
            "Service invoiced when performed",
            60,
            type="service",
            is_storable=False,
            invoice_policy="delivery",
        )
        cls.purchased = cls._make_product("Goods of a vendor", 40, seller_ids=[cls._prepare_seller()])
        for product in cls.goods + cls.delivered_goods:
            cls._put_in_stock(product, 100)

    @classmethod
    def _make_customer(cls, name, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "email": "customer@example.com",
                "street": "1 Long Street",
                "city": "Springfield",
                "zip": "12345",
                "country_id": cls.env.ref("base.us").id,
                "state_id": cls.env.ref("base.state_us_5").id,
                "property_payment_term_id": cls.env.ref("account.account_payment_term_30days").id,
                **vals,
            }
        )

    @classmethod
    def _make_product(cls, name, price, **vals):
        return cls.env["product.product"].create(
            {
                "name": f"Test {name}",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "order",
                "list_price": price,
                "standard_price": price / 2,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
                **vals,
            }
        )

    @classmethod
    def _prepare_seller(cls, **vals):
        return Command.create({"partner_id": cls.vendor.id, "price": 15, "delay": 3, **vals})

    @classmethod
    def _put_in_stock(cls, product, quantity, warehouse=None):
        """Count ``quantity`` more of a product in a warehouse (or less, when negative)."""
        location = (warehouse or cls.warehouse).lot_stock_id
        quants = cls.env["stock.quant"]
        on_hand = sum(quants._gather(product, location, strict=True).mapped("quantity"))
        quants.with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": location.id,
                "inventory_quantity": on_hand + quantity,
            }
        ).action_apply_inventory()

    # === ON FIRST USE === #

    @cached_property
    def other_customer(self):
        return self._make_customer("Test Other Customer")

    @cached_property
    def other_warehouse(self):
        return self.env["stock.warehouse"].create({"name": "Test Other", "code": "TOTHR"})

    @cached_property
    def two_step_warehouse(self):
        return self._make_warehouse_with_steps("T2STP", "pick_ship")

    @cached_property
    def three_step_warehouse(self):
        return self._make_warehouse_with_steps("T3STP", "pick_pack_ship")

    def _make_warehouse_with_steps(self, code, steps):
        warehouse = self.env["stock.warehouse"].create({"name": f"Test {code}", "code": code, "delivery_steps": steps})
        self._put_in_stock(self.goods, 50, warehouse)
        return warehouse

    @cached_property
    def to_order(self):
        """Goods bought for each order that asks for them."""
        mto_route = self.warehouse.mto_pull_id.route_id
        mto_route.active = True
        buy_route = self.env.ref("purchase_stock.route_warehouse0_buy")
        return self._make_product(
            "Goods bought to order",
            45,
            seller_ids=[self._prepare_seller()],
            route_ids=[Command.set((mto_route + buy_route).ids)],
        )

    @cached_property
    def dropshipped(self):
        """Goods that the vendor sends to the customer."""
        route = self.env.ref("stock_dropshipping.route_drop_shipping", raise_if_not_found=False)
        if not route:
            self.skipTest("drop shipping is not installed")
        return self._make_product(
            "Goods shipped by the vendor",
            70,
            seller_ids=[self._prepare_seller()],
            route_ids=[Command.set(route.ids)],
        )

    @cached_property
    def kit(self):
        """Two of ``goods`` and one of ``delivered_goods``, sold as one."""
        if "mrp.bom" not in self.env or "bom_line_id" not in self.env["stock.move"]._fields:
            self.skipTest("manufacturing is not installed")
        kit = self._make_product("Kit", 100, is_storable=False)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.goods.id, "product_qty": 2}),
                    Command.create({"product_id": self.delivered_goods.id, "product_qty": 1}),
                ],
            }
        )
        return kit

    @cached_property
    def carrier(self):
        product = self._make_product("Carrier", 10, type="service", is_storable=False)
        return self.env["delivery.carrier"].create(
            {
                "name": "Test Carrier",
                "delivery_type": "fixed",
                "fixed_price": 10,
                "product_id": product.id,
            }
        )

    @cached_property
    def foreign_currency(self):
        """Two of it buy one of the company's currency."""
        return self.env["res.currency"].create(
            {
                "name": "TOM",
                "symbol": "tom",
                "rounding": 0.01,
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2, "company_id": self.company.id})],
            }
        )

    @cached_property
    def foreign_pricelist(self):
        return self.env["product.pricelist"].create({"name": "Test Foreign", "currency_id": self.foreign_currency.id})

    @cached_property
    def tax(self):
        """20 %, on top of the price."""
        return self.env["account.tax"].create({"name": "Test 20 %", "amount": 20, "type_tax_use": "sale"})

    @cached_property
    def other_company(self):
        """A company of its own, with accounts and a warehouse; use :meth:`OmsVerbs._in_company` to work in it."""
        company = self.env["res.company"].create(
            {"name": "Test Other Company", "country_id": self.env.ref("base.us").id}
        )
        self.env.user.company_ids += company
        self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        return company

    @cached_property
    def other_company_warehouse(self):
        return self.env["stock.warehouse"].search([("company_id", "=", self.other_company.id)], limit=1)
