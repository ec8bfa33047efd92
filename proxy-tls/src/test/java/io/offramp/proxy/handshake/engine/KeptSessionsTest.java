package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.client.PeerName;
import io.offramp.proxy.handshake.client.ServerAuth;
import io.offramp.proxy.handshake.client.TestCa;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.ticket.TicketKeys;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Handshaken;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which ends of a handshake forget the sessions with its server: those that a session may have caused. */
@SuppressWarnings("NullAway.Init") // @BeforeEach
class KeptSessionsTest {
    private static final TestCa CA = TestCa.root("CN=Root");
    private static final PeerName NAME = PeerName.of("api.example");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private HandshakeSettings server;
    private ClientSettings client;
    private Attempt attempt;

    @BeforeEach
    void keepASession() throws Exception {
        InstantSource clock = InstantSource.system();
        TicketKeys keys = TicketKeys.rotating(Duration.ofHours(1), clock);
        Tickets tickets = new Tickets(keys, 1, Duration.ofHours(1), 100, why -> {}, clock);
        TestCa.Client certificate = CA.server("api.example");
        server = TestSettings.DEFAULT
                .with(TestCertificates.identity(certificate.chain(), certificate.key()))
                .on(Runnable::run)
                .with(ProtocolVersion.TLS_1_2)
                .changed(b -> b.tickets(tickets))
                .build();
        Path ca = TestCertificates.write(directory.resolve("ca.pem"), CA.pem());
        client = new ClientSettings(
                ServerAuth.load(List.of(ca), null),
                null,
                Runnable::run,
                TIMEOUT,
                Set.of(ProtocolVersion.values()),
                Group.ALL);
        new HandshakePair(server, handshake()).close();
        attempt = new Attempt();
    }

    @Test
    void shouldForgetTheSessionsWhereTheServerClosesWithoutAWord() {
        attempt.channel.close();

        assertThat(attempt.failed).isEqualTo(Reason.NO_DATA);
        assertThat(isResumed()).isFalse();
    }

    @Test
    void shouldForgetTheSessionsWhereTheServerSendsAnAlert() {
        attempt.channel.writeInbound(Unpooled.copiedBuffer(new byte[] {21, 3, 3, 0, 2, 2, 40}));

        assertThat(attempt.failed).isEqualTo(Reason.ALERT_RECEIVED);
        assertThat(isResumed()).isFalse();
    }

    @Test
    void shouldKeepTheSessionsWhereTheHandshakeWasCalledOff() {
        attempt.calledOff = true;
        attempt.channel.close();

        assertThat(attempt.failed).isEqualTo(Reason.NO_DATA);
        assertThat(isResumed()).isTrue();
    }

    @Test
    void shouldKeepTheSessionsWhereTheServerIsTooSlow() {
        attempt.channel.advanceTimeBy(TIMEOUT.toSeconds() + 1, TimeUnit.SECONDS);
        attempt.channel.runScheduledPendingTasks();

        assertThat(attempt.failed).isEqualTo(Reason.TIMEOUT);
        assertThat(isResumed()).isTrue();
    }

    @AfterEach
    void free() {
        attempt.channel.finishAndReleaseAll();
    }

    private boolean isResumed() {
        try (HandshakePair next = new HandshakePair(server, handshake())) {
            return next.client().negotiated().resumed();
        }
    }

    private ClientHandshake handshake() {
        return new ClientHandshake(client, "127.0.0.1:1", NAME, List.of());
    }

    /** A handshake whose hello, with the session, has left. */
    private final class Attempt implements HandshakeListener {
        final EmbeddedChannel channel = new EmbeddedChannel(new TlsHandshakeHandler(handshake(), this));

        @Nullable
        Reason failed;

        boolean calledOff;

        @Override
        public boolean isCalledOff() {
            return calledOff;
        }

        @Override
        public void onHandshaken(ChannelHandlerContext ctx, Handshaken session, ByteBuf pending) {
            throw new AssertionError("complete");
        }

        @Override
        public void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure) {
            failed = failure.reason();
        }
    }
}
