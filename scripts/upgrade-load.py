"""A server and clients for scripts/try-upgrade.

serve PORT                      answers each request with 'ok'
tls PORT RATE STOPFILE          RATE new TLS connections a second, each with a request, until STOPFILE exists
plain PORT RATE STOPFILE        the same in the clear
resume PORT RATE STOPFILE       the same, one after the other, each with the ticket of the one before

Connections begin when they are due, however long others take, so a pause is not hidden. Prints what was held.
"""
import asyncio
import collections
import os
import socket
import ssl
import sys
import time

REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
GOOD = b'HTTP/1.1 200'
TICK = 0.02
PATIENCE = 40
MOST_OPEN = 4000


async def serve_one(reader, writer):
    try:
        while await reader.readuntil(b'\r\n\r\n'):
            writer.write(ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def serve(port):
    server = await asyncio.start_server(serve_one, '127.0.0.1', port, backlog=4096)
    await server.serve_forever()


def context():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


class Load:
    def __init__(self, kind, port, rate, stop):
        self.kind, self.port, self.rate, self.stop = kind, port, rate, stop
        self.results = collections.Counter()
        self.longest = 0.0
        self.tls = context()
        self.open = 0

    async def tls_once(self):
        reader, writer = await asyncio.open_connection('127.0.0.1', self.port, ssl=self.tls)
        try:
            writer.write(REQUEST)
            return await reader.read()
        finally:
            writer.close()

    async def plain_once(self):
        loop = asyncio.get_running_loop()
        with socket.socket() as client:
            client.setblocking(False)
            await loop.sock_connect(client, ('127.0.0.1', self.port))
            await loop.sock_sendall(client, REQUEST)
            answer = b''
            while piece := await loop.sock_recv(client, 4096):
                answer += piece
            return answer

    async def once(self):
        start = time.monotonic()
        try:
            answer = await asyncio.wait_for(self.tls_once() if self.kind == 'tls' else self.plain_once(), PATIENCE)
            result = 'answered' if answer.startswith(GOOD) else f'got {answer[:40]!r}'
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as failure:
            result = type(failure).__name__
        self.open -= 1
        self.results[result] += 1
        self.longest = max(self.longest, time.monotonic() - start)

    async def run(self):
        start = time.monotonic()
        begun = 0
        tasks = set()
        while not os.path.exists(self.stop):
            due = int((time.monotonic() - start) * self.rate)
            while begun < due:
                begun += 1
                if self.open >= MOST_OPEN:
                    self.results['left out'] += 1
                    continue
                self.open += 1
                task = asyncio.create_task(self.once())
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await asyncio.sleep(TICK)
        seconds = time.monotonic() - start
        await asyncio.gather(*tasks)
        return seconds


def report(kind, results, seconds, longest, more=''):
    total = sum(results.values())
    failed = {result: count for result, count in results.items() if result != 'answered'}
    print(f'{kind}: {total} connections, {total / seconds:.0f} a second; {results["answered"]} answered, '
          f'{sum(failed.values())} not{" " + str(failed) if failed else ""}; longest {longest:.1f} s{more}')
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
            results[type(failure).__name__] += 1
        longest = max(longest, time.monotonic() - begin)
        time.sleep(max(0.0, begin + 1 / rate - time.monotonic()))
    full = results['answered'] - resumed
    code = report('resumed', results, time.monotonic() - start, longest, f'; {full} by a full handshake')
    return 1 if code or full > 1 else 0


def main():
    kind, port = sys.argv[1], int(sys.argv[2])
    if kind == 'serve':
        asyncio.run(serve(port))
        return 0
    rate, stop = int(sys.argv[3]), sys.argv[4]
    if kind == 'resume':
        return resume(port, rate, stop)
    load = Load(kind, port, rate, stop)
    return report(kind, load.results, asyncio.run(load.run()), load.longest)


sys.exit(main())
