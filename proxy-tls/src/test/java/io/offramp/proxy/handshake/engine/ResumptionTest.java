package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.ticket.TicketKey;
import io.offramp.proxy.handshake.ticket.TicketKeyFiles;
import io.offramp.proxy.handshake.ticket.TicketKeys;
import io.offramp.proxy.handshake.ticket.TicketRefusal;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.Negotiated;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's client comes back to a listener under changed conditions. */
class ResumptionTest extends ResumptionFixture {
    @ParameterizedTest
    @CsvSource({
        "TLS_AES_128_GCM_SHA256, x25519",
        "TLS_AES_256_GCM_SHA384, x25519",
        "TLS_CHACHA20_POLY1305_SHA256, secp256r1",
        "TLS_AES_256_GCM_SHA384, secp384r1"
    })
    void shouldResume(String suite, String group) throws Exception {
        HandshakeSettings settings = settings().build();
        Consumer<SSLParameters> choice = p -> {
            p.setCipherSuites(new String[] {suite});
            p.setNamedGroups(new String[] {group});
        };

        assertThat(connect(settings, choice).resumed()).isFalse();
        Negotiated second = connect(settings, choice);
        Negotiated third = connect(settings, choice);

        assertThat(second.resumed()).isTrue();
        assertThat(second.cipherSuite()).isEqualTo(suite);
        assertThat(second.group()).isEqualTo(group);
        assertThat(third.resumed()).as("by the ticket of the resumed session").isTrue();
        assertThat(refusals).isEmpty();
    }

    @Test
    void shouldResumeAfterAHelloRetryRequest() throws Exception {
        HandshakeSettings settings = settings().build();
        connect(settings, p -> p.setNamedGroups(new String[] {"x25519"}));

        // JSSE sends shares for the first group of each kind; we take neither of these
        Negotiated second = connect(settings, p -> p.setNamedGroups(new String[] {"secp521r1", "secp384r1"}));

        assertThat(second.resumed()).isTrue();
        assertThat(second.group()).isEqualTo("secp384r1");
    }

