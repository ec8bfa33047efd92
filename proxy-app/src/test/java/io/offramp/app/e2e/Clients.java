package io.offramp.app.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** JSSE as a client, and HTTP/1.1 by hand over it, so no code of the proxy under test is on this side. */
public final class Clients {
    private static final SSLContext TRUSTS_ALL = trustingAll();

    private Clients() {}

    /** A connected and handshaken socket with exactly this version and suite. */
    public static SSLSocket connect(InetSocketAddress address, String version, String cipherSuite) throws IOException {
        Socket tcp = new Socket(address.getAddress(), address.getPort());
        return connect(tcp, version, cipherSuite);
    }

    /** The same over a socket that is connected; closes it when it closes. */
    static SSLSocket connect(Socket tcp, String version, String cipherSuite) throws IOException {
        tcp.setTcpNoDelay(true);
        tcp.setSoTimeout(60_000);
        SSLSocket tls = (SSLSocket) TRUSTS_ALL.getSocketFactory().createSocket(tcp, "localhost", tcp.getPort(), true);
        tls.setEnabledProtocols(new String[] {version});
        tls.setEnabledCipherSuites(new String[] {cipherSuite});
        tls.startHandshake();
        return tls;
    }

    /** For clients that bring their own sockets. */
    public static SSLContext trustsAll() {
        return TRUSTS_ALL;
    }

    /** The record that a handshake begins with. */
    static byte[] clientHello() throws IOException {
        SSLEngine engine = TRUSTS_ALL.createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    /** GETs and returns the hex SHA-256 of the body, which must have the announced length. */
    public static String getHash(SSLSocket socket, String path) throws IOException {
        send(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return hash(body(socket));
    }

    /** POSTs this many seeded bytes and returns the answer's body as text. */
    static String post(SSLSocket socket, String path, long bytes, long seed) throws IOException {
        send(socket, "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes + "\r\n\r\n");
        byte[] chunk = new byte[1 << 16];
        Random random = new Random(seed);
        random.nextBytes(chunk);
        OutputStream out = socket.getOutputStream();
        for (long sent = 0; sent < bytes; ) {
            int n = (int) Math.min(bytes - sent, 1 + random.nextInt(chunk.length));
            out.write(chunk, 0, n);
            sent += n;
        }
        out.flush();
        return new String(body(socket).readAllBytes(), StandardCharsets.US_ASCII);
    }

    /** The hash of the bytes of {@link #post}. */
    static String postHash(long bytes, long seed) {
        byte[] chunk = new byte[1 << 16];
        Random random = new Random(seed);
        random.nextBytes(chunk);
        MessageDigest digest = sha256();
        for (long sent = 0; sent < bytes; ) {
            int n = (int) Math.min(bytes - sent, 1 + random.nextInt(chunk.length));
            digest.update(chunk, 0, n);
            sent += n;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String hash(InputStream in) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 16];
        for (int n; (n = in.read(buffer)) >= 0; ) {
            digest.update(buffer, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static void send(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** Reads a head with status 200 and a Content-Length, and gives exactly that body. */
    static InputStream body(SSLSocket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("stream ended in the head: " + head);
            }
            head.append((char) b);
        }
        if (!head.toString().startsWith("HTTP/1.1 200 ")) {
            throw new IOException("not 200: " + head);
        }
        return new BoundedBody(in, contentLength(head.toString()));
    }

    private static long contentLength(String head) throws IOException {
        for (String line : head.split("\r\n")) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                return Long.parseLong(line.substring(15).trim());
            }
        }
        throw new IOException("no Content-Length: " + head);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext trustingAll() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends after this many bytes; fails if the stream ends earlier. */
    private static final class BoundedBody extends InputStream {
        private final InputStream in;
        private long left;

        BoundedBody(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(buffer, offset, (int) Math.min(left, length));
            if (n < 0) {
                throw new IOException("body is " + left + " bytes short");
            }
            left -= n;
            return n;
        }
    }

    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
