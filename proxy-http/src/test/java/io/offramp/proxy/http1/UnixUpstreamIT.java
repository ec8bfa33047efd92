package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.net.UnixSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that listens on a Unix socket, with both transports of the event loop. */
class UnixUpstreamIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String UPGRADE =
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private static final String SWITCHING =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("app.sock");
    }

    private ProxyFixture proxy(boolean nio) {
        ProxyFixture.Settings settings = new ProxyFixture.Settings().to(new UnixSocket(file()));
        settings.nio = nio;
        return new ProxyFixture(settings);
    }

    /** A server of one script. */
    private final class Server implements AutoCloseable {
        private final ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        private final List<String> heads = new CopyOnWriteArrayList<>();
        private final List<SocketChannel> accepted = new CopyOnWriteArrayList<>();
        private final Thread acceptor;

        interface Script {
            void run(String head, SocketChannel socket, InputStream in, OutputStream out) throws IOException;
        }

        Server(Script script) throws IOException {
            listening.bind(UnixDomainSocketAddress.of(file()));
            acceptor = Thread.ofPlatform().daemon().start(() -> accept(script));
        }

        private void accept(Script script) {
            try {
                while (true) {
                    SocketChannel socket = listening.accept();
                    accepted.add(socket);
                    Thread.ofPlatform().daemon().start(() -> serve(socket, script));
                }
            } catch (IOException e) {
                // Closed: the test is over.
            }
        }

        private void serve(SocketChannel socket, Script script) {
            try (socket) {
                InputStream in = Channels.newInputStream(socket);
                OutputStream out = Channels.newOutputStream(socket);
                for (String head; (head = Wire.readHead(in)) != null; ) {
                    heads.add(head);
                    script.run(head, socket, in, out);
                }
            } catch (IOException e) {
                // The proxy closed; the test sees that at its own end.
            }
        }

        /** The kernel listens until the thread in accept has noticed. */
        @Override
        public void close() throws IOException {
            listening.close();
            try {
                acceptor.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            for (SocketChannel socket : accepted) {
                socket.close();
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldServeAllRequestsOverOneConnectionAndLogTheFile(boolean nio) throws Exception {
        try (Server server = new Server(
                        (head, socket, in, out) -> out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")));
                ProxyFixture proxy = proxy(nio);
                Socket client = proxy.connect()) {
            // When
            for (int i = 0; i < 3; i++) {
                assertThat(ProxyFixture.ask(client, GET).body()).isEqualTo("ok");
            }
            assertThat(proxy.ask("GET /old HTTP/1.0\r\n\r\n").status()).isEqualTo(200);

            // Then
            assertThat(server.accepted).hasSize(1);
            assertThat(server.heads.getFirst()).contains("Host: a\r\n");
            assertThat(server.heads.getLast()).contains("Host: localhost\r\n");
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(4));
            assertThat(proxy.log()).extracting(AccessEntry::upstream).containsOnly("unix:" + file());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMoveLargeBodiesBothWays(boolean nio) throws Exception {
        byte[] body = new byte[3 << 20];
        new Random(16).nextBytes(body);
        try (Server server = new Server((head, socket, in, out) -> {
                    byte[] received = in.readNBytes(body.length);
                    out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: " + received.length + "\r\n\r\n"));
                    out.write(received);
                });
                ProxyFixture proxy = proxy(nio);
                Socket client = proxy.connect()) {
            // When
            ProxyFixture.send(client, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n");
            client.getOutputStream().write(body);
            String head = Objects.requireNonNull(Wire.readHead(client.getInputStream()), "no answer");
            Wire.Answer answer = new Wire.Answer(head, "");

            // Then
            assertThat(sha256(Wire.readBody(client.getInputStream(), answer))).isEqualTo(sha256(body));
            assertThat(server.accepted).hasSize(1);
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /** A Unix socket refuses the next write as soon as its server has closed, while the answer is still to be read. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldPassAnAnswerOfAServerThatClosesBeforeItHasTheWholeRequest(boolean nio) throws Exception {
        try (Server server = new Server((head, socket, in, out) -> {
                    out.write(bytes("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"));
                    socket.close();
                });
                ProxyFixture proxy = proxy(nio);
                Socket client = proxy.connect()) {
            // When
            ProxyFixture.send(client, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + (3 << 20) + "\r\n\r\n");
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    client.getOutputStream().write(new byte[3 << 20]);
                } catch (IOException e) {
                    // The proxy has closed behind the answer.
                }
            });

            // Then
            assertThat(Wire.readHead(client.getInputStream())).startsWith("HTTP/1.1 413");
            assertThat(server.accepted).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAnswer502WhileNobodyListensThere(boolean nio) throws Exception {
        try (ProxyFixture proxy = proxy(nio)) {
            assertThat(proxy.ask(GET).status()).isEqualTo(502);
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().abort())
                    .startsWith("connect to unix:" + file() + ": ")
                    .containsIgnoringCase("no such file");
            try (Server server =
                    new Server((head, socket, in, out) -> out.write(bytes("HTTP/1.1 204 No Content\r\n\r\n")))) {
                assertThat(proxy.ask(GET).status()).isEqualTo(204);
                assertThat(server.heads).hasSize(1);
            }
            assertThat(proxy.ask(GET).status()).isEqualTo(502);
        }
    }

    /** With epoll: Netty's NIO transport knows half-closed TCP sockets only. */
    @Test
    @EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
    void shouldEndEachDirectionOfATunnelOnItsOwn() throws Exception {
        byte[] late = new byte[2 << 20]; // more than the sockets hold, so the proxy has to write when it is let
        new Random(17).nextBytes(late);
        List<String> received = new CopyOnWriteArrayList<>();
        try (Server server = new Server((head, socket, in, out) -> {
                    out.write(bytes(SWITCHING + "first"));
                    socket.shutdownOutput();
                    try {
                        received.add(sha256(in.readAllBytes()));
                    } catch (Exception e) {
                        throw new IOException(e);
                    }
                });
                ProxyFixture proxy = proxy(false);
                Socket client = proxy.connect()) {
            // When
            ProxyFixture.send(client, UPGRADE);
            assertThat(Wire.readHead(client.getInputStream())).startsWith("HTTP/1.1 101");
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes("first"));
            client.getOutputStream().write(late);
            client.shutdownOutput();

            // Then
            await().untilAsserted(() -> assertThat(received).containsExactly(sha256(late)));
            assertThat(server.accepted).hasSize(1);
        }
    }
}
