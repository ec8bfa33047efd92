"""A server and clients for scripts/try-upgrade.

serve PORT                      answers each request with 'ok'
plain PORT RATE STOPFILE        RATE new connections a second, each with a request, until STOPFILE exists
tls PORT RATE STOPFILE          the same over TLS, each with a full handshake
resume PORT RATE STOPFILE       the same, one after the other, each with the ticket of the one before

Connections begin when they are due, however long others take, so a pause is not hidden. One process with one epoll
takes 100 us of CPU for a connection in the clear, most of it the kernel's, so the load leaves the machine to the
proxy. Prints what was held.
"""
import collections
import errno
import os
import resource
import select
import socket
import ssl
import sys
import time

REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
HEAD_END = b'\r\n\r\n'
GOOD = b'HTTP/1.1 200'
ANSWER = GOOD + b' OK\r\nContent-Length: 2' + HEAD_END + b'ok'
BODY_END = HEAD_END + b'ok'
TICK = 0.005
PATIENCE = 40
MOST_OPEN = 8000
# Of Linux: the port is chosen at connect, among those that are free towards this server.
IP_BIND_ADDRESS_NO_PORT = 24
ADDRESSES = [f'127.0.0.{each}' for each in range(2, 202)]


def serve(port):
    """Its clients send whole heads without bodies, and read what they have asked for."""
    poll = select.epoll()
    with socket.create_server(('127.0.0.1', port), backlog=4096) as listener:
        open_ones = {listener.fileno(): listener}
        poll.register(listener, select.EPOLLIN)
        while True:
            for descriptor, _ in poll.poll():
                client = open_ones[descriptor]
                if client is listener:
                    client = listener.accept()[0]
                    open_ones[client.fileno()] = client
                    poll.register(client, select.EPOLLIN)
                    continue
                try:
                    requests = client.recv(65536)
                    client.sendall(ANSWER * requests.count(HEAD_END))
                except ConnectionError:
                    requests = b''
                if not requests:
                    open_ones.pop(descriptor).close()


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


class Connection:
    """A connection in the clear. Its steps return the event to wait for, or 0 at its end."""

    def __init__(self, address):
        self.begin = time.monotonic()
        self.answer = b''
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        self.socket.bind((address, 0))
        self.out = self.first()

    def first(self):
        return REQUEST

    def connect(self, port):
        code = self.socket.connect_ex(('127.0.0.1', port))
        if code not in (0, errno.EINPROGRESS):
            raise OSError(code, os.strerror(code))
        return self.on_writable()

    def on_writable(self):
        """On loopback it is connected at once, unless the backlog is full."""
        try:
            self.socket.send(self.out)
            return select.EPOLLIN
        except BlockingIOError:
            return select.EPOLLOUT

    def on_readable(self):
        piece = self.socket.recv(16384)
        return self.take(piece) if piece else 0

    def take(self, piece):
        self.answer += piece
        return 0 if self.answer.endswith(BODY_END) else select.EPOLLIN

    def result(self):
        if self.answer.startswith(GOOD) and self.answer.endswith(BODY_END):
            return 'answered'
        return f'got {self.answer[:40]!r}' if self.answer else 'closed without an answer'


class TlsConnection(Connection):
    tls_context = context()

    def first(self):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = self.tls_context.wrap_bio(self.incoming, self.outgoing)
        self.complete = False
        self.shake()
        return self.outgoing.read()

    def shake(self):
        try:
            self.tls.do_handshake()
            self.complete = True
        except ssl.SSLWantReadError:
            pass

    def take(self, piece):
        self.incoming.write(piece)
        if not self.complete:
            self.shake()
            if self.complete:
                self.tls.write(REQUEST)
            if self.outgoing.pending:
                self.socket.send(self.outgoing.read())
        try:
            while self.complete:
                if not super().take(self.tls.read(16384)):
                    return 0
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            return 0
        return select.EPOLLIN

    def result(self):
        result = super().result()
        return result if self.complete or self.answer else 'closed in the handshake'


