"""Multiply orders with all their documents, set-based.

Nothing is known here about columns: foreign keys, read from the catalogue, say which numbers move with a copy.
Copy ``n`` of the row ``id`` is the row ``id + n * stride``; references between copied rows move alike, all
others stay. Customers and products rotate within their families, and dates lie the further back the smaller
``n`` is.
"""

import time

import _bench as bench

DAYS = 1000  # over which the copies lie
_CHUNKS = 20
_TABLES = {
    "sale.order",
    "sale.order.line",
    "stock.picking",
    "stock.move",
    "stock.move.line",
    "stock.reference",
    "account.move",
    "account.move.line",
    "account.payment",
    "account.partial.reconcile",
    "account.full.reconcile",
}
# Texts that name one document only.
_NAMES = {
    ("sale_order", "name"),
    ("stock_picking", "name"),
    ("account_move", "name"),
    ("account_payment", "name"),
    ("account_move_line", "move_name"),
    ("stock_reference", "name"),
}


def collect(orders):
    """Return all records that belong to these orders, {model: records}."""
    moves = orders.order_line.move_ids | orders.picking_ids.move_ids
    invoices, entries, payments = orders.invoice_ids, orders.invoice_ids, orders.invoice_ids.matched_payment_ids
    while True:
        partials = entries.line_ids.matched_debit_ids | entries.line_ids.matched_credit_ids
        lines = partials.debit_move_id | partials.credit_move_id
        more = entries | lines.move_id | partials.exchange_move_id | payments.move_id
        payments |= more.origin_payment_id
        if more == entries:
            break
        entries = more
    found = [
        orders,
        orders.order_line,
        moves.picking_id,
        moves,
        moves.move_line_ids,
        orders.stock_reference_ids | moves.reference_ids,
        invoices | entries,
        (invoices | entries).line_ids,
        payments,
        partials,
        partials.full_reconcile_id,
    ]
    assert {records._name for records in found} == _TABLES
    return {records._name: records for records in found}


