package io.offramp.app.train;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * The load of a training run, repeated: full and resumed handshakes of both versions with one request each, and
 * connections with many small answers, some large ones, and an upload. One thread.
 */
final class TrainingLoad {
    private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");
    private static final int HANDSHAKES = 5;
    private static final int SMALL = 50;
    private static final int LARGE = 20;
    private static final int HUGE = 2;
    private static final int HUGE_BYTES = 1 << 20;
    private static final int SOCKET_TIMEOUT_MS = 10_000;

    private final SSLContext trust;
    private final List<Integer> ports;
    private final byte[] body = new byte[HUGE_BYTES];
    private long connections;
    private long requests;

    /**
     * @param trust accepts the proxy's certificate, and keeps sessions
     * @param ports of the proxy on loopback
     */
    TrainingLoad(SSLContext trust, List<Integer> ports) {
        this.trust = trust;
        this.ports = ports;
    }

    /** Runs rounds until this {@link System#nanoTime}; at least one. */
    void until(long endNs) throws IOException {
        do {
            for (int port : ports) {
                for (String version : VERSIONS) {
                    try {
                        round(port, version);
                    } catch (IOException e) {
                        throw new IOException(
                                version + " on port " + port + ", after " + requests + " requests: " + e.getMessage(),
                                e);
                    }
                }
            }
        } while (System.nanoTime() - endNs < 0);
    }

    long connections() {
        return connections;
    }

    long requests() {
        return requests;
    }

    private void round(int port, String version) throws IOException {
        for (int i = 0; i < HANDSHAKES; i++) {
            try (SSLSocket full = connect(port, version)) {
                get(full, 1 << 10);
            }
            try (SSLSocket resumed = connect(port, version)) {
                get(resumed, 1 << 10);
                resumed.getSession().invalidate();
            }
        }
        try (SSLSocket kept = connect(port, version)) {
            get(kept, 1 << 10, SMALL);
            get(kept, 16 << 10, LARGE);
            get(kept, HUGE_BYTES, HUGE);
            put(kept, HUGE);
            kept.getSession().invalidate();
        }
    }

    private SSLSocket connect(int port, String version) throws IOException {
        SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(SOCKET_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        socket.setEnabledProtocols(new String[] {version});
        connections++;
        return socket;
    }

    private void get(SSLSocket socket, int bytes) throws IOException {
        get(socket, bytes, 1);
    }

    private void get(SSLSocket socket, int bytes, int times) throws IOException {
        byte[] head = ("GET /bytes/" + bytes
                        + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: train\r\nAccept: */*\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 15);
        for (int i = 0; i < times; i++) {
            socket.getOutputStream().write(head);
            readAnswer(in);
        }
    }

    private void put(SSLSocket socket, int times) throws IOException {
        byte[] head = ("PUT /sha256 HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        for (int i = 0; i < times; i++) {
            OutputStream out = socket.getOutputStream();
            out.write(head);
            out.write(body);
            readAnswer(in);
        }
    }

    private void readAnswer(InputStream in) throws IOException {
        String status = readLine(in);
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException("answer: " + status);
        }
        long bytes = -1;
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                bytes = Long.parseLong(line.substring(15).strip());
            }
        }
        if (bytes < 0) {
            throw new IOException("an answer without a length");
        }
        in.skipNBytes(bytes);
        requests++;
    }

    private static String readLine(InputStream in) throws IOException {
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
}
