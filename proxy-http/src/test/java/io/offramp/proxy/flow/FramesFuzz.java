package io.offramp.proxy.flow;

import static io.offramp.proxy.flow.ConnectionsFuzz.check;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Frames of HTTP/2 from a client, or from a server that was asked something. An input is three bytes and what the peer
 * sends, behind the preface of a client: the first byte says by its lowest bit whose frames they are and by the others
 * in which pieces they come, the second how the peer leaves, the third what the server behind a client answers.
 *
 * <p>Whatever comes: a server gets HTTP/1.1 without a doubt ({@link StrictServer}), no handler fails, no line of the
 * log is a warning, everything ends, nothing is left.
 */
public final class FramesFuzz {
    private static final int HEADER_BYTES = 3;
    private static final int MAX_STREAM_BYTES = 6 << 10;
    /** Of all time limits, one after the other. */
    private static final int LONGEST_SECONDS = 90;

    private static final long MAX_HELD_BYTES = 128 << 10;
    private static final byte[] GET = Message.ascii("GET /app/a HTTP/1.1\r\nHost: a\r\n\r\n");
    private static final Warnings WARNINGS = Warnings.listen();

    private FramesFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length < HEADER_BYTES) {
            return;
        }
        WARNINGS.list.clear();
        boolean ofClient = (data[0] & 1) == 0;
        byte[] sent = Arrays.copyOfRange(data, HEADER_BYTES, Math.min(data.length, HEADER_BYTES + MAX_STREAM_BYTES));
        Handlers proxy = Handlers.bounded(
                ofClient ? Handlers.Front.HTTP2 : Handlers.Front.HTTP1,
                ofClient ? UpstreamProtocol.HTTP1 : UpstreamProtocol.H2C,
                256,
                100,
                10,
                1);
        Exchange exchange = ofClient ? new OfClient(proxy, data[2] & 0xFF) : new OfServer(proxy);
        exchange.send(sent, (data[0] & 0xFF) / 2 + 1);
        exchange.leave(data[1] & 3);
        check(proxy.unflushedBytes() == 0, "written and not flushed: " + proxy.unflushedBytes());
        for (int seconds = 0; seconds < LONGEST_SECONDS && !proxy.isQuiet(); seconds++) {
            proxy.advance(Duration.ofSeconds(1));
        }
        check(proxy.isQuiet(), "a connection does not end");
        proxy.close();
        check(proxy.heldBytes() == 0, "bytes left: " + proxy.heldBytes());
        check(WARNINGS.list.isEmpty(), "logged: " + WARNINGS.list);
    }

    /** A peer that sends the input, and one on the other side. */
    private abstract static class Exchange {
        final Handlers proxy;

        Exchange(Handlers proxy) {
            this.proxy = proxy;
        }

        abstract Peer sender();

        /** What the other side does. */
        abstract void serve();

        void send(byte[] bytes, int step) {
            for (int at = 0; at < bytes.length; at += step) {
                sender().send(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step)));
                settle();
            }
            settle();
        }

        void leave(int how) {
            switch (how) {
                case 0 -> sender().endOutput();
                case 1 -> sender().reset();
                default -> {}
            }
            settle();
        }

        private void settle() {
            proxy.settle();
            check(proxy.heldBytes() <= MAX_HELD_BYTES, "held: " + proxy.heldBytes());
            serve();
            sender().take();
        }
    }

    private static final class OfClient extends Exchange {
        private final StrictServer server;
        private final Peer client;
        private final List<Peer> accepted = new ArrayList<>();

        OfClient(Handlers proxy, int script) {
            super(proxy);
            server = new StrictServer(script);
            client = proxy.connect();
            client.send(ByteBufUtil.getBytes(Http2CodecUtil.connectionPrefaceBuf()));
        }

        @Override
        Peer sender() {
            return client;
        }

        @Override
        void serve() {
            boolean more = true;
            while (more) {
                more = false;
                while (proxy.offered() > 0) {
                    accepted.add(proxy.accept());
                    proxy.settle();
                }
                for (Peer peer : accepted) {
                    more |= server.serve(peer);
                }
                proxy.settle();
            }
        }
    }

    private static final class OfServer extends Exchange {
        private final Peer client;
        private final Peer server;

        OfServer(Handlers proxy) {
            super(proxy);
            client = proxy.connect();
            client.send(GET);
            proxy.settle();
            server = proxy.accept();
            proxy.settle();
        }

        @Override
        Peer sender() {
            return server;
        }

        @Override
        void serve() {
            client.take();
            while (proxy.offered() > 0) {
                proxy.refuse();
                proxy.settle();
            }
        }
    }
}
