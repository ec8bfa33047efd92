"""A small server and clients for scripts/try-reload.

serve PORT                   answers 'ok', /slow with a slow download, and a WebSocket that echoes at /ws
load PORT EXTRA STOPFILE     over TLS until STOPFILE exists: eight WebSockets and one download at PORT, and two visitors
                             of EXTRA, a listener that comes and goes; prints what was held
"""
import asyncio
import os
import ssl
import sys
import time

SLOW_BYTES = 1 << 30
SHORT_BYTES = 1 << 20
PIECE = b'offramp.' * 2048


async def serve_one(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b'\r\n\r\n')
            path = head.split(b' ', 2)[1]
            if path == b'/short':
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % SHORT_BYTES)
                writer.write(bytes(SHORT_BYTES))
                await writer.drain()
            elif path == b'/ws':
                writer.write(b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n'
                             b'Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n')
                while data := await reader.read(1 << 16):
                    writer.write(data)
                break
            elif path == b'/slow':
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % SLOW_BYTES)
                for _ in range(SLOW_BYTES // len(PIECE)):
                    writer.write(PIECE)
                    await writer.drain()
            else:
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def serve(port):
    server = await asyncio.start_server(serve_one, '127.0.0.1', port)
    await server.serve_forever()


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


# One for all: making it takes longer than a handshake, and a visitor of a listener that is away tries again at once.
TLS = context()


async def open_tls(port):
    return await asyncio.open_connection('127.0.0.1', port, ssl=TLS)


async def connect(port, path, more=''):
    reader, writer = await open_tls(port)
    writer.write(f'GET {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n'.encode())
    head = await reader.readuntil(b'\r\n\r\n')
    return reader, writer, head


async def web_socket(port, stop):
    """Round trips of one WebSocket; the tunnel does not look into the bytes, so any will do."""
    reader, writer, head = await connect(
        port, '/ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n'
        'Sec-WebSocket-Version: 13\r\n')
    assert b' 101 ' in head, head
    trips = 0
    while not os.path.exists(stop):
        message = b'%016d' % trips
        writer.write(message)
        assert await asyncio.wait_for(reader.readexactly(16), 10) == message
        trips += 1
        await asyncio.sleep(0.02)
    writer.close()
    return trips


async def download(port, stop):
    """Reads a gibibyte slowly until the end of the run, then the rest at full speed."""
    reader, writer, head = await connect(port, '/slow')
    assert b' 200 ' in head, head
    count = 0
    while count < SLOW_BYTES:
        piece = await asyncio.wait_for(reader.read(1 << 16), 20)
        assert piece, f'cut after {count} bytes'
        count += len(piece)
        if not os.path.exists(stop):
            await asyncio.sleep(0.01)
    writer.close()
    return count


class Visitor:
    """A client of a listener that comes and goes. It asks on one connection until that ends, then opens another.

    An answer that has begun comes whole, also if the listener goes meanwhile. A connection may end between two answers,
    and meet the next request on its way (RFC 9112, section 9.5): nothing of an answer comes then.
    """

    def __init__(self, port):
        self.port = port
        self.connections = self.answers = self.unanswered = 0

    async def visit(self, stop):
        while not os.path.exists(stop):
            try:
                reader, writer = await open_tls(self.port)
            except OSError:
                await asyncio.sleep(0.005)
                continue
            self.connections += 1
            try:
                while not os.path.exists(stop) and await asyncio.wait_for(self.ask(reader, writer), 20):
                    self.answers += 1
            finally:
                writer.transport.abort()

    async def ask(self, reader, writer):
        """Returns whether the connection goes on."""
        path, size = (b'/short', SHORT_BYTES) if self.answers % 4 == 3 else (b'/', 2)
        try:
            writer.write(b'GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n' % path)
            first = await reader.read(1)
        except OSError:
            first = b''
        if not first:
            self.unanswered += 1
            return False
        head = first + await reader.readuntil(b'\r\n\r\n')
        assert b' 200 ' in head, head
        await reader.readexactly(size)
        if b'connection: close' in head.lower():
            self.answers += 1
            return False
        return True


async def load(port, extra, stop):
    start = time.monotonic()
    sockets = [web_socket(port, stop) for _ in range(8)]
    visitors = [Visitor(extra) for _ in range(2)]
    visits = [each.visit(stop) for each in visitors]
    results = await asyncio.gather(download(port, stop), *sockets, *visits, return_exceptions=True)
    failures = [repr(each) for each in results if isinstance(each, BaseException)]
    trips = sum(each for each in results[1:] if isinstance(each, int))
    print(f'download: {results[0]} bytes in {time.monotonic() - start:.0f} s')
    print(f'WebSockets: 8, with {trips} round trips')
    connections, answers, unanswered = (sum(getattr(each, name) for each in visitors)
                                        for name in ('connections', 'answers', 'unanswered'))
    print(f'listener that comes and goes: {connections} connections, {answers} whole answers, '
          f'{unanswered} ended with a request on its way')
    if not connections:
        failures.append('nobody has met the listener that comes and goes')
    for each in failures:
        print('failed:', each)
    return 1 if failures else 0


if sys.argv[1] == 'serve':
    asyncio.run(serve(int(sys.argv[2])))
else:
    sys.exit(asyncio.run(load(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
