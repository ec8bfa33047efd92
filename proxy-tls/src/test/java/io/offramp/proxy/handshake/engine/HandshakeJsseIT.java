package io.offramp.proxy.handshake.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.KeyType;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.tls.Handshaken;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HandshakeJsseIT {
    private static final byte[] DATA = new byte[100_000];

    static {
        new Random(7).nextBytes(DATA);
    }

    static Stream<Arguments> suitesGroupsAndCertificates() {
        List<Arguments> all = new ArrayList<>();
        for (TlsSuite suite : TlsSuite.ALL) {
            for (Group group :
                    List.of(Group.X25519, Group.SECP256R1, Group.SECP384R1)) { // the JDK's client knows no hybrid
                for (ServerIdentity identity : List.of(TestSettings.P256, TestSettings.P384, TestSettings.RSA)) {
                    if (suite.allows(identity.keyType())) {
                        all.add(Arguments.of(suite.name(), group.label(), identity));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("suitesGroupsAndCertificates")
    void shouldHandOverAWorkingSession(String suite, String group, ServerIdentity identity) throws Exception {
        TlsSuite expected = requireNonNull(TlsSuite.named(suite));
        try (HandshakeTestServer server = new HandshakeTestServer(
                        TestSettings.DEFAULT.with(identity).build());
                SSLSocket client = JsseClient.connect(server.port(), p -> {
                    p.setProtocols(
                            new String[] {expected.version() == ProtocolVersion.TLS_1_3 ? "TLSv1.3" : "TLSv1.2"});
                    p.setCipherSuites(new String[] {suite});
                    p.setNamedGroups(groupsFor(group, identity, expected));
                    p.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                })) {
            Handshaken session = server.session();

            assertThat(JsseClient.echo(client, DATA)).isEqualTo(DATA);
            assertThat(client.getSession().getCipherSuite()).isEqualTo(suite);
            assertThat(client.getSession().getPeerCertificates()[0]).isEqualTo(identity.leaf());
            assertThat(client.getApplicationProtocol()).isEqualTo("http/1.1");
            assertThat(session.negotiated().version()).isEqualTo(expected.version());
            assertThat(session.negotiated().suite()).isEqualTo(expected.aead());
            assertThat(session.negotiated().cipherSuite()).isEqualTo(suite);
            assertThat(session.negotiated().group()).isIn((Object[]) groupsFor(group, identity, expected));
            assertThat(session.negotiated().serverName()).isEqualTo("localhost");
            assertThat(session.negotiated().protocol()).isEqualTo("http/1.1");
            assertThat(session.negotiated().resumed()).isFalse();
            long sequence = expected.version() == ProtocolVersion.TLS_1_3 ? 0 : 1;
            assertThat(session.rxBoundary().nextSequence()).isEqualTo(sequence);
            assertThat(session.txBoundary().nextSequence()).isEqualTo(sequence);
            assertThat(session.rxKeys().nextSequence()).isEqualTo(sequence);
            assertThat(session.txKeys().nextSequence()).isEqualTo(sequence);
            assertThat(session.secrets() == null).isEqualTo(expected.version() == ProtocolVersion.TLS_1_2);
        }
    }

    /** TLS 1.2 with an ECDSA certificate needs its curve in the list as well. */
    private static String[] groupsFor(String group, ServerIdentity identity, TlsSuite suite) {
        if (suite.version() == ProtocolVersion.TLS_1_3 || !identity.keyType().isEcdsa()) {
            return new String[] {group};
        }
        String curve = identity.keyType() == KeyType.ECDSA_P256 ? "secp256r1" : "secp384r1";
        return curve.equals(group) ? new String[] {group} : new String[] {group, curve};
    }
}
