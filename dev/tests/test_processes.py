"""What ./oms starts ends with it, and not before."""

import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from conftest import new_database, start_oms


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def wait_until(condition, seconds=180):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)


@pytest.fixture
def served(database):
    """Start ./oms run on a database of its own."""
    port = free_port()
    new_database(database)
    process = start_oms("run", "--db", database, "--port", str(port))
    try:
        told = next(line for line in process.stderr if "Odoo answers" in line)
        assert f"http://localhost:{port} - login: admin" in told
        yield process, port
    finally:
        process.terminate()
        process.communicate(timeout=180)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_run_stops_cleanly(served, how):
    process, port = served
    process.send_signal(how)
    _out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    assert "Odoo has stopped" in err
    assert not answers(port)


def test_run_killed_leaves_no_server(served):
    process, port = served
    process.kill()
    process.wait(timeout=180)
    wait_until(lambda: not answers(port))


def server_is_up(state):
    query = ["psql", "-XAt", "-h", str(state / "pg" / "socket"), "-U", "oms", "-d", "postgres", "-c", "SELECT 1"]
    return subprocess.run(query, capture_output=True, check=False).returncode == 0


def test_last_command_stops_the_cluster(oms, ready_state):
    state, port = ready_state["OMS_STATE"], free_port()
    assert oms("setup", **ready_state).returncode == 0
    assert not server_is_up(state)
    longer = start_oms("odoo", "--http-port", str(port), **ready_state)
    wait_until(lambda: server_is_up(state))
    assert oms("setup", **ready_state).returncode == 0
    assert server_is_up(state), "a short command stopped the server of a longer one"
    wait_until(lambda: answers(port))
    longer.terminate()
    longer.communicate(timeout=180)
    assert not server_is_up(state)


def test_killed_setup_completes(oms, ready_state):
    first = start_oms("setup", **ready_state)
    time.sleep(1)
    first.kill()
    first.communicate(timeout=180)
    again = oms("setup", **ready_state)
    assert again.returncode == 0, again.stderr


def test_two_setups_at_once(ready_state):
    both = [start_oms("setup", **ready_state) for _number in range(2)]
    results = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], results


def test_done_setup_is_quick(oms):
    start = time.monotonic()
    assert oms("setup").returncode == 0
    assert time.monotonic() - start < 2