class Load:
    def __init__(self, kind, port, rate, stop):
        self.kind, self.port, self.rate, self.stop = kind, port, rate, stop
        self.results = collections.Counter()
        self.longest = 0.0
        self.open = {}
        self.poll = select.epoll()

    def begin(self, number):
        if len(self.open) >= MOST_OPEN:
            self.results['not begun'] += 1
            return
        connection = self.kind(ADDRESSES[number % len(ADDRESSES)])
        try:
            self.poll.register(connection.socket, connection.connect(self.port))
            self.open[connection.socket.fileno()] = connection
        except OSError as failure:
            self.end(connection, name(failure))

    def step(self, connection, event):
        try:
            if event & select.EPOLLOUT:
                waits = connection.on_writable()
                if waits == select.EPOLLIN:
                    self.poll.modify(connection.socket, waits)
                return
            if connection.on_readable():
                return
            result = connection.result()
        except OSError as failure:
            result = name(failure)
        del self.open[connection.socket.fileno()]
        self.end(connection, result)

    def end(self, connection, result):
        connection.socket.close()
        self.results[result] += 1
        self.longest = max(self.longest, time.monotonic() - connection.begin)

    def run(self):
        start = time.monotonic()
        begun = 0
        while not os.path.exists(self.stop):
            due = int((time.monotonic() - start) * self.rate)
            for begun in range(begun + 1, due + 1):
                self.begin(begun)
            self.turn(TICK)
        seconds = time.monotonic() - start
        end = time.monotonic() + PATIENCE
        while self.open and time.monotonic() < end:
            self.turn(0.1)
        for connection in list(self.open.values()):
            self.end(connection, 'without an answer to the end')
        return seconds

    def turn(self, wait):
        for descriptor, event in self.poll.poll(wait):
            self.step(self.open[descriptor], event)


def name(failure):
    if isinstance(failure, ssl.SSLError):
        return f'TLS: {failure.reason}'
    return {ConnectionRefusedError: 'refused', ConnectionResetError: 'reset'}.get(type(failure), repr(failure))


def report(kind, results, seconds, longest, more=''):
    total = sum(results.values())
    failed = {result: count for result, count in results.items() if result != 'answered'}
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    print(f'{kind}: {total} connections, {total / seconds:.0f} a second; {results["answered"]} answered, '
          f'{sum(failed.values())} not{" " + str(failed) if failed else ""}; longest {longest:.1f} s{more}; '
          f'CPU of the clients {cpu.ru_utime + cpu.ru_stime:.0f} s')
    return 1 if failed or not total else 0


def resume(port, rate, stop):
    tls = context()
    session = None
    resumed = 0
    results = collections.Counter()
    start = time.monotonic()
    longest = 0.0
    while not os.path.exists(stop):
        begin = time.monotonic()
        try:
            with socket.create_connection(('127.0.0.1', port), PATIENCE) as plain:
                with tls.wrap_socket(plain, session=session) as client:
                    resumed += client.session_reused
                    client.sendall(REQUEST)
                    answer = client.recv(4096)
                    session = client.session
            results['answered' if answer.startswith(GOOD) else f'got {answer[:40]!r}'] += 1
        except OSError as failure:
            results[name(failure)] += 1
        longest = max(longest, time.monotonic() - begin)
        time.sleep(max(0.0, begin + 1 / rate - time.monotonic()))
    full = results['answered'] - resumed
    code = report('resumed', results, time.monotonic() - start, longest, f'; {full} by a full handshake')
    return 1 if code or full > 1 else 0


def main():
    kind, port = sys.argv[1], int(sys.argv[2])
    if kind == 'serve':
        return serve(port)
    rate, stop = int(sys.argv[3]), sys.argv[4]
    if kind == 'resume':
        return resume(port, rate, stop)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    load = Load({'tls': TlsConnection, 'plain': Connection}[kind], port, rate, stop)
    return report(kind, load.results, load.run(), load.longest)


sys.exit(main())
