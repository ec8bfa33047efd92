package io.offramp.proxy.handshake.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.engine.RawClientHello;
import io.offramp.proxy.tls.Role;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.CryptoHashAlgorithm;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;
import org.bouncycastle.tls.crypto.TlsHash;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeCryptoTest {
    private static final HexFormat HEX = HexFormat.of();

    private final HandshakeCrypto crypto = new HandshakeCrypto(
            Role.SERVER,
            CryptoProviders.best(),
            KeyLog.NONE,
            HandshakeCryptoTest::noCertificate,
            new HandshakeCrypto.Phases() {
                @Override
                public void onKeyChange() {}

                @Override
                public boolean expectsEarlyData() {
                    return false;
                }
            });

    @Test
    void shouldNotBlameTheClientForAMissingProvider() {
        KeyEncapsulations none = new KeyEncapsulations(new Provider("None", "1", "has nothing") {
            private static final long serialVersionUID = 1;
        });
        Encapsulation encapsulation = new Encapsulation(crypto, none);

        assertThatThrownBy(() -> encapsulation.receivePeerValue(new byte[KeyEncapsulations.KEY_BYTES]))
                .isInstanceOfSatisfying(
                        TlsFatalAlert.class,
                        e -> assertThat(e.getAlertDescription()).isEqualTo(AlertDescription.internal_error));
    }

    @Test
    void shouldWipeEverySecretThatCameUp() {
        List<TlsSecret> secrets = new ArrayList<>();
        TlsSecret first = crypto.createSecret(new byte[] {1, 2, 3});
        secrets.add(first);
        secrets.add(crypto.adoptSecret(first));
        secrets.add(first.hkdfExpand(CryptoHashAlgorithm.sha256, new byte[4], 48));
        secrets.add(crypto.hkdfInit(CryptoHashAlgorithm.sha384).hkdfExtract(CryptoHashAlgorithm.sha384, first));
        secrets.add(first.deriveUsingPRF(PRFAlgorithm.tls_prf_sha256, "label", new byte[8], 48));
        List<byte[]> data = secrets.stream()
                .map(secret -> ((HandshakeSecret) secret).dangerousData())
                .toList();
        assertThat(data).allMatch(bytes -> !new String(bytes, StandardCharsets.ISO_8859_1).matches("\0*"));

        crypto.destroy();

        assertThat(data).allSatisfy(bytes -> assertThat(bytes).containsOnly(0));
        assertThat(secrets).noneMatch(TlsSecret::isAlive);
        assertThatThrownBy(() -> first.calculateHMAC(CryptoHashAlgorithm.sha256, new byte[1], 0, 1))
                .isInstanceOf(IllegalStateException.class);
        assertThat(first).hasToString("HandshakeSecret[redacted]");
    }

    /** RFC 5869 §A.1 and §A.3. */
    @ParameterizedTest
    @CsvSource({
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b, 000102030405060708090a0b0c, f0f1f2f3f4f5f6f7f8f9,"
                + " 3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b, '', '',"
                + " 8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    })
    void shouldDeriveAsRfc5869(String inputKey, String salt, String info, String expected) {
        byte[] extracted = Kdf.SHA_256.extract(HEX.parseHex(salt), HEX.parseHex(inputKey));

        assertThat(Kdf.SHA_256.expand(extracted, HEX.parseHex(info), 42)).isEqualTo(HEX.parseHex(expected));
    }

    /** Widely published vector of the TLS 1.2 PRF with SHA-256 (IETF TLS mailing list, 2008). */
    @Test
    void shouldDeriveAsTls12() {
        byte[] secret = HEX.parseHex("9bbe436ba940f017b17652849a71db35");
        byte[] seed = HEX.parseHex("a0ba9f936cda311827a6f796ffd5198c");
        byte[] labelled = RawClientHello.join("test label".getBytes(StandardCharsets.US_ASCII), seed);

        assertThat(Kdf.SHA_256.prf(secret, labelled, 100))
                .isEqualTo(HEX.parseHex(
                        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf"
                                + "9af0fa022f7077def17abfd3797"
                                + "c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66"));
    }

    @Test
    void shouldHashAsTheTranscriptGoesOn() {
        TlsHash hash = crypto.createHash(CryptoHashAlgorithm.sha256);
        assertThat(hash.cloneHash().calculateHash()).isEqualTo(Kdf.SHA_256.emptyHash());
        hash.update(new byte[] {1, 2}, 0, 2);
        TlsHash fork = hash.cloneHash();
        hash.update(new byte[] {3}, 0, 1);

        assertThat(fork.calculateHash()).isEqualTo(Kdf.SHA_256.newDigest().digest(new byte[] {1, 2}));
        assertThat(hash.calculateHash()).isEqualTo(Kdf.SHA_256.newDigest().digest(new byte[] {1, 2, 3}));
    }

    @ParameterizedTest
    @CsvSource({
        "TLS_1_3, AES_128_GCM",
        "TLS_1_3, CHACHA20_POLY1305",
        "TLS_1_2, AES_256_GCM",
        "TLS_1_2, CHACHA20_POLY1305"
    })
    void shouldCountAndWipeTheKeysOfAPhase(ProtocolVersion version, AeadSuite suite) throws Exception {
        TrafficKeys ours = keys(version, suite);
        TapCipher server = new TapCipher(keys(version, suite), ours, false);
        TapCipher client = new TapCipher(keys(version, suite), keys(version, suite), false);
        byte[] message = {9, 8, 7, 6};

        TlsEncodeResult sealed = server.encodePlaintext(
                0, ContentType.handshake, org.bouncycastle.tls.ProtocolVersion.TLSv12, 5, message, 1, 3);
        TlsDecodeResult opened = client.decodeCiphertext(
                0, sealed.recordType, org.bouncycastle.tls.ProtocolVersion.TLSv12, sealed.buf, 5, sealed.len - 5);

        assertThat(opened.contentType).isEqualTo(ContentType.handshake);
        assertThat(opened.len).isEqualTo(3);
        assertThat(opened.buf).startsWith((byte) 8, (byte) 7, (byte) 6);
        assertThat(server.txKeys().nextSequence()).isEqualTo(1);
        assertThat(server.rxKeys().nextSequence()).isZero();
        assertThat(client.rxKeys().nextSequence()).isEqualTo(1);
        TrafficKeys handedOver = server.txKeys();
        server.destroy();
        assertThat(ours.isDestroyed()).isTrue();
        assertThat(handedOver.isDestroyed()).isFalse();
    }

    private static TlsCertificate noCertificate(short type, byte[] encoding) {
        throw new AssertionError("no certificate is sent here");
    }

    private static TrafficKeys keys(ProtocolVersion version, AeadSuite suite) {
        byte[] key = new byte[suite.keyBytes()];
        key[0] = (byte) (1
                + 10 * version.ordinal()
                + suite.ordinal()); // the JDK's ciphers refuse a nonce twice, across tests too
        return new TrafficKeys(version, suite, key, new byte[TrafficKeys.ivBytes(version, suite)], 0);
    }
}
