package io.offramp.proxy.handshake.certificate;

import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.Kdf;
import io.offramp.proxy.handshake.crypto.KeyType;
import io.offramp.proxy.handshake.crypto.Signer;
import io.offramp.proxy.handshake.crypto.SigningScheme;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Hashtable;
import java.util.Map;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateStatus;
import org.bouncycastle.tls.CertificateStatusType;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;
import org.jspecify.annotations.Nullable;

/** A server identity in the engine's form, prepared once and shared by all connections. Thread-safe. */
public final class Credentials {
    private final KeyType keyType;
    private final Certificate certificate12;
    private final Certificate unstapled13;
    private final @Nullable Staple staple;
    private final Certificate stapled13;
    private final Map<SigningScheme, Signer> signers = new EnumMap<>(SigningScheme.class);

    Credentials(ServerIdentity identity, CryptoProviders providers) {
        this.keyType = identity.keyType();
        TlsCertificate[] chain =
                identity.chain().stream().map(EncodedCertificate::new).toArray(TlsCertificate[]::new);
        this.certificate12 = new Certificate(chain);
        this.unstapled13 = certificate13(chain, null);
        this.staple = identity.staple();
        this.stapled13 = certificate13(chain, staple);
        CryptoProviders.Choice choice = providers.choice(CryptoProviders.Primitive.of(keyType));
        for (SigningScheme scheme : SigningScheme.of(keyType, false)) { // all that TLS 1.3 has, and more
            signers.put(scheme, new Signer(scheme, identity.privateKey(), choice.provider()));
        }
    }

    /** RFC 8446 §4.4.2.1: the response is an extension of the leaf. The engine leaves that to us. */
    private static Certificate certificate13(TlsCertificate[] chain, @Nullable Staple staple) {
        CertificateEntry[] entries = new CertificateEntry[chain.length];
        for (int i = 0; i < chain.length; i++) {
            entries[i] = new CertificateEntry(chain[i], i == 0 && staple != null ? extensions(staple) : null);
        }
        return new Certificate(new byte[0], entries);
    }

    private static Hashtable<Integer, byte[]> extensions(Staple staple) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        try {
            status(staple).encode(encoded);
        } catch (IOException e) {
            throw new IllegalStateException("OCSP response was parsed but does not encode", e);
        }
        Hashtable<Integer, byte[]> extensions = new Hashtable<>();
        extensions.put(TlsExtensionsUtils.EXT_status_request, encoded.toByteArray());
        return extensions;
    }

    private static CertificateStatus status(Staple staple) {
        return new CertificateStatus(CertificateStatusType.ocsp, staple.response());
    }

    public KeyType keyType() {
        return keyType;
    }

    /** The server's own certificate. */
    public Leaf leaf() {
        return leafOf(certificate12);
    }

    /** The server's own certificate, in a chain that belongs to one of these signers. */
    public static Leaf leafOf(Certificate chain) {
        if (chain.getCertificateAt(0) instanceof EncodedCertificate leaf) {
            return leaf.leaf;
        }
        throw new IllegalArgumentException("certificate of another engine");
    }

    /**
     * What identifies a certificate in a ticket.
     *
     * @param fingerprint SHA-256, shared, not to be changed
     * @param notAfterS in seconds since 1970
     */
    public record Leaf(byte[] fingerprint, long notAfterS) {}

    /**
     * Ready to sign in the best scheme that the client can verify, or null if it can verify none.
     *
     * @param clientSchemes of {@link SignatureAndHashAlgorithm}; null where a TLS 1.2 client did not say
     * @param asksForStatus whether the client wants a staple; it gets one if there is one that has not expired
     */
    public @Nullable StapledSigner signer(@Nullable Vector<?> clientSchemes, boolean tls13, boolean asksForStatus) {
        for (SigningScheme scheme : SigningScheme.of(keyType, tls13)) {
            boolean verifiable =
                    clientSchemes == null ? scheme.parameters() == null : clientSchemes.contains(scheme.wire());
            Signer signer = signers.get(scheme);
            if (verifiable && signer != null) {
                Staple sent = asksForStatus && staple != null && staple.isFresh(Instant.now()) ? staple : null;
                Certificate certificate13 = sent == null ? unstapled13 : stapled13;
                return new SchemeSigner(
                        signer, tls13 ? certificate13 : certificate12, sent == null ? null : status(sent));
            }
        }
        return null;
    }

    /** Bouncy Castle's class encodes itself again for each connection. */
    private static final class EncodedCertificate extends JcaTlsCertificate {
        private final byte[] encoded;
        private final Leaf leaf;

        EncodedCertificate(X509Certificate certificate) {
            super(HandshakeCrypto.shared(), certificate);
            try {
                this.encoded = super.getEncoded();
                this.leaf = new Leaf(
                        Kdf.SHA_256.newDigest().digest(encoded),
                        certificate.getNotAfter().toInstant().getEpochSecond());
            } catch (IOException e) {
                throw new IllegalStateException("certificate was parsed but does not encode", e);
            }
        }

        /** The encoding itself, not a copy: the engine only writes it out. */
        @Override
        public byte[] getEncoded() {
            return encoded;
        }
    }

    private record SchemeSigner(
            Signer signer,
            Certificate certificate,
            @Nullable CertificateStatus status) implements StapledSigner {
        @Override
        public Certificate getCertificate() {
            return certificate;
        }

        @Override
        public SignatureAndHashAlgorithm getSignatureAndHashAlgorithm() {
            return signer.scheme().wire();
        }

        @Override
        public byte[] generateRawSignature(byte[] hash) throws IOException {
            throw new TlsFatalAlert(AlertDescription.internal_error, "signatures are made over messages, not hashes");
        }

        @Override
        public TlsStreamSigner getStreamSigner() {
            ByteArrayOutputStream message = new ByteArrayOutputStream(256);
            return new TlsStreamSigner() {
                @Override
                public OutputStream getOutputStream() {
                    return message;
                }

                @Override
                public byte[] getSignature() throws IOException {
                    try {
                        return signer.sign(message.toByteArray());
                    } catch (GeneralSecurityException e) {
                        throw new TlsFatalAlert(AlertDescription.internal_error, e);
                    }
                }
            };
        }
    }
}
