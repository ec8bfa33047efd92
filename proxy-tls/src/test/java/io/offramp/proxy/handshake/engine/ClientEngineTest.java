package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.Identities;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.client.PeerName;
import io.offramp.proxy.handshake.client.ServerAuth;
import io.offramp.proxy.handshake.client.TestCa;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.ticket.TicketKeys;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Handshaken;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClientEngineTest {
    private static final TestCa CA = TestCa.root("CN=Root");
    private static final PeerName NAME = PeerName.of("api.example");
    private static final Set<ProtocolVersion> BOTH = Set.of(ProtocolVersion.values());
    private static final String[] ALPN = {"h2", "http/1.1"};

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void shouldAgreeWithAServerOnKeysAndPositions(ProtocolVersion version) throws Exception {
        try (HandshakePair pair = new HandshakePair(
                server(CA.server("api.example"), s -> s.with(version)), to(client(BOTH, Group.ALL), ALPN))) {
            Handshaken client = pair.client();
            Handshaken server = pair.server();

            assertThat(client.negotiated().version()).isEqualTo(version);
            assertThat(client.negotiated().cipherSuite())
                    .isEqualTo(server.negotiated().cipherSuite());
            assertThat(client.negotiated().protocol()).isEqualTo("http/1.1");
            assertThat(server.negotiated().serverName()).isEqualTo("api.example");
            assertSame(client, server);
            assertSame(server, client);
        }
    }

    @ParameterizedTest
    @EnumSource(Group.class)
    void shouldExchangeKeysInEveryGroupAndFollowAServerThatAsksForAnother(Group group) throws Exception {
        try (HandshakePair pair = new HandshakePair(
                server(CA.server("api.example"), s -> s.withGroups(group.label())),
                to(client(BOTH, Group.ALL), ALPN))) {
            assertThat(pair.client().negotiated().group()).isEqualTo(group.label());
            assertSame(pair.client(), pair.server());
        }
    }

    static Stream<Arguments> refused() {
        TestCa other = TestCa.root("CN=Other");
        Instant past = Instant.now().minusSeconds(60);
        return Stream.of(
                Arguments.of(
                        CA.server("other.example"),
                        Reason.SERVER_CERTIFICATE_NAME,
                        "bad_certificate: CN=other.example: is for other.example, not for api.example"),
                Arguments.of(
                        CA.client("CN=api.example", s -> s.purposes(TestCertificates.SERVER_AUTH)),
                        Reason.SERVER_CERTIFICATE_NAME,
                        "bad_certificate: CN=api.example: has no subject alternative name, "
                                + "and its common name does not count"),
                Arguments.of(
                        CA.client(
                                "CN=old",
                                s -> s.purposes(TestCertificates.SERVER_AUTH)
                                        .names("api.example")
                                        .valid(past.minusSeconds(60), past)),
                        Reason.SERVER_CERTIFICATE_EXPIRED,
                        "certificate_expired: CN=old: expired on"),
                Arguments.of(
                        other.server("api.example"),
                        Reason.SERVER_CERTIFICATE_UNTRUSTED,
                        "unknown_ca: CN=api.example: issued by CN=Other, "
                                + "which is not among the certificates in ca"),
                Arguments.of(
                        CA.client("CN=client", s -> s.names("api.example")),
                        Reason.SERVER_CERTIFICATE_USAGE,
                        "unsupported_certificate: CN=client: not for servers"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void shouldRefuseABadServerAndSayWhy(TestCa.Client certificate, Reason reason, String detail) throws Exception {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            try (HandshakePair pair =
                    new HandshakePair(server(certificate, s -> s.with(version)), to(client(BOTH, Group.ALL), ALPN))) {
                assertThat(pair.clientFailure().reason()).isEqualTo(reason);
                assertThat(pair.clientFailure().detail()).startsWith(detail);
                assertThat(pair.serverFailure().reason()).isEqualTo(Reason.ALERT_RECEIVED);
            }
        }
    }

    @Test
    void shouldRefuseARevokedServer() throws Exception {
        TestCa.Client revoked = CA.server("api.example");
        Path crl = TestCertificates.write(directory.resolve("crl.pem"), TestCa.pem(CA.crl(revoked.certificate())));

        try (HandshakePair pair = new HandshakePair(
                server(revoked, s -> s), to(client(ServerAuth.load(List.of(ca()), crl), null, BOTH, Group.ALL)))) {
            assertThat(pair.clientFailure().reason()).isEqualTo(Reason.SERVER_CERTIFICATE_REVOKED);
        }
        try (HandshakePair pair = new HandshakePair(
                server(CA.server("api.example"), s -> s),
                to(client(ServerAuth.load(List.of(ca()), crl), null, BOTH, Group.ALL)))) {
            assertThat(pair.client().negotiated().resumed()).isFalse();
        }
    }

    @Test
    void shouldTakeAnyServerWhereNoneIsVerified() throws Exception {
        try (HandshakePair pair = new HandshakePair(
                server(TestCa.root("CN=Other").server("x.example"), s -> s), to(client(null, null, BOTH, Group.ALL)))) {
            assertSame(pair.client(), pair.server());
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void shouldShowItsCertificateToAServerThatAsks(ProtocolVersion version) throws Exception {
        TestCa.Client own = CA.client("CN=Proxy");
        ServerIdentity identity = TestCertificates.identity(own.chain(), own.key());
        ClientAuth auth = ClientAuth.load(true, List.of(ca()), null, 1);

        try (HandshakePair pair = new HandshakePair(
                server(CA.server("api.example"), s -> s.with(version).changed(b -> b.clientAuth(auth))),
                to(client(ServerAuth.load(List.of(ca()), null), identity, BOTH, Group.ALL)))) {
            assertThat(pair.server().negotiated().client()).isNotNull();
            assertThat(pair.server().negotiated().client().subject()).isEqualTo("CN=Proxy");
            assertSame(pair.client(), pair.server());
        }
    }

    @Test
    void shouldResumeWithEachTicketOnce() throws Exception {
        HandshakeSettings server = server(CA.server("api.example"), s -> s.changed(b -> b.tickets(tickets())));
        ClientSettings client = client(BOTH, Group.ALL);
        try (HandshakePair first = new HandshakePair(server, to(client))) {
            takeTickets(first);
        }

        try (HandshakePair second = new HandshakePair(server, to(client))) {
            assertThat(second.client().negotiated().resumed()).isTrue();
            assertThat(second.server().negotiated().resumed()).isTrue();
            assertSame(second.client(), second.server());
        }
        try (HandshakePair third = new HandshakePair(server, to(client))) {
            assertThat(third.client().negotiated().resumed())
                    .as("the only ticket is used")
                    .isFalse();
        }
    }

    @Test
    void shouldResumeThroughARequestForAnotherGroup() throws Exception {
        HandshakeSettings server = server(
                CA.server("api.example"),
                s -> s.changed(b -> b.tickets(tickets())).withGroups("secp384r1"));
        ClientSettings client = client(BOTH, Group.ALL);
        try (HandshakePair first = new HandshakePair(server, to(client))) {
            takeTickets(first);
        }

        try (HandshakePair second = new HandshakePair(server, to(client))) {
            assertThat(second.client().negotiated().resumed()).isTrue();
            assertSame(second.client(), second.server());
        }
    }

    @Test
    void shouldTellTheAgeOfATicket() throws Exception {
        // Given a ticket whose age is hidden by a known number
        ClientSettings client = client(BOTH, Group.ALL);
        byte[] ticket = HexFormat.of().parseHex("c0ffee00c0ffee01");
        ByteBuffer body = ByteBuffer.allocate(4 + 4 + 2 + 2 + ticket.length + 2);
        body.putInt(3600).putInt(0x01020304).put((byte) 1).put((byte) 0).putShort((short) ticket.length);
        body.put(ticket).putShort((short) 0);
        try (HandshakePair first = new HandshakePair(server(CA.server("api.example"), s -> s), to(client))) {
            assertThat(first.client().offers()).isNotNull();
            assertThat(first.client().offers().onTicket(body.array())).isTrue();
            assertThat(first.client().offers().onTicket(new byte[] {1, 2, 3})).isFalse();
        }

        // When the next handshake begins
        HandshakeEngine next = to(client).start();
        ByteBuffer hello = ByteBuffer.allocate(next.getAvailableOutputBytes());
        next.readOutput(hello, hello.capacity());
        next.destroy();

        // Then its hello has the age in milliseconds behind the ticket
        String digits = HexFormat.of().formatHex(hello.array());
        int at = digits.indexOf("c0ffee00c0ffee01") / 2 + ticket.length;
        assertThat(hello.getInt(at) - 0x01020304).isBetween(0, 60_000);
    }

    @Test
    void shouldOfferNoSessionToAnotherServerOrUnderAnotherTrust() throws Exception {
        HandshakeSettings server = server(CA.server("api.example"), s -> s.changed(b -> b.tickets(tickets())));
        ServerAuth auth = ServerAuth.load(List.of(ca()), null);
        ClientSettings client = client(auth, null, BOTH, Group.ALL);
        try (HandshakePair first = new HandshakePair(server, to(client))) {
            takeTickets(first);
        }

        try (HandshakePair other =
                new HandshakePair(server, new ClientHandshake(client, "127.0.0.1:2", NAME, List.of()))) {
            assertThat(other.client().negotiated().resumed()).isFalse();
        }
        TestCertificates.write(
                directory.resolve("ca.pem"), CA.pem() + TestCa.root("CN=More").pem());
        assertThat(auth.reload()).isNotEmpty();
        try (HandshakePair later = new HandshakePair(server, to(client))) {
            assertThat(later.client().negotiated().resumed()).isFalse();
        }
    }

    @Test
    void shouldOfferNoSessionOfAnotherCertificateOfOurs() throws Exception {
        // Given a ticket that the server gave to the bearer of a certificate
        HandshakeSettings server = server(CA.server("api.example"), s -> s.changed(b -> b.tickets(tickets())));
        TestCa.Client old = CA.client("CN=Proxy");
        TestCa.Client next = CA.client("CN=Proxy");
        ClientSettings client = client(
                ServerAuth.load(List.of(ca()), null),
                TestCertificates.identity(old.chain(), old.key()),
                BOTH,
                Group.ALL);
        try (HandshakePair first = new HandshakePair(server, to(client))) {
            takeTickets(first);
        }

        // When another takes its place
        Identities own = Objects.requireNonNull(client.identity());
        own.replace(List.of(TestCertificates.identity(next.chain(), next.key())));

        // Then
        try (HandshakePair later = new HandshakePair(server, to(client))) {
            assertThat(later.client().negotiated().resumed()).isFalse();
        }
    }

    @Test
    void shouldEndAHandshakeThatCannotBegin() throws Exception {
        PeerName none = PeerName.of("."); // SNI has no empty name

        try (HandshakePair pair = new HandshakePair(
                server(CA.server("api.example"), s -> s),
                new ClientHandshake(client(BOTH, Group.ALL), "127.0.0.1:1", none, List.of()))) {
            assertThat(pair.clientFailure().reason()).isEqualTo(Reason.INTERNAL);
        }
    }

    /** RFC 5246 §7.2.2: otherwise a session that the server cannot take would break each handshake. */
    @Test
    void shouldForgetTheSessionsOfAHandshakeThatBroke() throws Exception {
        // Given a session of TLS 1.2, and a handshake that offers it and breaks
        HandshakeSettings server = server(
                CA.server("api.example"), s -> s.with(ProtocolVersion.TLS_1_2).changed(b -> b.tickets(tickets())));
        ClientSettings client = client(BOTH, Group.ALL);
        new HandshakePair(server, to(client)).close();
        HandshakeEngine broken = to(client).start();
        broken.onBroken();
        broken.destroy();

        // When the next begins and is complete
        try (HandshakePair next = new HandshakePair(server, to(client))) {
            assertThat(next.client().negotiated().resumed()).isFalse();
        }
        broken.destroy();

        // Then its own session is there for later ones
        try (HandshakePair later = new HandshakePair(server, to(client))) {
            assertThat(later.client().negotiated().resumed()).isTrue();
        }
    }

    @Test
    void shouldResumeASessionOfTls12AgainAndAgain() throws Exception {
        HandshakeSettings server = server(
                CA.server("api.example"), s -> s.with(ProtocolVersion.TLS_1_2).changed(b -> b.tickets(tickets())));
        ClientSettings client = client(BOTH, Group.ALL);
        new HandshakePair(server, to(client)).close();

        for (int i = 0; i < 2; i++) {
            try (HandshakePair again = new HandshakePair(server, to(client))) {
                assertThat(again.client().negotiated().resumed()).isTrue();
                assertSame(again.client(), again.server());
            }
        }
    }

    /** The session's part: the message without its header. */
    private static void takeTickets(HandshakePair pair) {
        byte[] message = pair.server().tickets();
        assertThat(message).isNotEmpty();
        assertThat(pair.client().offers()).isNotNull();
        assertThat(pair.client().offers().onTicket(Arrays.copyOfRange(message, 4, message.length)))
                .isTrue();
    }

    private static Tickets tickets() {
        InstantSource clock = InstantSource.system();
        return new Tickets(
                TicketKeys.rotating(Duration.ofHours(1), clock), 1, Duration.ofHours(1), 100, why -> {}, clock);
    }

    private static void assertSame(Handshaken sender, Handshaken receiver) {
        assertThat(sender.txKeys().dangerousKey()).isEqualTo(receiver.rxKeys().dangerousKey());
        assertThat(sender.txKeys().nextSequence()).isEqualTo(receiver.rxKeys().nextSequence());
        assertThat(sender.txBoundary().wirePosition())
                .isEqualTo(receiver.rxBoundary().wirePosition());
        if (sender.secrets() != null && receiver.secrets() != null) {
            assertThat(sender.secrets().dangerousLocal())
                    .isEqualTo(receiver.secrets().dangerousPeer());
        }
    }

    private static HandshakeSettings server(TestCa.Client certificate, UnaryOperator<TestSettings> changes) {
        ServerIdentity identity = TestCertificates.identity(certificate.chain(), certificate.key());
        return changes.apply(TestSettings.DEFAULT.with(identity).on(Runnable::run))
                .build();
    }

    private static ClientHandshake to(ClientSettings settings, String... protocols) {
        return new ClientHandshake(settings, "127.0.0.1:1", NAME, List.of(protocols));
    }

    private ClientSettings client(Set<ProtocolVersion> versions, List<Group> groups) throws Exception {
        return client(ServerAuth.load(List.of(ca()), null), null, versions, groups);
    }

    private static ClientSettings client(
            @Nullable ServerAuth auth,
            @Nullable ServerIdentity identity,
            Set<ProtocolVersion> versions,
            List<Group> groups) {
        return new ClientSettings(auth, identity, Runnable::run, Duration.ofSeconds(10), versions, groups);
    }

    private Path ca() throws Exception {
        return TestCertificates.write(directory.resolve("ca.pem"), CA.pem());
    }
}
