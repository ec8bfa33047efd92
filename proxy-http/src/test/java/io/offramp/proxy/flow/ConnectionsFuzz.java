package io.offramp.proxy.flow;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whole connections of a client, to all the handlers of an HTTP front and a server that behaves. An input is four
 * bytes, that many changes as the fourth says, and what the client sends: the first byte says in which pieces, the
 * second how the client leaves, the third what the server answers.
 *
 * <p>Whatever comes: what the server gets is HTTP without a doubt ({@link StrictServer}), what the client gets are
 * whole answers, no more than it asked for and each to its request ({@link Answers}), no handler fails, no line of the
 * log is a warning, everything ends, nothing is left.
 */
public final class ConnectionsFuzz {
    private static final int HEADER_BYTES = 4;
    private static final int MAX_STREAM_BYTES = 6 << 10;
    /** Of all time limits, one after the other. */
    private static final int LONGEST_SECONDS = 90;
    /** Of the proxy's buffers: a read burst, a head, and what is written up to the high water mark, on both sides. */
    private static final long MAX_HELD_BYTES = 64 << 10;

    private static final Warnings WARNINGS = Warnings.listen();

    private ConnectionsFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length >= HEADER_BYTES) {
            run(data);
        }
    }

    private static void run(byte[] data) {
        int changes = Math.min(data[3] & 0x0F, (data.length - HEADER_BYTES) / StreamChanges.BYTES);
        int start = HEADER_BYTES + changes * StreamChanges.BYTES;
        byte[] program = Arrays.copyOfRange(data, HEADER_BYTES, start);
        String sent = new String(data, start, data.length - start, StandardCharsets.ISO_8859_1);
        String stream = StreamChanges.apply(program, sent);
        byte[] bytes = stream.getBytes(StandardCharsets.ISO_8859_1);
        WARNINGS.list.clear();
        Handlers proxy = new Handlers(256);
        Connection connection = new Connection(proxy, data[2] & 0xFF);
        connection.send(Arrays.copyOf(bytes, Math.min(bytes.length, MAX_STREAM_BYTES)), (data[0] & 0xFF) + 1);
        connection.leave(data[1] & 3);
        check(proxy.unflushedBytes() == 0, "written and not flushed: " + proxy.unflushedBytes());
        for (int seconds = 0;
                seconds < LONGEST_SECONDS && (connection.client.isOpen() || !proxy.isQuiet());
                seconds++) {
            proxy.advance(Duration.ofSeconds(1));
        }
        check(!connection.client.isOpen(), "the client's connection does not end");
        check(proxy.isQuiet(), "a connection to the server does not end");
        proxy.close();
        check(proxy.heldBytes() == 0, "bytes left: " + proxy.heldBytes());
        Answers.check(connection.received(), proxy.logged(), stream);
        check(WARNINGS.list.isEmpty(), "logged: " + WARNINGS.list);
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** A client and the server's ends of its requests. */
    private static final class Connection {
        private final Handlers proxy;
        private final StrictServer server;
        private final Peer client;
        private final List<Peer> accepted = new ArrayList<>();
        private final StringBuilder received = new StringBuilder();

        Connection(Handlers proxy, int script) {
            this.proxy = proxy;
            server = new StrictServer(script);
            client = proxy.connect();
        }

        void send(byte[] bytes, int step) {
            for (int at = 0; at < bytes.length; at += step) {
                client.send(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step)));
                serve();
            }
            serve();
        }

        private void serve() {
            boolean more = true;
            while (more) {
                proxy.settle();
                check(proxy.heldBytes() <= MAX_HELD_BYTES, "held: " + proxy.heldBytes());
                more = false;
                while (proxy.offered() > 0) {
                    Peer peer = proxy.accept();
                    accepted.add(peer);
                    proxy.settle();
                }
                for (Peer peer : accepted) {
                    more |= server.serve(peer);
                }
                received.append(new String(client.take(), StandardCharsets.ISO_8859_1));
            }
        }

        void leave(int how) {
            switch (how) {
                case 0 -> client.endOutput();
                case 1 -> client.reset();
                default -> {}
            }
            serve();
            received.append(new String(client.take(), StandardCharsets.ISO_8859_1));
        }

        String received() {
            return received + new String(client.take(), StandardCharsets.ISO_8859_1);
        }
    }
}
