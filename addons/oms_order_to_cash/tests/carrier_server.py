"""A carrier of the tests: books what it is asked under a reference, twice when it is asked twice, and counts."""

import contextlib
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PATIENCE = 60


class CarrierServer:
    def __init__(self):
        self.bookings = Counter()
        self.holding = threading.Event()  # set: the next booking is made, and its answer kept back
        self.booked, self.released = threading.Event(), threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.server.server_address[1]

    def stop(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def book(self, reference):
        self.bookings[reference] += 1
        if self.holding.is_set():
            self.holding.clear()
            self.booked.set()
            self.released.wait(_PATIENCE)
        return self.find(reference)

    def find(self, reference):
        if reference not in self.bookings:
            return {}
        return {"exact_price": 7.5, "tracking_number": f"TRACK {reference}"}

    def _make_handler(carrier):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self._answer(carrier.book(self.path[1:]))

            def do_GET(self):
                self._answer(carrier.find(self.path[1:]))

            def _answer(self, content):
                body = json.dumps(content).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Say nothing."""

            def handle(self):
                with contextlib.suppress(ConnectionError):  # who asked was killed
                    return super().handle()

        return Handler
