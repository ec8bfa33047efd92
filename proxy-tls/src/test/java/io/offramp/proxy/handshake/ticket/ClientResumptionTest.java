package io.offramp.proxy.handshake.ticket;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.client.PeerCertificate;
import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.KeyLog;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.tls.Role;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClientResumptionTest {
    private static final SessionParties NOBODY = new SessionParties(null, null);

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void shouldTakeTheIdOfASessionButNotATicketForASessionId(ProtocolVersion version) {
        // Given
        byte[] identity = {1, 2, 3, 4};
        TlsSuite suite = TlsSuite.ALL.stream()
                .filter(each -> each.version() == version)
                .findFirst()
                .orElseThrow();
        ClientSessions sessions = new ClientSessions();
        sessions.put(
                "server",
                new ClientSession(suite, identity, new byte[48], 0, 0, Long.MAX_VALUE, Long.MAX_VALUE, NOBODY));
        ClientResumption resumption = new ClientResumption(crypto(), sessions, "server", NOBODY);

        // When a server of TLS 1.2 answers
        resumption.onSessionId(identity.clone());

        // Then
        assertThat(resumption.isResumed()).isEqualTo(version == ProtocolVersion.TLS_1_2);
    }

    private static HandshakeCrypto crypto() {
        HandshakeCrypto.Phases idle = new HandshakeCrypto.Phases() {
            @Override
            public void onKeyChange() {}

            @Override
            public boolean expectsEarlyData() {
                return false;
            }
        };
        return new HandshakeCrypto(Role.CLIENT, CryptoProviders.best(), KeyLog.NONE, PeerCertificate::parse, idle);
    }
}
