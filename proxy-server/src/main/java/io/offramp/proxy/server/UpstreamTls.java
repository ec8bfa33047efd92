package io.offramp.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ConnectTimeoutException;
import io.offramp.offload.OffloadTarget;
import io.offramp.proxy.channel.HalfClosedEpoll;
import io.offramp.proxy.config.UpstreamTlsConfig;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.handshake.client.PeerName;
import io.offramp.proxy.handshake.engine.ClientHandshake;
import io.offramp.proxy.handshake.engine.ClientSettings;
import io.offramp.proxy.handshake.engine.HandshakeListener;
import io.offramp.proxy.handshake.engine.TlsHandshakeHandler;
import io.offramp.proxy.metrics.UpstreamTlsMetrics;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.session.SessionSettings;
import io.offramp.proxy.session.TlsSessionHandler;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Handshaken;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.TransportSession;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.failure.LogPace;
import io.offramp.proxy.upstream.failure.NoTlsException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS with the servers of one upstream: handshake, then handover, then the transport has plaintext. Shared by all event
 * loops.
 */
final class UpstreamTls implements TransportSecurity {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamTls.class);

    private final String upstream;
    private final UpstreamTlsConfig config;
    private final ClientSettings handshakes;
    private final SessionSettings sessions;
    private final UpstreamTlsMetrics metrics;
    private final LongSupplier ids;
    private final ConcurrentHashMap<String, PeerName> names = new ConcurrentHashMap<>();

    /** Of the lines on our own faults. Those of servers are in the log as failures of requests, checks and servers. */
    private final LogPace pace = new LogPace();

    /** @param ids gives each session a number that no other connection has */
    UpstreamTls(
            String upstream,
            UpstreamTlsConfig config,
            ClientSettings handshakes,
            SessionSettings sessions,
            UpstreamTlsMetrics metrics,
            LongSupplier ids) {
        this.upstream = upstream;
        this.config = config;
        this.handshakes = handshakes;
        this.sessions = sessions;
        this.metrics = metrics;
        this.ids = ids;
    }

    @Override
    public void secure(
            Channel channel, UpstreamServer server, @Nullable String name, List<String> protocols, Result result) {
        channel.config().setMessageSizeEstimator(WriteSizes.ESTIMATOR);
        List<String> offered = config.alpn().isEmpty() ? protocols : config.alpn();
        ClientHandshake handshake = new ClientHandshake(handshakes, server.name(), name(server, name), offered);
        channel.pipeline().addFirst(new TlsHandshakeHandler(handshake, new Attempt(server.name(), handshake, result)));
    }

    private PeerName name(UpstreamServer server, @Nullable String asked) {
        String configured = asked == null ? config.serverName() : asked;
        return configured != null
                ? names.computeIfAbsent(configured, PeerName::of) // the servers of a service come and go
                : names.computeIfAbsent(
                        server.name(),
                        address -> PeerName.of(HostPort.parse(address).plainHost()));
    }

    private record Session(Connection connection, TlsSessionHandler handler, ClientHandshake handshake)
            implements TransportSession {
        @Override
        public boolean isDrained() {
            return handler.isDrained();
        }

        @Override
        public boolean holdsInput() {
            return handler.holdsInput();
        }

        @Override
        public boolean isCurrent() {
            return handshake.isCurrent();
        }
    }

    /** One handshake. */
    private final class Attempt implements HandshakeListener {
        private final String server;
        private final ClientHandshake handshake;
        private final Result result;
        private final long startNs = System.nanoTime();

        Attempt(String server, ClientHandshake handshake, Result result) {
            this.server = server;
            this.handshake = handshake;
            this.result = result;
        }

        @Override
        public void onHandshaken(ChannelHandlerContext ctx, Handshaken session, ByteBuf pending) {
            Connection connection;
            TlsSessionHandler handler;
            try {
                Channel channel = ctx.channel();
                connection = new Connection(
                        ids.getAsLong(), upstream, (InetSocketAddress) channel.localAddress(), (InetSocketAddress)
                                channel.remoteAddress());
                connection.onHandshaken(session.negotiated());
                metrics.onHandshaken(
                        session.negotiated(),
                        System.nanoTime() - startNs,
                        config.verify() == UpstreamTlsConfig.Verify.FULL);
                // Not before: a FIN in mid-handshake closes, a FIN behind close_notify ends one direction only.
                HalfClosedEpoll.allow(channel);
                OffloadTarget target = new OffloadTarget(connection.id(), channel, connection.tuple());
                handler = new TlsSessionHandler(session, target, sessions, connection);
                ctx.pipeline().addAfter(ctx.name(), null, handler);
            } catch (RuntimeException | Error e) {
                session.destroy();
                pending.release();
                throw e;
            }
            try {
                result.onSecured(new Session(connection, handler, handshake));
            } finally {
                handler.start(pending);
            }
        }

        @Override
        public boolean isCalledOff() {
            return result.isCancelled();
        }

        @Override
        public void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure) {
            if (result.isCancelled()) {
                return;
            }
            metrics.onHandshakeFailed(failure.reason());
            String problem = failure.reason().label() + ": " + failure.detail();
            if (failure.reason() == Reason.INTERNAL) {
                pace.write(
                        System.nanoTime(),
                        more -> LOG.error(
                                "upstream {}: {}: no TLS: {}{}", upstream, server, problem, more, failure.cause()));
            }
            switch (failure.reason()) {
                case TIMEOUT -> result.onFailed(new ConnectTimeoutException(problem));
                case DISPLACED, INTERNAL -> result.onGivenUp(new NoTlsException(FailureReason.TLS, problem));
                case CERTIFICATE_DEMANDED ->
                    result.onFailed(new NoTlsException(FailureReason.CERTIFICATE_DEMANDED, problem));
                case CERTIFICATE_REFUSED ->
                    result.onFailed(new NoTlsException(FailureReason.CERTIFICATE_REFUSED, problem));
                default -> result.onFailed(new NoTlsException(FailureReason.TLS, problem));
            }
        }
    }
}