class Multiplier:
    """Copies the rows that the table ``bench_seed`` names, in one database.

    :param copies: {kind: number of copies}
    """

    def __init__(self, cr, copies):
        self.cr = cr
        self.last = max(copies.values())
        cr.execute("CREATE TEMP TABLE seed (name text, id int, copies int, PRIMARY KEY (name, id))")
        for kind, number in copies.items():
            cr.execute("INSERT INTO seed SELECT name, id, %s FROM bench_seed WHERE kind = %s", [number, kind])
        self.tables = [table for (table,) in self._fetch("SELECT DISTINCT name FROM seed ORDER BY name")]
        self.rotations = {
            row[0]: row[1:] for row in self._fetch("SELECT name, first, size, number FROM bench_rotation")
        }
        self.strides = {table: self._fetch(f"SELECT MAX(id) FROM {table}")[0][0] for table in self.tables}
        self.links = self._find_links()

    def run(self):
        # The copies refer to each other in circles, and are consistent by construction.
        self.cr.execute("SET session_replication_role = replica")
        self.cr.execute("SET maintenance_work_mem = '1GB'")
        tables = [*self.tables, *self.links]
        for table in tables:
            self._make_seed_table(table)
        indexes = self._drop_indexes(tables)
        self._insert(tables)
        self._make_indexes(indexes)
        for table in self.tables:
            self.cr.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")

    # === THE CATALOGUE === #

    def _fetch(self, query, *parameters):
        self.cr.execute(query, parameters)
        return self.cr.fetchall()

    def _get_columns(self, table):
        return dict(
            self._fetch(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY 1",
                table,
            )
        )

    def _get_references(self, table):
        """Return {column: table it refers to}."""
        return dict(
            self._fetch(
                """SELECT a.attname, c.confrelid::regclass::text FROM pg_constraint c
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                WHERE c.contype = 'f' AND c.conrelid = %s::regclass""",
                table,
            )
        )

    def _find_links(self):
        """Return the tables without an id that connect copied rows with each other or with something else."""
        found = self._fetch(
            """SELECT DISTINCT c.conrelid::regclass::text FROM pg_constraint c
                WHERE c.contype = 'f' AND c.confrelid::regclass::text = ANY(%s)
                  AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.conrelid AND attname = 'id')""",
            self.tables,
        )
        return [table for (table,) in found if self._fetch(f"SELECT EXISTS (SELECT FROM {table})")[0][0]]

    # === SEEDS === #

    def _make_seed_table(self, table):
        """Keep the rows to copy, how often, and by how much each reference moves per copy."""
        moves, copies = [], []
        for column, target in self._get_references(table).items():
            if target in self.tables:
                found = f"SELECT copies FROM seed WHERE name = '{target}' AND seed.id = t.{column}"
                moves.append(f'CASE WHEN EXISTS ({found}) THEN {self.strides[target]} ELSE 0 END AS "{column} moves", ')
                copies.append(f"({found})")
        if table in self.tables:
            copies = [f"(SELECT copies FROM seed WHERE name = '{table}' AND seed.id = t.id)"]
        self.cr.execute(
            f"CREATE TEMP TABLE seed_{table} AS SELECT * FROM ("
            f"SELECT t.*, {''.join(moves)}COALESCE({', '.join(copies)}) AS copies FROM {table} t) s WHERE copies > 0"
        )

    def _get_expression(self, table, column, data_type, target):
        name = f's."{column}"'
        if table in self.tables and column == "id":
            return f"{name} + n * {self.strides[table]}"
        if target in self.tables:
            return f'{name} + n * s."{column} moves"'
        if target in self.rotations:
            first, size, number = self.rotations[target]
            index = f"({name} - {first})"
            return (
                f"CASE WHEN {index} BETWEEN 0 AND {size * number - 1}"
                f" THEN {first} + {index} / {size} * {size} + ({index} + n) %% {size} ELSE {name} END"
            )
        if (table, column) in _NAMES:
            return f"CASE WHEN {name} = '/' THEN {name} ELSE {name} || '-' || n END"
        if data_type == "date":
            return f"{name} - ({self.last} - n) * {DAYS} / {self.last}"
        if data_type.startswith("timestamp"):
            return f"{name} - ({self.last} - n) * INTERVAL '{DAYS * 86400 / self.last} s'"
        return name

    # === ROWS === #

    def _insert(self, tables):
        statements = {table: self._get_insert(table) for table in tables}
        step = -(-self.last // _CHUNKS)
        started = time.monotonic()
        for first in range(1, self.last + 1, step):
            last = min(first + step - 1, self.last)
            for statement in statements.values():
                self.cr.execute(statement, [first, last])
            bench.say(f"rows: {100 * last // self.last} %, {time.monotonic() - started:.0f} s")

    def _get_insert(self, table):
        columns, references = self._get_columns(table), self._get_references(table)
        expressions = [
            self._get_expression(table, column, data_type, references.get(column))
            for column, data_type in columns.items()
        ]
        names = ", ".join(f'"{column}"' for column in columns)
        order = "ORDER BY id" if table in self.tables else ""
        return f"""
            INSERT INTO {table} ({names}) SELECT {", ".join(expressions)} FROM GENERATE_SERIES(%s, %s) n
            CROSS JOIN LATERAL (SELECT * FROM seed_{table} WHERE n > {self.last} - copies {order}) s"""

    # === INDEXES === #

    def _drop_indexes(self, tables):
        """Drop the indexes that can be made again at once when all rows are there; return how."""
        found = self._fetch(
            """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
                WHERE indrelid::regclass::text = ANY(%s)
                  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype != 'f')""",
            tables,
        )
        for name, _definition in found:
            self.cr.execute(f"DROP INDEX {name}")
        return [definition for _name, definition in found]

    def _make_indexes(self, definitions):
        started = time.monotonic()
        for number, definition in enumerate(definitions, 1):
            self.cr.execute(definition)
            if number % 20 == 0 or number == len(definitions):
                bench.say(f"indexes: {number} of {len(definitions)}, {time.monotonic() - started:.0f} s")