    @Test
    void shouldServeAClientThatKnowsNothingOfTickets() throws Exception {
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            EngineClient engine = EngineClient.of(version);
            try (EmbeddedHandshake server = new EmbeddedHandshake(settings().build())) {
                server.receive(engine.exchange(server.receive(engine.hello())));
                assertThat(server.session().negotiated().resumed()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldNegotiateTheProtocolAnew(String version) throws Exception {
        HandshakeSettings settings =
                settings().protocols(List.of("http/1.1", "acme")).build();
        Consumer<SSLParameters> first = p -> p.setApplicationProtocols(new String[] {"http/1.1"});
        Consumer<SSLParameters> then = p -> p.setApplicationProtocols(new String[] {"acme"});
        Consumer<SSLParameters> only = p -> p.setProtocols(new String[] {version});
        assertThat(connect(settings, only.andThen(first)).protocol()).isEqualTo("http/1.1");

        Negotiated second = connect(settings, only.andThen(then));

        assertThat(second.resumed()).isTrue();
        assertThat(second.protocol()).isEqualTo("acme");
    }

    @Test
    void shouldResumeWithAnotherListenerOfTheSameKeys() throws Exception {
        connect(settings().build(), p -> {});

        assertThat(connect(settings().build(), p -> {}).resumed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldResumeOnAnotherInstanceWithTheSameKeyFile(String version) throws Exception {
        Path file = Files.write(dir.resolve("current.key"), new byte[80]);
        Consumer<SSLParameters> only = p -> p.setProtocols(new String[] {version});
        connect(
                settings()
                        .tickets(tickets(new TicketKeyFiles(List.of(file)), 2))
                        .build(),
                only);

        HandshakeSettings restarted = settings()
                .tickets(tickets(new TicketKeyFiles(List.of(file)), 2))
                .build();
        assertThat(connect(restarted, only).resumed()).isTrue();
        assertThat(refusals).isEmpty();
    }

    @Test
    void shouldNotResumeWithKeysThatAreUnknown() throws Exception {
        connect(settings().build(), p -> {});

        HandshakeSettings other = settings()
                .tickets(tickets(TicketKeys.rotating(LIFETIME, clock), 2))
                .build();
        assertThat(connect(other, p -> {}).resumed()).isFalse();
        assertThat(refusals).containsExactly(TicketRefusal.UNKNOWN_KEY);
    }

    /** JSSE itself does not forget the name with a session. */
    @Test
    void shouldNotResumeUnderAnotherName() throws Exception {
        HandshakeSettings settings = settings().build();
        Consumer<SSLParameters> named = p -> p.setServerNames(List.of(new SNIHostName("localhost")));
        connect(settings, named);
        byte[] hello = new EngineClient(engine(), named).hello();
        hello[indexOf(hello, "localhost".getBytes(StandardCharsets.US_ASCII))]++;

        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] answer = server.receive(hello);

            assertThat(answer[0]).as("no alert").isEqualTo((byte) 22);
            assertThat(refusals).containsExactly(TicketRefusal.SERVER_NAME);
            server.channel().close();
        }
    }

    @Test
    void shouldNotResumeWhenTheCertificateIsGone() throws Exception {
        connect(settings().build(), p -> {});

        HandshakeSettings renewed =
                settings().identities(List.of(TestSettings.p256("localhost"))).build();
        assertThat(connect(renewed, p -> {}).resumed()).isFalse();
        assertThat(refusals).containsExactly(TicketRefusal.CERTIFICATE);
    }

    @Test
    void shouldResumeWhenACertificateWasAdded() throws Exception {
        connect(settings().build(), p -> {});

        HandshakeSettings more = settings()
                .identities(List.of(TestSettings.RSA, TestSettings.P256))
                .build();
        assertThat(connect(more, p -> {}).resumed()).isTrue();
    }

    @Test
    void shouldNotResumeWhenMoreIsDemandedOfClients() throws Exception {
        connect(settings().build(), p -> {});

        HandshakeSettings stricter = settings().clientAuth(optional()).build();
        assertThat(connect(stricter, p -> {}).resumed()).isFalse();
        assertThat(refusals).containsExactly(TicketRefusal.POLICY);
    }

    @Test
    void shouldNotResumeWhenTheHashIsNotOfferedOrNotAllowedAnyMore() throws Exception {
        connect(settings().build(), p -> p.setCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"}));

        HandshakeSettings only384 =
                settings().ciphers(List.of("TLS_AES_256_GCM_SHA384")).build();
        assertThat(connect(only384, p -> {}).resumed()).isFalse();
        assertThat(refusals).containsExactly(TicketRefusal.SUITE);
    }

    @Test
    void shouldCountTheLifetimeFromTheFullHandshake() throws Exception {
        HandshakeSettings settings = settings().build();
        connect(settings, p -> {});
        for (int i = 0; i < 3; i++) {
            clock.advance(LIFETIME.dividedBy(4));
            assertThat(connect(settings, p -> {}).resumed()).isTrue();
        }

        clock.advance(LIFETIME.dividedBy(4));

        assertThat(connect(settings, p -> {}).resumed()).isFalse();
        assertThat(refusals).containsExactly(TicketRefusal.EXPIRED);
    }

    @Test
    void shouldPromiseNoMoreThanTheLifetimeForASessionOfAClockThatIsAhead() {
        Tickets tickets = tickets(keys, 1);

        assertThat(tickets.secondsLeft(tickets.nowS() + 300, Long.MAX_VALUE)).isEqualTo(LIFETIME.toSeconds());
        assertThat(tickets.secondsLeft(tickets.nowS() + 301, Long.MAX_VALUE)).isZero();
        assertThat(tickets.secondsLeft(tickets.nowS() - 10, Long.MAX_VALUE)).isEqualTo(LIFETIME.toSeconds() - 10);
    }

    @Test
    void shouldNotOutliveTheCertificate() throws Exception {
        Duration week = Duration.ofDays(7);
        HandshakeSettings settings = settings()
                .tickets(tickets(TicketKeys.rotating(week, clock), 2, week))
                .build();
        EmbeddedHandshake server = new EmbeddedHandshake(settings);
        handshake(server, p -> {});
        int lifetimeS = ByteBuffer.wrap(server.session().tickets()).getInt(4);
        assertThat(Duration.ofSeconds(lifetimeS)).isBetween(Duration.ofHours(23), Duration.ofHours(25));
        clock.advance(Duration.ofHours(26));

        assertThat(connect(settings, p -> {}).resumed()).isFalse();
        assertThat(refusals).containsOnly(TicketRefusal.CERTIFICATE);
        server.close();
    }

    @Test
    void shouldGiveSoManyTicketsAndOneMoreForEachThatIsUsed() throws Exception {
        HandshakeSettings settings = settings().tickets(tickets(keys, 3)).build();
        try (EmbeddedHandshake first = new EmbeddedHandshake(settings);
                EmbeddedHandshake second = new EmbeddedHandshake(settings)) {
            handshake(first, p -> {});
            handshake(second, p -> {});

            assertThat(messages(first.session().tickets())).isEqualTo(3);
            assertThat(messages(second.session().tickets())).isEqualTo(1);
        }
    }

    /** RFC 8446 §4.6.1: and without early_data, which would invite 0-RTT. */
    @Test
    void shouldMakeEachTicketItsOwn() throws Exception {
        HandshakeSettings settings = settings().tickets(tickets(keys, 3)).build();
        List<ByteBuffer> nonces = new ArrayList<>();
        Set<Integer> agesAdded = new HashSet<>();
        Set<ByteBuffer> tickets = new HashSet<>();
        for (int connection = 0; connection < 2; connection++) {
            EngineClient engine = new EngineClient(p -> p.setProtocols(new String[] {"TLSv1.3"}));
            try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
                server.receive(engine.exchange(server.receive(engine.hello())));
                for (ByteBuffer in = ByteBuffer.wrap(server.session().tickets()); in.hasRemaining(); ) {
                    assertThat(in.getInt() >>> 24).isEqualTo(4);
                    assertThat(in.getInt()).isEqualTo((int) LIFETIME.toSeconds());
                    agesAdded.add(in.getInt());
                    nonces.add(part(in, in.get()));
                    tickets.add(part(in, in.getShort()));
                    assertThat(in.getShort()).as("bytes of extensions").isZero();
                }
            }
        }
        assertThat(nonces).hasSize(6);
        assertThat(new HashSet<>(nonces.subList(0, 3))).hasSize(3);
        assertThat(new HashSet<>(nonces.subList(3, 6))).hasSize(3);
        assertThat(agesAdded).hasSize(6);
        assertThat(tickets).hasSize(6);
    }

    private static ByteBuffer part(ByteBuffer in, int bytes) {
        ByteBuffer part = in.slice(in.position(), bytes);
        in.position(in.position() + bytes);
        return part;
    }

    /**
     * The PSK without a key exchange: {@code psk_ke} (RFC 8446 §4.2.9). Its binder would not fit, if it were looked at.
     */
    @Test
    void shouldNotResumeWithoutAKeyExchange() throws Exception {
        HandshakeSettings settings = settings().build();
        connect(settings, p -> {});
        byte[] hello = new EngineClient(engine(), p -> p.setProtocols(new String[] {"TLSv1.3"})).hello();
        hello[indexOf(hello, new byte[] {0, 45, 0, 2, 1, 1}) + 5] = 0;

        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] answer = server.receive(hello);

            assertThat(answer[0]).as("no alert").isEqualTo((byte) 22);
            server.channel().close();
        }
    }

    @Test
    void shouldGiveNoTicketToAClientThatDoesNotSayHowItWouldUseIt() throws Exception {
        BouncyClient client = new BouncyClient(Group.X25519, true);
        byte[] hello = client.hello();
        assertThat(HexFormat.of().formatHex(hello)).doesNotContain("002d000201");
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings().build())) {
            server.receive(client.exchange(server.receive(hello)));

            assertThat(client.isComplete()).isTrue();
            assertThat(server.session().tickets()).isEmpty();
        }
    }

    @Test
    void shouldGiveNoTicketsWhenThereAreNoneToGive() throws Exception {
        for (HandshakeSettings settings : List.of(
                settings().tickets(tickets(keys, 0)).build(),
                settings().tickets(null).build())) {
            try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
                handshake(server, p -> {});
                assertThat(server.session().tickets()).isEmpty();
            }
        }
    }

    @Test
    void shouldReplaceTheKeyWithoutLosingTickets() throws Exception {
        HandshakeSettings settings = settings().build();
        clock.advance(LIFETIME.minusMinutes(10));
        connect(settings, p -> {});
        TicketKey before = keys.current();
        clock.advance(Duration.ofMinutes(20));

        assertThat(connect(settings, p -> {}).resumed()).isTrue();
        assertThat(keys.current()).isNotSameAs(before);
        assertThat(keys.all()).contains(before);
        clock.advance(LIFETIME);
        assertThat(keys.all()).doesNotContain(before);
    }

    @Test
    void shouldForgetKeysAfterALongSilence() {
        TicketKey before = keys.current();
        byte[] ticket = before.seal(new byte[10]);
        clock.advance(LIFETIME.multipliedBy(2));

        assertThat(keys.all()).hasSize(1).doesNotContain(before);
        clock.advance(LIFETIME);
        assertThat(keys.current()).isNotSameAs(before);
        assertThat(before.open(ticket)).as("wiped").isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 17, 40, -1})
    void shouldGoOnWithAFullHandshakeWhenATicketIsForged(int at) throws Exception {
        HandshakeSettings settings = settings().build();
        EmbeddedHandshake first = new EmbeddedHandshake(settings);
        handshake(first, p -> {});
        byte[] ticket = ticket(first.session().tickets());
        EngineClient second = new EngineClient(engine(), p -> p.setProtocols(new String[] {"TLSv1.3"}));
        byte[] hello = second.hello();
        int found = indexOf(hello, ticket);
        hello[found + (at < 0 ? ticket.length + at : at)] ^= 1;

        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] answer = server.receive(hello);

            assertThat(answer[0]).as("no alert").isEqualTo((byte) 22);
            assertThat(refusals).containsExactly(at == 0 ? TicketRefusal.UNKNOWN_KEY : TicketRefusal.FORGED);
            server.channel().close();
        }
        first.close();
    }

    @Test
    void shouldRefuseABinderThatDoesNotFit() throws Exception {
        HandshakeSettings settings = settings().build();
        connect(settings, p -> {});
        byte[] hello = new EngineClient(engine(), p -> p.setProtocols(new String[] {"TLSv1.3"})).hello();
        hello[hello.length - 1] ^= 1;

        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(hello);

            assertThat(server.failure().detail()).contains("decrypt_error");
        }
    }

    private static int messages(byte[] tickets) {
        int count = 0;
        for (int at = 0; at < tickets.length; count++) {
            at += 4 + (tickets[at + 1] << 16 | (tickets[at + 2] & 0xff) << 8 | tickets[at + 3] & 0xff);
        }
        return count;
    }

    /** Of the first message. */
    private static byte[] ticket(byte[] messages) {
        ByteBuffer in = ByteBuffer.wrap(messages).position(12);
        in.position(13 + in.get());
        byte[] ticket = new byte[in.getShort()];
        in.get(ticket);
        return ticket;
    }
}
