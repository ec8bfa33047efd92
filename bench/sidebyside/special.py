"""The cases that start each proxy afresh: time from start to the first byte served, and idle connections."""
import contextlib
import os
import select
import socket
import ssl
import time

from . import machine

REQUEST = b"GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\n"

SETTLE_SECONDS = 3  # until what follows the last handshake is done
ONCE_SECONDS = 15  # until a proxy has done what it does once after a peak, such as giving memory back
IDLE_SECONDS = 32  # in which CPU is counted: longer than a connection goes without a look at its limits
SAMPLE = 100


def client_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def connect_and_ask(context, port):
    """A connection that has had one request answered and is idle now."""
    raw = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection = context.wrap_socket(raw, server_hostname="localhost")
    connection.sendall(REQUEST)
    answer = connection.recv(4096)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise OSError(f"answer {answer[:60]!r}")
    return connection


@contextlib.contextmanager
def without_cache():
    """Offramp started here does without the cache that its build makes."""
    os.environ["OFFRAMP_NO_CACHE"] = "1"
    try:
        yield
    finally:
        del os.environ["OFFRAMP_NO_CACHE"]


def start_to_first_byte(start, port):
    """Seconds from the exec of a proxy to the first byte of an answer through it, and its memory then. `start` returns
    the server."""
    context = client_context()
    begin = time.monotonic()
    server = start()
    try:
        connect_and_ask(context, port).close()
        seconds = time.monotonic() - begin
        return {
            "seconds": seconds,
            "memory_bytes": machine.memory_bytes(server.session),
            "cpu_seconds": machine.cpu_seconds(server.session),
        }
    finally:
        server.stop()


def fill(connections, connect, count, deadline):
    """Adds connections until there are `count`; returns why there are fewer."""
    try:
        while len(connections) < count:
            if time.monotonic() > deadline:
                return ["the time was up"]
            connections.append(connect())
    except OSError as error:
        return [f"connection {len(connections) + 1} failed: {error}"]
    return []


def still_answered(connection):
    try:
        connection.sendall(REQUEST)
        return connection.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def drain_tickets(connection):
    """Reads tickets that came behind the answer."""
    connection.setblocking(False)
    try:
        connection.recv(4096)
    except (ssl.SSLWantReadError, OSError):
        pass
    finally:
        connection.settimeout(20)


def closed(connections):
    """How many of them have ended: nothing was asked for, so whatever there is to be read is an end."""
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN)
    return len(poll.poll(0))


def idle_connections(start, port, count, seconds, quiet=IDLE_SECONDS):
    """Memory of a proxy with and without `count` idle connections, and its CPU while they wait. Kernel socket buffers
    are not in it."""
    context = client_context()
    server = start()
    connections = []
    try:
        for _ in range(200):
            connect_and_ask(context, port).close()
        time.sleep(1)
        before = machine.memory_bytes(server.session)
        deadline = time.monotonic() + seconds
        errors = fill(connections, lambda: connect_and_ask(context, port), count, deadline)
        time.sleep(SETTLE_SECONDS)
        for connection in connections:
            drain_tickets(connection)
        after = machine.memory_bytes(server.session)
        once = machine.cpu_seconds(server.session)
        time.sleep(ONCE_SECONDS)
        cpu = machine.cpu_seconds(server.session)
        time.sleep(quiet)
        core_share = (machine.cpu_seconds(server.session) - cpu) / quiet
        kept = len(connections) - closed(connections)
        unanswered = sum(not still_answered(connection) for connection in connections[::SAMPLE])
        if unanswered:
            errors.append(f"{unanswered} of every {SAMPLE}th connection got no answer")
        return {
            "wanted": count,
            "connections": len(connections),
            "kept": kept,
            "before_bytes": before,
            "after_bytes": after,
            "bytes_each": (after - before) / max(1, len(connections)),
            "core_share": core_share,
            "once_cpu_seconds": cpu - once,
            "errors": errors,
        }
    finally:
        for connection in connections:
            connection.close()
        server.stop()
