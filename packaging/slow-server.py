"""The server of packaging/try-systemd: each answer goes on until STOPFILE exists.

slow-server.py PORT STOPFILE
"""
import http.server
import os
import sys
import time


class Slow(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        self.send_response(200)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        while not os.path.exists(sys.argv[2]):
            self.wfile.write(b'1\r\n.\r\n')
            time.sleep(0.1)
        self.wfile.write(b'0\r\n\r\n')

    def log_message(self, *args):
        pass


http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Slow).serve_forever()
