package io.offramp.proxy.handshake.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.client.TestCa;
import io.offramp.proxy.handshake.ticket.TicketKeyFiles;
import io.offramp.proxy.handshake.ticket.TicketKeys;
import io.offramp.proxy.handshake.ticket.TicketRefusal;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.Negotiated;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL and GnuTLS come back. */
class ResumptionToolsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Queue<TicketRefusal> refusals = new ConcurrentLinkedQueue<>();
    private final TicketKeys keys = TicketKeys.rotating(Duration.ofHours(2), InstantSource.system());

    @TempDir
    private Path dir;

    @ParameterizedTest
    @CsvSource({
        "-ciphersuites TLS_AES_128_GCM_SHA256, -ciphersuites TLS_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256",
        "-ciphersuites TLS_AES_256_GCM_SHA384, -ciphersuites TLS_AES_256_GCM_SHA384, TLS_AES_256_GCM_SHA384",
        "-ciphersuites TLS_AES_256_GCM_SHA384, -tls1_3, TLS_AES_256_GCM_SHA384",
        "-ciphersuites TLS_CHACHA20_POLY1305_SHA256, -tls1_3, TLS_AES_128_GCM_SHA256",
        "-tls1_3, -ciphersuites TLS_CHACHA20_POLY1305_SHA256, TLS_CHACHA20_POLY1305_SHA256",
        "-groups X25519, -groups P-256, TLS_AES_128_GCM_SHA256",
        "-groups P-256, -groups P-521:P-384, TLS_AES_128_GCM_SHA256",
    })
    void shouldResumeTls13(String first, String second, String suite) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings())) {
            connect(server, first, "-sess_out");

            Negotiated negotiated = connect(server, second, "-sess_in");

            assertThat(negotiated.resumed()).isTrue();
            assertThat(negotiated.cipherSuite()).isEqualTo(suite);
            assertThat(refusals).isEmpty();
        }
    }

    @Test
    void shouldResumeTls13AgainAndAgain() throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings())) {
            connect(server, "-tls1_3", "-sess_out");
            for (int i = 0; i < 3; i++) {
                assertThat(connect(server, "-tls1_3 -sess_in " + session(), "-sess_out")
                                .resumed())
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-ciphersuites TLS_AES_128_GCM_SHA256, -ciphersuites TLS_AES_256_GCM_SHA384",
        "-servername localhost, -servername other.test",
        "-servername localhost, -noservername"
    })
    void shouldShakeHandsInFullWhenConditionsHaveChanged(String first, String second) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings())) {
            connect(server, first, "-sess_out");

            assertThat(connect(server, second, "-sess_in").resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, -tls1_2",
        "-tls1_2 -no_ticket, -tls1_2 -no_ticket",
        "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384, -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384",
        "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305 -no_ticket, -tls1_2 -no_ticket",
    })
    void shouldResumeTls12(String first, String second) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings())) {
            Negotiated before = connect(server, first, "-sess_out");

            Negotiated negotiated = connect(server, second, "-sess_in");

            assertThat(negotiated.resumed()).isTrue();
            assertThat(negotiated.cipherSuite()).isEqualTo(before.cipherSuite());
            assertThat(refusals).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, -tls1_2 -servername other.test",
        "-tls1_2 -no_ticket, -tls1_2 -no_ticket -servername other.test",
        "-tls1_2, -tls1_3",
        "-tls1_3, -tls1_2",
        "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384, -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256",
    })
    void shouldShakeHandsOfTls12InFullWhenConditionsHaveChanged(String first, String second) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings())) {
            connect(server, first, "-sess_out");

            assertThat(connect(server, second, "-sess_in").resumed()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NORMAL:-VERS-ALL:+VERS-TLS1.2",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:%NO_TICKETS",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2:%NO_SESSION_HASH",
        "NORMAL:-VERS-ALL:+VERS-TLS1.3",
        "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-256-GCM"
    })
    void shouldResumeWithGnutls(String priority) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings());
                Tool client = Tool.run(List.of(
                        "gnutls-cli",
                        "--insecure",
                        "--resume",
                        "--waitresumption",
                        "--priority",
                        priority,
                        "--port",
                        "" + server.port(),
                        "localhost"))) {
            assertThat(server.session().negotiated().resumed()).isFalse();
            assertThat(server.session().negotiated().resumed()).isTrue();
            client.type("ping from gnutls");
            await().atMost(PATIENCE).until(() -> client.hasPrinted("ping from gnutls"));
            assertThat(client.printed()).contains("This is a resumed session");
        }
    }

    /** Our tickets do not invite 0-RTT data; a client that sends some all the same loses it, and nothing else. */
    @ParameterizedTest
    @ValueSource(strings = {"X25519", "P-521:P-256"})
    void shouldRejectEarlyDataAndStillResume(String groups) throws Exception {
        Path data = TestCertificates.write(dir.resolve("early.txt"), "early ".repeat(1000));
        try (HandshakeTestServer server = new HandshakeTestServer(settings())) {
            connect(server, "-tls1_3", "-sess_out");
            allowEarlyData(session());

            Negotiated negotiated = connect(server, "-groups " + groups + " -early_data " + data, "-sess_in");

            assertThat(negotiated.resumed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void shouldResumeOnWhicheverInstanceHasTheKey(String version) throws Exception {
        // Given two instances with the same key file
        Path file = dir.resolve("current.key");
        Files.write(file, new byte[80]);
        TicketKeyFiles others = new TicketKeyFiles(List.of(file));
        try (HandshakeTestServer one = new HandshakeTestServer(settings(new TicketKeyFiles(List.of(file))));
                HandshakeTestServer other = new HandshakeTestServer(settings(others))) {
            connect(one, version, "-sess_out");

            // When the other gets a new key as well
            Files.write(file, new byte[48]);
            others.reload();

            // Then it still takes what the first one has given out, and one that only has the new key takes what the
            // other gives out
            assertThat(connect(other, version, "-sess_in").resumed()).isTrue();
            connect(other, version, "-sess_out");
            try (HandshakeTestServer restarted = new HandshakeTestServer(settings(new TicketKeyFiles(List.of(file))))) {
                assertThat(connect(restarted, version, "-sess_in").resumed()).isTrue();
            }
        }
    }

    /** It shows its certificate once; who it is comes back with the session. */
    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2", "-tls1_2 -no_ticket"})
    void shouldKnowTheClientAgain(String version) throws Exception {
        TestCa root = TestCa.root("CN=Root");
        Path ca = TestCertificates.write(dir.resolve("ca.pem"), root.pem());
        Path alice = TestCertificates.write(
                dir.resolve("alice.pem"), root.client("CN=Alice").pem());
        ClientAuth auth = ClientAuth.load(true, List.of(ca), null, 1);
        HandshakeSettings settings = TestSettings.DEFAULT
                .changed(b -> b.tickets(tickets(keys)).clientAuth(auth))
                .build();
        try (HandshakeTestServer server = new HandshakeTestServer(settings)) {
            connect(server, version + " -cert " + alice + " -key " + alice, "-sess_out");

            Negotiated negotiated = connect(server, version, "-sess_in");

            assertThat(negotiated.resumed()).isTrue();
            assertThat(requireNonNull(negotiated.client()).subject()).isEqualTo("CN=Alice");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void shouldNotKnowARevokedClientAgainThoughOthersComeBack(String version) throws Exception {
        // Given a client that was let in
        TestCa root = TestCa.root("CN=Root");
        TestCa.Client mallory = root.client("CN=Mallory");
        Path ca = TestCertificates.write(dir.resolve("ca.pem"), root.pem());
        Path crl = TestCertificates.write(dir.resolve("crl.pem"), TestCa.pem(root.crl()));
        Path pem = TestCertificates.write(dir.resolve("mallory.pem"), mallory.pem());
        ClientAuth auth = ClientAuth.load(false, List.of(ca), crl, 1);
        HandshakeSettings settings = TestSettings.DEFAULT
                .changed(b -> b.tickets(tickets(keys)).clientAuth(auth))
                .build();
        try (HandshakeTestServer server = new HandshakeTestServer(settings)) {
            connect(server, version + " -cert " + pem + " -key " + pem, "-sess_out");

            // When a list comes that names another, then she still comes back
            Files.writeString(crl, TestCa.pem(root.crl(root.client("CN=Eve").certificate())));
            auth.reload();
            assertThat(connect(server, version, "-sess_in").resumed()).isTrue();

            // When one comes that names her, then not
            Files.writeString(crl, TestCa.pem(root.crl(mallory.certificate())));
            auth.reload();
            Negotiated negotiated = connect(server, version, "-sess_in");
            assertThat(negotiated.resumed()).isFalse();
            assertThat(negotiated.client()).isNull();
            assertThat(refusals).containsExactly(TicketRefusal.POLICY);
        }
    }

    /** Sets max_early_data in a session of openssl's. */
    private static void allowEarlyData(Path file) throws Exception {
        PemObject pem;
        try (PemReader reader = new PemReader(Files.newBufferedReader(file))) {
            pem = reader.readPemObject();
        }
        ASN1EncodableVector fields = new ASN1EncodableVector();
        DERTaggedObject maxEarlyData = new DERTaggedObject(true, 15, new ASN1Integer(16_384));
        boolean added = false;
        for (ASN1Encodable field : ASN1Sequence.getInstance(pem.getContent())) {
            if (!added && field instanceof ASN1TaggedObject tagged && tagged.getTagNo() > 15) {
                fields.add(maxEarlyData);
                added = true;
            }
            fields.add(field);
        }
        if (!added) {
            fields.add(maxEarlyData);
        }
        byte[] encoded = new DERSequence(fields).getEncoded();
        TestCertificates.write(file, TestCertificates.pem(() -> () -> new PemObject(pem.getType(), encoded)));
    }

    private HandshakeSettings settings() {
        return settings(keys);
    }

    private HandshakeSettings settings(TicketKeys with) {
        return TestSettings.DEFAULT
                .changed(builder -> builder.tickets(tickets(with)))
                .build();
    }

    private Tickets tickets(TicketKeys with) {
        return new Tickets(with, 2, Duration.ofHours(2), 100, refusals::add, InstantSource.system());
    }

    private Path session() {
        return dir.resolve("session.pem");
    }

    /** Connects with openssl and waits until the session has been written, or has been used. */
    private Negotiated connect(HandshakeTestServer server, String options, String direction) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port()));
        if (!options.contains("servername")) {
            command.addAll(List.of("-servername", "localhost"));
        }
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of(direction, session().toString()));
        boolean writes = direction.equals("-sess_out");
        long before = writes && Files.exists(session())
                ? Files.getLastModifiedTime(session()).toMillis()
                : 0;
        try (Tool client = Tool.run(command)) {
            client.type("ping over " + options);
            Negotiated negotiated = server.session().negotiated();
            await().atMost(PATIENCE).until(() -> client.hasPrinted("ping over " + options));
            assertThat(client.hasPrinted("Reused, TLSv1")).isEqualTo(negotiated.resumed());
            assertThat(client.hasPrinted("Early data was rejected")).isEqualTo(options.contains("-early_data"));
            if (writes) {
                await().atMost(PATIENCE)
                        .until(() -> Files.exists(session())
                                && Files.getLastModifiedTime(session()).toMillis() > before);
            }
            return negotiated;
        }
    }
}
