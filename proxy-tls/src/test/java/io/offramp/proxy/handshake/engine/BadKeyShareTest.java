package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Key shares that are none, with every provider. For the hybrid see {@link HybridKeyExchangeTest}. */
class BadKeyShareTest {
    private static final byte[] BASE_POINT = HexFormat.of()
            .parseHex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                    + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"CONSCRYPT", "CORRETTO", "BOUNCY_CASTLE", "JDK"})
    void shouldRefuseBadKeyShares(String provider) throws Exception {
        CryptoProviders.Candidate candidate = CryptoProviders.Candidate.valueOf(provider);
        CryptoProviders only = new CryptoProviders(List.of(candidate, CryptoProviders.Candidate.JDK));
        HandshakeSettings settings =
                TestSettings.DEFAULT.with(only).on((Executor) Runnable::run).build();
        byte[] offCurve = BASE_POINT.clone();
        offCurve[64] ^= 1;
        byte[] compressed = Arrays.copyOf(BASE_POINT, 33);
        compressed[0] = 3;

        assertThat(alertOn(settings, Group.SECP256R1, offCurve)).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.SECP256R1, compressed)).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.SECP256R1, new byte[1])).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.SECP256R1, new byte[65])).isEqualTo("illegal_parameter");
        byte[] originOf384 = new byte[97];
        originOf384[0] = 4;
        assertThat(alertOn(settings, Group.SECP384R1, originOf384))
                .as("off the curve")
                .isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.SECP384R1, new byte[97])).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.SECP384R1, Arrays.copyOf(originOf384, 96)))
                .isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.X25519, new byte[31])).isEqualTo("illegal_parameter");
        assertThat(alertOn(settings, Group.X25519, new byte[32])).isEqualTo("illegal_parameter");
        byte[] orderTwo = new byte[32];
        orderTwo[0] = 1;
        assertThat(alertOn(settings, Group.X25519, orderTwo)).isEqualTo("illegal_parameter");
    }

    private static String alertOn(HandshakeSettings settings, Group group, byte[] share) {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(RawClientHello.tls13(group, share).record());
            server.channel().runPendingTasks();
            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
            return server.failure().detail().split(":")[0];
        }
    }
}
