package io.offramp.app;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Clients of one proxy that ask for much and do not read. Refused clients are dropped. */
public final class Crowd implements AutoCloseable {
    private static final int RECORD_BYTES = 16_000;
    private static final int LIMIT_MS = 10_000;
    private static final SSLContext TRUSTING = trusting();

    private final int port;
    private final List<Socket> sockets = new ArrayList<>();

    private final AtomicLong repeatedBytes = new AtomicLong();

    public Crowd(int port) {
        this.port = port;
    }

    /** Sends a part of a request's head. */
    public void beginHead(int bytes) {
        join("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(bytes));
    }

    /** Asks for a body and does not read it. */
    void ask(String path) {
        join("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    /** Repeats a request on a thread of its own as long as the proxy takes it, and reads no answer. */
    void repeat(String request) {
        byte[] many = request.repeat(200).getBytes(StandardCharsets.US_ASCII);
        try {
            SSLSocket client = connect(true);
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        client.getOutputStream().write(many);
                        repeatedBytes.addAndGet(many.length);
                    }
                } catch (IOException _) {
                    // the test ended, or the proxy closed
                }
            });
        } catch (IOException e) {
            assertTurnedAway(e);
        }
    }

    /** Bytes of the repeated requests that have been taken. */
    long repeatedBytes() {
        return repeatedBytes.get();
    }

    /** Gets a HelloRetryRequest, and sends its next hello without the last byte. */
    void beginHandshake(int helloBytes) {
        byte[] hello = hello(helloBytes);
        try {
            Socket client = tcp();
            sockets.add(client);
            client.getOutputStream().write(records(hello, hello.length));
            if (client.getInputStream().read() >= 0) {
                client.getOutputStream().write(records(hello, hello.length - 1));
            }
        } catch (IOException e) {
            assertTurnedAway(e);
        }
    }

    /** Status of the answer to another client; -1 for none. */
    int statusForAnother() {
        try (SSLSocket client = connect(false)) {
            client.getOutputStream()
                    .write("GET /bytes/10 HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] line = client.getInputStream().readNBytes("HTTP/1.1 200".length());
            return line.length < 12 ? -1 : Integer.parseInt(new String(line, 9, 3, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            assertTurnedAway(e);
            return -1;
        }
    }

    private void join(String begin) {
        try {
            connect(true).getOutputStream().write(begin.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            assertTurnedAway(e);
        }
    }

    private SSLSocket connect(boolean joins) throws IOException {
        Socket tcp = tcp();
        if (joins) {
            sockets.add(tcp);
        }
        SSLSocket tls = (SSLSocket) TRUSTING.getSocketFactory().createSocket(tcp, "localhost", port, true);
        try {
            tls.startHandshake();
            return tls;
        } catch (IOException e) {
            tcp.close();
            throw e;
        }
    }

    private Socket tcp() throws IOException {
        Socket tcp = new Socket(InetAddress.getLoopbackAddress(), port);
        tcp.setSoTimeout(LIMIT_MS);
        tcp.setTcpNoDelay(true);
        return tcp;
    }

    private static void assertTurnedAway(IOException e) {
        if (String.valueOf(e.getMessage()).contains("refused")) {
            throw new AssertionError("nobody listens", e);
        }
    }

    /** A ClientHello without a key share (RFC 8446 §4.1.2), made long by padding (RFC 7685). */
    private static byte[] hello(int bytes) {
        byte[] extensions = {
            0,
            43,
            0,
            3,
            2,
            3,
            4, // supported_versions: 1.3
            0,
            10,
            0,
            4,
            0,
            2,
            0,
            0x1d, // supported_groups: x25519
            0,
            13,
            0,
            6,
            0,
            4,
            4,
            3,
            8,
            4, // signature_algorithms
            0,
            51,
            0,
            2,
            0,
            0 // key_share: none
        };
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(hello)) {
            int padding = bytes - extensions.length - 51;
            out.writeInt(1 << 24 | bytes - 4);
            out.writeShort(0x0303);
            out.write(new byte[32]); // random
            out.write(0); // no session ID
            out.write(new byte[] {0, 2, 0x13, 1, 1, 0}); // TLS_AES_128_GCM_SHA256, no compression
            out.writeShort(extensions.length + 4 + padding);
            out.write(extensions);
            out.writeShort(21);
            out.writeShort(padding);
            out.write(new byte[padding]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return hello.toByteArray();
    }

    private static byte[] records(byte[] message, int end) throws IOException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(records);
        for (int from = 0; from < end; from += RECORD_BYTES) {
            int length = Math.min(RECORD_BYTES, end - from);
            out.write(new byte[] {22, 3, 1});
            out.writeShort(length);
            out.write(message, from, length);
        }
        return records.toByteArray();
    }

    private static SSLContext trusting() {
        X509TrustManager all = new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authType) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {all}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        leave();
    }

    /** All at once. */
    void leave() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }
}
