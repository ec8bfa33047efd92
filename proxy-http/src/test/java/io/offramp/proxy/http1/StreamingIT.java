package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PoolArenaMetric;
import io.offramp.proxy.upstream.UpstreamSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies much larger than memory should notice. */
class StreamingIT {
    private static final int MIB = 1 << 20;

    /** High watermarks (64 and 128 KiB), a read of 64 KiB each way, heads, and room for the allocator's rounding. */
    private static final long BOUND_PER_CONNECTION = MIB;

    private static ProxyFixture proxyTo(ScriptedUpstream upstream, boolean nio) {
        ProxyFixture.Settings settings = new ProxyFixture.Settings().to(upstream.address());
        settings.nio = nio;
        return new ProxyFixture(settings);
    }

    /** Writes random bytes, in chunks or plain; returns their hash. */
    private static String writeRandom(OutputStream out, int bytes, boolean chunked, long seed) throws Exception {
        Random random = new Random(seed);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[40_000];
        random.nextBytes(piece);
        int left = bytes;
        while (left > 0) {
            int n = Math.min(left, 1 + random.nextInt(piece.length));
            piece[random.nextInt(piece.length)]++;
            digest.update(piece, 0, n);
            if (chunked) {
                out.write((Integer.toHexString(n) + "\r\n").getBytes());
            }
            out.write(piece, 0, n);
            if (chunked) {
                out.write("\r\n".getBytes());
            }
            left -= n;
        }
        if (chunked) {
            out.write("0\r\n\r\n".getBytes());
        }
        out.flush();
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String hashOf(InputStream in, int bytes, boolean chunked) throws Exception {
        DigestOutputStream sink =
                new DigestOutputStream(OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"));
        byte[] buffer = new byte[1 << 16];
        while (true) {
            int left = chunked ? Integer.parseInt(Wire.readLine(in), 16) : bytes;
            boolean last = left == 0 || !chunked;
            while (left > 0) {
                int n = in.read(buffer, 0, Math.min(left, buffer.length));
                if (n < 0) {
                    throw new IOException(left + " bytes are missing");
                }
                sink.write(buffer, 0, n);
                left -= n;
            }
            if (chunked) {
                Wire.readLine(in);
            }
            if (last) {
                return HexFormat.of().formatHex(sink.getMessageDigest().digest());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void shouldPassEveryByteWhenBodiesAreLarge(boolean chunked, boolean nio) throws Exception {
        int bytes = 100 * MIB;
        long seed = System.nanoTime();
        String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + bytes;
        CompletableFuture<String> received = new CompletableFuture<>();
        CompletableFuture<String> sent = new CompletableFuture<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    try {
                        peer.readHead();
                        received.complete(hashOf(peer.in, bytes, chunked));
                        peer.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                        sent.complete(writeRandom(peer.out, bytes, chunked, seed + 1));
                        peer.in.read();
                    } catch (Exception e) {
                        received.completeExceptionally(e);
                        sent.completeExceptionally(e);
                    }
                });
                ProxyFixture proxy = proxyTo(upstream, nio);
                Socket client = proxy.connect()) {
            // When
            ProxyFixture.send(client, "POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
            String uploaded = writeRandom(client.getOutputStream(), bytes, chunked, seed);
            InputStream in = client.getInputStream();
            assertThat(Wire.readHead(in)).startsWith("HTTP/1.1 200 ");
            String downloaded = hashOf(new java.io.BufferedInputStream(in, 1 << 16), bytes, chunked);

            // Then
            assertThat(received.get(10, TimeUnit.SECONDS))
                    .as("up, seed %d", seed)
                    .isEqualTo(uploaded);
            assertThat(downloaded).as("down, seed %d", seed).isEqualTo(sent.get(10, TimeUnit.SECONDS));
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().requestBytes()).isEqualTo(bytes);
            assertThat(proxy.log().getFirst().responseBytes()).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepMemoryBoundedWhenClientsReadSlowly(boolean upstreamEndsConnection) throws Exception {
        int clients = 20;
        // Either more than sockets hold, or so little that the end is there when the client has not read the beginning.
        int bytes = upstreamEndsConnection ? 5 * MIB : 64 * MIB;
        String framing = upstreamEndsConnection ? "Connection: close" : "Content-Length: " + bytes;
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                    byte[] piece = new byte[MIB];
                    for (int sent = 0; sent < bytes; sent += MIB) {
                        peer.out.write(piece);
                    }
                });
                ProxyFixture proxy = proxyTo(upstream, false)) {
            // When
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                Socket client = proxy.connect();
                ProxyFixture.send(client, "GET / HTTP/1.0\r\n\r\n");
                sockets.add(client);
            }
            for (Socket client : sockets) {
                client.getInputStream().readNBytes(100);
            }
            await().pollDelay(Duration.ofMillis(1500)).until(() -> true);

            // Then
            assertThat(activeBytes(proxy)).isBetween(1L, clients * BOUND_PER_CONNECTION);
            for (Socket client : sockets) {
                client.setSoLinger(true, 0);
                client.close();
            }
            await().untilAsserted(() -> assertThat(activeBytes(proxy)).isLessThan(MIB));
        }
    }

