package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client of HTTP/1.1 with one connection. It never opens another, and never repeats a request. */
final class OneConnection implements AutoCloseable {
    private static final int PATIENCE_MS = 60_000;

    private final SSLSocket socket;
    private final InputStream in;

    OneConnection(SSLContext tls, InetSocketAddress address) throws IOException {
        socket = (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), address.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        socket.startHandshake();
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The bytes of the body. Fails for another status than 200, and if the connection ends before the body does. */
    int ask(String path) throws IOException {
        return finish(begin(path));
    }

    /** Asks, and reads the head of the answer; returns the length of its body. */
    int begin(String path) throws IOException {
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(US_ASCII));
        assertThat(line()).startsWith("HTTP/1.1 200");
        int length = -1;
        for (String field = line(); !field.isEmpty(); field = line()) {
            if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        field.substring("content-length:".length()).strip());
            }
        }
        return length;
    }

    /** Reads the body. */
    int finish(int length) throws IOException {
        assertThat(in.readNBytes(length)).hasSize(length);
        return length;
    }

    /** True once the other side has closed in order; fails if anything comes before, or the socket is reset. */
    boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            assertThat(next).as("the next byte, behind %s", line).isNotNegative();
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
