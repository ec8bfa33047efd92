package io.offramp.proxy.handshake.crypto;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import java.util.List;
import org.bouncycastle.tls.CipherSuite;
import org.jspecify.annotations.Nullable;

/** The cipher suites that are negotiated here, in the default order of preference. Names are the standard's (IANA). */
public enum TlsSuite {
    TLS_AES_128_GCM_SHA256(CipherSuite.TLS_AES_128_GCM_SHA256, AeadSuite.AES_128_GCM, Auth.ANY),
    TLS_AES_256_GCM_SHA384(CipherSuite.TLS_AES_256_GCM_SHA384, AeadSuite.AES_256_GCM, Auth.ANY),
    TLS_CHACHA20_POLY1305_SHA256(CipherSuite.TLS_CHACHA20_POLY1305_SHA256, AeadSuite.CHACHA20_POLY1305, Auth.ANY),
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, AeadSuite.AES_128_GCM, Auth.ECDSA),
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(
            CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, AeadSuite.AES_128_GCM, Auth.RSA),
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, AeadSuite.AES_256_GCM, Auth.ECDSA),
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(
            CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, AeadSuite.AES_256_GCM, Auth.RSA),
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(
            CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, AeadSuite.CHACHA20_POLY1305, Auth.ECDSA),
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(
            CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, AeadSuite.CHACHA20_POLY1305, Auth.RSA);

    /** What a suite demands of the certificate: nothing in TLS 1.3 (RFC 8446 §B.4). */
    enum Auth {
        ANY,
        ECDSA,
        RSA
    }

    /** Every suite, in the default order of preference. */
    public static final List<TlsSuite> ALL = List.of(values());

    private final int code;
    private final AeadSuite aead;
    private final Auth auth;

    TlsSuite(int code, AeadSuite aead, Auth auth) {
        this.code = code;
        this.aead = aead;
        this.auth = auth;
    }

    public static TlsSuite of(int code) {
        for (TlsSuite suite : ALL) {
            if (suite.code == code) {
                return suite;
            }
        }
        throw new IllegalArgumentException("cipher suite " + code);
    }

    public static @Nullable TlsSuite named(String name) {
        return ALL.stream().filter(suite -> suite.name().equals(name)).findAny().orElse(null);
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    public AeadSuite aead() {
        return aead;
    }

    /** The hash of the key schedule: the last part of the name (RFC 8446 §B.4, RFC 5289). */
    public Kdf kdf() {
        return name().endsWith("SHA384") ? Kdf.SHA_384 : Kdf.SHA_256;
    }

    public ProtocolVersion version() {
        return auth == Auth.ANY ? ProtocolVersion.TLS_1_3 : ProtocolVersion.TLS_1_2;
    }

    public boolean allows(KeyType key) {
        return switch (auth) {
            case ANY -> true;
            case ECDSA -> key.isEcdsa();
            case RSA -> !key.isEcdsa();
        };
    }
}
