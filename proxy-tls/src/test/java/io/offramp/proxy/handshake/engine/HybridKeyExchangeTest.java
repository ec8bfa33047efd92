package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.handshake.crypto.CryptoProviders.Candidate;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.KeyEncapsulations;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem), with clients of BoringSSL and Bouncy Castle, and with none that is one.
 */
class HybridKeyExchangeTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();
    private static final byte[] BASE_POINT = HexFormat.of().parseHex("09" + "00".repeat(31));

    @ParameterizedTest
    @EnumSource(
            value = Candidate.class,
            names = {"JDK", "BOUNCY_CASTLE"})
    void shouldExchangeKeysWithConscrypt(Candidate provider) throws Exception {
        // Given
        CryptoProviders only = new CryptoProviders(List.of(Candidate.CONSCRYPT, provider, Candidate.BOUNCY_CASTLE));
        EngineClient client = EngineClient.conscrypt(p -> {});
        try (EmbeddedHandshake server =
                new EmbeddedHandshake(TestSettings.DEFAULT.with(only).build())) {
            // When
            server.receive(client.exchange(server.receive(client.hello())));

            // Then the client could read our Finished, and we its
            assertThat(server.session().negotiated().group()).isEqualTo("X25519MLKEM768");
            assertThat(only.choice(CryptoProviders.Primitive.ML_KEM_768).candidate())
                    .isEqualTo(provider);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldExchangeKeysWithBouncyCastle(boolean sendsShare) throws Exception {
        // Given a client that knows no other group, with a share for it or, which costs a HelloRetryRequest, without
        BouncyClient client = new BouncyClient(Group.X25519MLKEM768, sendsShare);
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            // When
            byte[] flight = client.exchange(server.receive(client.hello()));
            server.receive(sendsShare ? flight : client.exchange(server.receive(flight)));

            // Then
            assertThat(server.session().negotiated().group()).isEqualTo("X25519MLKEM768");
            assertThat(client.isComplete()).isTrue();
        }
    }

    @Test
    void shouldTakeX25519WithoutARetryWhereOnlyItsShareIsThere() throws Exception {
        byte[] hello = RawClientHello.withoutShare(Group.X25519MLKEM768, Group.X25519)
                .withShare(Group.X25519, BASE_POINT)
                .record();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = server.receive(hello);

            assertThat(groupOf(answer)).isEqualTo(Group.X25519.code());
            assertThat(shareBytesOf(answer)).as("of a ServerHello").isEqualTo(32);
            server.channel().close();
        }
    }

    @Test
    void shouldAskForTheHybridWhereThereIsNoShareAtAll() throws Exception {
        byte[] hello = RawClientHello.withoutShare(Group.SECP256R1, Group.X25519, Group.X25519MLKEM768)
                .record();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            assertThat(groupOf(server.receive(hello))).isEqualTo(Group.X25519MLKEM768.code());
            server.channel().close();
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void shouldTakeNoGroupThatIsNotConfigured(ProtocolVersion version) throws Exception {
        TestSettings classic = TestSettings.DEFAULT.with(version).withGroups("secp384r1", "secp256r1");
        EngineClient client =
                new EngineClient(p -> p.setNamedGroups(new String[] {"x25519", "secp256r1", "secp384r1"}));
        try (EmbeddedHandshake server = new EmbeddedHandshake(classic.build())) {
            byte[] flight = client.exchange(server.receive(client.hello()));
            boolean retried = version == ProtocolVersion.TLS_1_3 && server.isUndecided() && flight.length > 150;
            server.receive(retried ? client.exchange(server.receive(flight)) : flight);

            assertThat(server.session().negotiated().group()).isIn("secp384r1", "secp256r1");
        }
    }

    @Test
    void shouldHaveNoHybridInTls12() throws Exception {
        byte[] onlyHybrid = RawClientHello.legacy(0x0303)
                .with(10, RawClientHello.list(RawClientHello.shorts(Group.X25519MLKEM768.code())))
                .with(13, RawClientHello.list(RawClientHello.shorts(0x0403)))
                .record();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(onlyHybrid);

            assertThat(server.failure().detail()).startsWith("handshake_failure");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Candidate.class,
            names = {"JDK", "BOUNCY_CASTLE"})
    void shouldRefuseBadShares(Candidate provider) {
        HandshakeSettings settings = TestSettings.DEFAULT
                .with(new CryptoProviders(List.of(Candidate.CONSCRYPT, provider, Candidate.BOUNCY_CASTLE)))
                .build();
        byte[] good = RawClientHello.join(new byte[KeyEncapsulations.KEY_BYTES], BASE_POINT);
        byte[] aboveModulus = good.clone();
        aboveModulus[1] = (byte) 0x0f; // the first coefficient becomes 3840, the modulus is 3329
        aboveModulus[0] = 0;
        byte[] allOnes = good.clone();
        Arrays.fill(allOnes, 0, 1152, (byte) 0xff);
        byte[] lowOrder = Arrays.copyOf(new byte[KeyEncapsulations.KEY_BYTES], good.length);

        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] answer = server.receive(
                    RawClientHello.tls13(Group.X25519MLKEM768, good).record());
            assertThat(answer).as("what the bad ones are made of").startsWith(22, 3, 3);
            server.channel().close();
        }
        for (byte[] bad : List.of(aboveModulus, allOnes, lowOrder)) {
            assertThat(refusalOf(settings, bad)).startsWith("illegal_parameter");
        }
        for (int bytes : new int[] {1, 32, 1183, 1184, 1185, good.length - 1, good.length + 1, 4000}) {
            assertThat(refusalOf(settings, Arrays.copyOf(good, bytes)))
                    .isEqualTo("illegal_parameter: key share of " + bytes + " bytes for X25519MLKEM768");
        }
    }

    @Test
    void shouldTakeTheRandomKeyOfNobody() throws Exception {
        // Given a key whose coefficients are all below the modulus, which is all that can be checked
        byte[] key = new byte[KeyEncapsulations.KEY_BYTES];
        new Random(7).nextBytes(key);
        for (int i = 1; i < 1152; i += 3) {
            key[i] &= 0x77; // coefficients are 12 bits, two in three bytes
            key[i + 1] &= 0x7f;
        }
        byte[] hello = RawClientHello.tls13(Group.X25519MLKEM768, RawClientHello.join(key, BASE_POINT))
                .record();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            // When
            byte[] answer = server.receive(hello);

            // Then the share is a ciphertext and a public key
            assertThat(shareBytesOf(answer)).isEqualTo(1088 + 32);
            server.channel().close();
        }
    }

    private static String refusalOf(HandshakeSettings settings, byte[] share) {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] answer = server.receive(
                    RawClientHello.tls13(Group.X25519MLKEM768, share).record());

            assertThat(answer).isEqualTo(RawClientHello.record(21, new byte[] {2, 47}));
            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
            return server.failure().detail();
        }
    }

    /** Of the key_share extension, which is the only one whose type is 51. */
    private static int groupOf(byte[] serverHello) {
        int at = keyShareOf(serverHello);
        return (serverHello[at + 4] & 0xff) << 8 | serverHello[at + 5] & 0xff;
    }

    private static int shareBytesOf(byte[] serverHello) {
        int at = keyShareOf(serverHello);
        return (serverHello[at + 6] & 0xff) << 8 | serverHello[at + 7] & 0xff;
    }

    private static int keyShareOf(byte[] serverHello) {
        int at = 5 + 4 + 2 + 32 + 1 + serverHello[43] + 2 + 1 + 2;
        while (serverHello[at] != 0 || serverHello[at + 1] != 51) {
            at += 4 + ((serverHello[at + 2] & 0xff) << 8 | serverHello[at + 3] & 0xff);
        }
        return at;
    }
}
