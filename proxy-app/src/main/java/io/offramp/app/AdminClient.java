package io.offramp.app;

import io.offramp.proxy.config.AdminAddress;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Client of the admin listener, over TCP or a Unix socket; the JDK's own client has no Unix sockets. */
final class AdminClient {
    private static final int HEAD_LIMIT_S = 10;
    private static final int MAX_LINE_BYTES = 8 << 10;
    private static final int MAX_LINES = 100;

    private final AdminAddress admin;
    private final @Nullable String token;

    /** @param token null for none */
    AdminClient(AdminAddress admin, @Nullable String token) {
        this.admin = admin;
        this.token = token;
    }

    /**
     * An answer.
     *
     * @param status of the answer
     * @param body up to its end; closing it closes the connection
     */
    record Answer(int status, InputStream body) {}

    /** Asks for a page. Blocks for ten seconds at most until the head is there. */
    Answer get(String path) throws IOException {
        return ask("GET " + path);
    }

    /** Gives a command, which has no body. Blocks like {@link #get}. */
    Answer post(String path) throws IOException {
        return ask("POST " + path);
    }

    /** One request on a connection of its own, in HTTP/1.0: its end ends the answer (RFC 9112 §6.3). */
    private Answer ask(String line) throws IOException {
        boolean unix = admin instanceof AdminAddress.Unix;
        SocketChannel channel = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        CompletableFuture<Void> head = new CompletableFuture<Void>().orTimeout(HEAD_LIMIT_S, TimeUnit.SECONDS);
        head.whenComplete((_, late) -> {
            if (late != null) {
                close(channel);
            }
        });
        try {
            channel.connect(
                    switch (admin) {
                        case AdminAddress.Unix(var socket) -> UnixDomainSocketAddress.of(socket);
                        case AdminAddress.Tcp(var hostPort) -> hostPort.resolve();
                    });
            channel.write(ByteBuffer.wrap(request(line, unix ? "localhost" : admin.toString())));
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            int status = status(line(in));
            int lines = 0;
            while (!line(in).isEmpty()) {
                if (++lines > MAX_LINES) {
                    throw new IOException("not an answer of HTTP: no end of its head");
                }
            }
            head.complete(null);
            return new Answer(status, in);
        } catch (ClosedChannelException e) {
            throw new IOException("no answer in " + HEAD_LIMIT_S + " s", e);
        } catch (IOException | RuntimeException e) {
            head.cancel(false);
            throw e;
        }
    }

    private byte[] request(String line, String host) {
        String authorization = token == null ? "" : "Authorization: Bearer " + token + "\r\n";
        String request = line + " HTTP/1.0\r\nHost: " + host + "\r\n" + authorization + "\r\n";
        return request.getBytes(StandardCharsets.US_ASCII);
    }

    private static int status(String line) throws IOException {
        if (!line.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
            throw new IOException("not an answer of HTTP");
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.length() == MAX_LINE_BYTES) {
                throw new IOException("not an answer of HTTP: no end of a line");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) { // the connection is useless now, closed or not
            return;
        }
    }
}
