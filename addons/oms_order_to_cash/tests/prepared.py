"""Queries planned once: histories put the same long ones again and again, to the same orders, and planning takes longer than running."""

from odoo.tools import SQL

_READS = (b"SELECT", b"WITH")
# A statement's plan is kept by the server until it is dropped.
_MOST = 3000


class PreparedReads:
    """Takes the place of a cursor's ``execute``: a query that was put before, word by word, is prepared."""

    def __init__(self, cursor):
        self.cursor, self.execute = cursor, cursor.execute
        self.names, self.count = {}, 0
        # The connection may have been another test's.
        self.execute("DEALLOCATE ALL")

    def __call__(self, query, params=None, log_exceptions=True):
        if isinstance(query, SQL):
            query, params = query.code, query.params
        text = self.cursor.mogrify(query, params)
        if text.lstrip()[:6].upper().startswith(_READS):
            text = self._prepare(text)
        return self.execute(text, None, log_exceptions)

    def _prepare(self, text):
        """Return what to put instead."""
        if text not in self.names:
            if len(self.names) >= _MOST:
                self.execute("DEALLOCATE ALL")
                self.names.clear()
            self.names[text] = b""
            return text
        if not self.names[text]:
            self.count += 1
            self.names[text] = b"oms_%d" % self.count
            self.execute(b"PREPARE %s AS %s" % (self.names[text], text))
        return b"EXECUTE " + self.names[text]
