package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Handshaken;
import org.jspecify.annotations.Nullable;

/** Our client and our server with each other, on channels without sockets. */
final class HandshakePair implements AutoCloseable {
    private final End server;
    private final End client;

    HandshakePair(HandshakeSettings accepting, ClientHandshake connecting) {
        server = new End(accepting);
        client = new End(connecting);
        boolean moved;
        do {
            boolean asked = client.passTo(server);
            moved = server.passTo(client) || asked;
        } while (moved);
    }

    Handshaken client() {
        return client.session();
    }

    Handshaken server() {
        return server.session();
    }

    HandshakeFailure clientFailure() {
        assertThat(client.failure).isNotNull();
        return client.failure;
    }

    HandshakeFailure serverFailure() {
        assertThat(server.failure).isNotNull();
        return server.failure;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }

    private static final class End implements HandshakeListener {
        private final EmbeddedChannel channel;
        private @Nullable Handshaken session;
        private @Nullable HandshakeFailure failure;

        End(EngineSettings settings) {
            channel = new EmbeddedChannel(new TlsHandshakeHandler(settings, this));
        }

        Handshaken session() {
            assertThat(failure).isNull();
            assertThat(session).isNotNull();
            return session;
        }

        boolean passTo(End other) {
            channel.runPendingTasks();
            boolean any = false;
            for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
                any |= out.isReadable();
                if (other.channel.isOpen()) {
                    other.channel.writeInbound(out);
                } else {
                    out.release();
                }
                other.channel.runPendingTasks();
            }
            return any;
        }

        @Override
        public void onHandshaken(ChannelHandlerContext ctx, Handshaken handshaken, ByteBuf rest) {
            session = handshaken;
            rest.release();
        }

        @Override
        public void onFailed(ChannelHandlerContext ctx, HandshakeFailure why) {
            failure = why;
        }

        void close() {
            if (session != null) {
                session.destroy();
            }
            channel.finishAndReleaseAll();
        }
    }
}