    @Test
    void shouldKeepMemoryBoundedWhenUpstreamDoesNotReadAndThenEverythingIsTaken() throws Exception {
        int bytes = 32 * MIB;
        CompletableFuture<Void> go = new CompletableFuture<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    go.join();
                    Wire.readExactly(peer.in, bytes);
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                });
                ProxyFixture proxy = proxyTo(upstream, false);
                Socket client = proxy.connect()) {
            // Given
            ProxyFixture.send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + bytes + "\r\n\r\n");
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(new byte[bytes]);
                } catch (IOException e) {
                    go.completeExceptionally(e);
                }
            });
            await().pollDelay(Duration.ofMillis(800)).until(() -> true);

            // When
            long held = activeBytes(proxy);
            go.complete(null);

            // Then
            assertThat(held).isLessThan(BOUND_PER_CONNECTION);
            assertThat(Wire.readAnswer(client.getInputStream()).status()).isEqualTo(200);
            writer.join();
        }
    }

    @Test
    void shouldTakeFromAnUpstreamWhatItsReceiveBufferHoldsWhenTheClientDoesNotRead() throws Exception {
        assumeThat(mostReceiveBytes())
                .as("net.core.rmem_max, which caps the buffer")
                .isGreaterThanOrEqualTo(4 * MIB);

        long small = takenUnread(64 << 10);
        long large = takenUnread(4 * MIB);

        assertThat(large - small).isGreaterThan(2 * MIB);
    }

    private static long mostReceiveBytes() throws IOException {
        try (BufferedReader file = Files.newBufferedReader(Path.of("/proc/sys/net/core/rmem_max"))) {
            return Long.parseLong(file.readLine());
        }
    }

    /** Bytes that an upstream can send until nothing moves any more. */
    private static long takenUnread(int receiveBytes) throws Exception {
        AtomicLong sent = new AtomicLong();
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
            peer.socket.setSendBufferSize(64 << 10);
            peer.readHead();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + 64 * MIB + "\r\n\r\n");
            byte[] piece = new byte[16 << 10];
            while (sent.get() < 64 * MIB) {
                peer.out.write(piece);
                sent.addAndGet(piece.length);
            }
        })) {
            ProxyFixture.Settings settings = new ProxyFixture.Settings().to(upstream.address());
            settings.servers =
                    UpstreamSettings.builder().receiveBytes(receiveBytes).build();
            try (ProxyFixture proxy = new ProxyFixture(settings);
                    Socket client = new Socket()) {
                client.setReceiveBufferSize(16 << 10);
                client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
                ProxyFixture.send(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                await().until(() -> sent.get() > 0);
                AtomicLong last = new AtomicLong();
                await().during(Duration.ofMillis(300)).until(() -> last.getAndSet(sent.get()) == sent.get());
                return sent.get();
            }
        }
    }

    @Test
    void shouldServeCurlWhenItIsThere(@TempDir Path directory) throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/curl")))
                .as("curl is installed")
                .isTrue();
        Path file = directory.resolve("body");
        Files.write(file, new byte[3 * MIB]);
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        if (head.contains("Expect:")) {
                            peer.send("HTTP/1.1 100 Continue\r\n\r\n");
                        }
                        int n = head.startsWith("PUT") ? Wire.readExactly(peer.in, 3 * MIB).length : 0;
                        String body = "got " + n;
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                    }
                });
                ProxyFixture proxy = proxyTo(upstream, false)) {
            String url = "http://127.0.0.1:" + proxy.port() + "/";
            Process curl = new ProcessBuilder(
                            "/usr/bin/curl",
                            "-sS",
                            "--max-time",
                            "20",
                            "-T",
                            file.toString(),
                            url,
                            "-H",
                            "Expect: 100-continue",
                            "--next",
                            "-sS",
                            "--max-time",
                            "20",
                            url)
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(curl.getInputStream().readAllBytes())).isEqualTo("got " + 3 * MIB + "got 0");
            assertThat(curl.waitFor()).isZero();
        }
    }

    /** Bytes of direct buffers that are in use, or kept by a thread for its next. */
    private static long activeBytes(ProxyFixture proxy) {
        return proxy.allocator().metric().directArenas().stream()
                .mapToLong(PoolArenaMetric::numActiveBytes)
                .sum();
    }
}
