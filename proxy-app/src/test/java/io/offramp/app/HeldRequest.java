package io.offramp.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.app.e2e.Clients;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLSocket;

/** Requests by hand, whose answers a test gives when it likes. */
final class HeldRequest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private HeldRequest() {}

    /** A connection of its own, on which a request was sent. */
    static SSLSocket send(int port, String path) throws IOException {
        SSLSocket socket = (SSLSocket) Clients.trustsAll().getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout((int) LIMIT.toMillis());
        ask(socket, path);
        return socket;
    }

    /** A request on a connection that is there. */
    static void ask(Socket socket, String path) throws IOException {
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(US_ASCII));
    }

    /** The answer, at the server's side. */
    static void end(Socket server) throws IOException {
        server.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
    }

    /** The head of a message. */
    static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("%s", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }

    /** A small page: the head of its answer. */
    static String get(int port) throws IOException {
        try (SSLSocket socket = send(port, "/bytes/3")) {
            return head(socket);
        }
    }
}
