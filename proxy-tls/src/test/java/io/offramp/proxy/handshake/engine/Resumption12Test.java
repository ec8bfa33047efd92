package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.ticket.TicketRefusal;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.Handshaken;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS 1.2 has beside: session IDs, and sessions without the extended master secret. */
class Resumption12Test extends ResumptionFixture {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
            })
    void shouldResumeTls12(String suite) throws Exception {
        HandshakeSettings settings = settings().build();
        Consumer<SSLParameters> choice = TLS_1_2.andThen(p -> p.setCipherSuites(new String[] {suite}));
        assertThat(connect(settings, choice).resumed()).isFalse();

        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            handshake(server, choice);

            Handshaken session = server.session();
            assertThat(session.negotiated().resumed()).isTrue();
            assertThat(session.negotiated().cipherSuite()).isEqualTo(suite);
            assertThat(session.negotiated().group()).isNull();
            assertThat(session.rxKeys().nextSequence()).isEqualTo(1);
            assertThat(session.txKeys().nextSequence()).isEqualTo(1);
            assertThat(session.tickets()).isEmpty();
        }
        assertThat(refusals).isEmpty();
    }

    @Test
    void shouldShakeHandsOfTls12InFullWhenConditionsHaveChanged() throws Exception {
        HandshakeSettings settings = settings().build();
        connect(settings, TLS_1_2);
        HandshakeSettings changed = settings()
                .ciphers(List.of(
                        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"))
                .build();
        HandshakeSettings renewed =
                settings().identities(List.of(TestSettings.p256("localhost"))).build();
        HandshakeSettings stricter = settings().clientAuth(optional()).build();

        assertThat(connect(renewed, TLS_1_2).resumed()).isFalse();
        assertThat(connect(stricter, TLS_1_2).resumed()).isFalse();
        connect(settings, TLS_1_2);
        clock.advance(LIFETIME);
        assertThat(connect(settings, TLS_1_2).resumed()).isFalse();
        assertThat(connect(changed, TLS_1_2).resumed()).isFalse();
        assertThat(refusals)
                .contains(TicketRefusal.CERTIFICATE, TicketRefusal.POLICY, TicketRefusal.EXPIRED, TicketRefusal.SUITE);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldResumeBySessionId(boolean extendedMasterSecret) throws Exception {
        HandshakeSettings settings = settings().build();
        ResumingBouncyClient first = new ResumingBouncyClient(null, extendedMasterSecret);
        assertThat(connect(settings, first).resumed()).isFalse();

        assertThat(connect(settings, new ResumingBouncyClient(first.session(), extendedMasterSecret))
                        .resumed())
                .isTrue();

        clock.advance(LIFETIME);
        assertThat(connect(settings, new ResumingBouncyClient(first.session(), extendedMasterSecret))
                        .resumed())
                .isFalse();
        assertThat(refusals).containsExactly(TicketRefusal.EXPIRED);
    }

    /** RFC 7627 §5.3. */
    @Test
    void shouldNotResumeASessionThatLacksTheExtendedMasterSecret() throws Exception {
        HandshakeSettings settings = settings().build();
        ResumingBouncyClient first = new ResumingBouncyClient(null, false);
        connect(settings, first);

        assertThat(connect(settings, new ResumingBouncyClient(first.session(), true))
                        .resumed())
                .isFalse();
        assertThat(refusals).containsExactly(TicketRefusal.MASTER_SECRET);
    }

    @Test
    void shouldRefuseAClientThatHasLostTheExtendedMasterSecret() throws Exception {
        HandshakeSettings settings = settings().build();
        connect(settings, TLS_1_2);
        byte[] hello = new EngineClient(engine(), TLS_1_2).hello();
        hello[indexOf(hello, new byte[] {0, 23, 0, 0}) + 1] = 99; // an extension that nobody knows

        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(hello);

            assertThat(server.failure().detail()).contains("handshake_failure");
        }
    }

    @Test
    void shouldKeepNoSessionsWhereNoneAreWanted() throws Exception {
        HandshakeSettings settings = settings()
                .tickets(new Tickets(keys, 2, LIFETIME, 0, refusals::add, clock))
                .build();
        ResumingBouncyClient first = new ResumingBouncyClient(null, true);
        connect(settings, first);

        assertThat(first.session().getSessionID()).isEmpty();
        assertThat(connect(settings, new ResumingBouncyClient(first.session(), true))
                        .resumed())
                .isFalse();
    }
}
