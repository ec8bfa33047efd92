package io.offramp.proxy.warmup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;

/** A client's connection of HTTP/1.1. It counts what it gets and looks at none of it. One thread. */
final class Http1Client implements LoadClient {
    private static final int BUFFER_BYTES = 1 << 15;

    private final SSLSocket socket;
    private final InputStream in;
    private final OutputStream out;

    /** @param socket owned by this */
    Http1Client(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        this.out = socket.getOutputStream();
    }

    @Override
    public void get(int bytes) throws IOException {
        send("GET /bytes/" + bytes + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: warm-up\r\nAccept: */*\r\n\r\n");
    }

    @Override
    public void put(int bytes) throws IOException {
        send("PUT /sha256 HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes + "\r\n\r\n");
        out.write(new byte[bytes]);
    }

    /** Sends a head. */
    void send(String head) throws IOException {
        out.write(head.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int status() throws IOException {
        String status = line();
        long bytes = -1;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                bytes = Long.parseLong(line.substring(15).strip());
            }
        }
        if (bytes < 0 || status.length() < 12) {
            throw new IOException("an answer without a status or a length: " + status);
        }
        in.skipNBytes(bytes);
        return Integer.parseInt(status.substring(9, 12));
    }

    @Override
    public void forgetSession() {
        socket.getSession().invalidate();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c; (c = in.read()) != '\n'; ) {
            if (c < 0) {
                throw new IOException("the proxy closed within an answer");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
