package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.certificate.Credentials;
import io.offramp.proxy.handshake.client.TestCa.Client;
import io.offramp.proxy.handshake.crypto.Signer;
import io.offramp.proxy.handshake.crypto.SigningScheme;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Vector;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.jspecify.annotations.Nullable;

/**
 * Bouncy Castle's client without a socket. The test chooses the certificate that it shows, and its signature, right or
 * wrong.
 */
final class BcClient {
    private static final JcaTlsCrypto CRYPTO =
            new JcaTlsCryptoProvider().create(new SecureRandom(), new SecureRandom());

    private final TlsClientProtocol protocol = new TlsClientProtocol();
    private final ProtocolVersion version;
    private final @Nullable Client identity;
    private final SigningScheme scheme;
    private final boolean forges;
    private @Nullable CertificateRequest request;
    private boolean complete;

    /** @param identity null for no certificate */
    BcClient(ProtocolVersion version, @Nullable Client identity, SigningScheme scheme) {
        this(version, identity, scheme, false);
    }

    /** @param forges signs with one bit wrong */
    BcClient(ProtocolVersion version, @Nullable Client identity, SigningScheme scheme, boolean forges) {
        this.version = version;
        this.identity = identity;
        this.scheme = scheme;
        this.forges = forges;
    }

    byte[] hello() throws IOException {
        protocol.connect(new Peer());
        return output();
    }

    /** Takes what the server sent, and returns what the client sends then. */
    byte[] exchange(byte[] fromServer) throws IOException {
        protocol.offerInput(fromServer);
        return output();
    }

    /** How it was asked for a certificate. */
    @Nullable
    CertificateRequest request() {
        return request;
    }

    boolean isComplete() {
        return complete;
    }

    private byte[] output() {
        byte[] output = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(output, 0, output.length);
        return output;
    }

    private final class Peer extends DefaultTlsClient {
        Peer() {
            super(CRYPTO);
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return new ProtocolVersion[] {version};
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            complete = true;
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate serverCertificate) {}

                @Override
                public @Nullable TlsCredentials getClientCredentials(CertificateRequest asked) {
                    request = asked;
                    return identity == null ? null : new Credentials(identity);
                }
            };
        }
    }

    private final class Credentials implements TlsCredentialedSigner {
        private final Client identity;

        Credentials(Client identity) {
            this.identity = identity;
        }

        @Override
        public Certificate getCertificate() {
            Vector<CertificateEntry> entries = new Vector<>();
            Vector<TlsCertificate> plain = new Vector<>();
            for (X509Certificate each : identity.chain()) {
                JcaTlsCertificate certificate = new JcaTlsCertificate(CRYPTO, each);
                plain.add(certificate);
                entries.add(new CertificateEntry(certificate, null));
            }
            return version.equals(ProtocolVersion.TLSv13)
                    ? new Certificate(new byte[0], entries.toArray(CertificateEntry[]::new))
                    : new Certificate(plain.toArray(TlsCertificate[]::new));
        }

        @Override
        public SignatureAndHashAlgorithm getSignatureAndHashAlgorithm() {
            return scheme.wire();
        }

        @Override
        public byte[] generateRawSignature(byte[] hash) {
            throw new IllegalStateException("signs messages");
        }

        @Override
        public TlsStreamSigner getStreamSigner() {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            return new TlsStreamSigner() {
                @Override
                public OutputStream getOutputStream() {
                    return message;
                }

                @Override
                public byte[] getSignature() throws IOException {
                    try {
                        byte[] signature = new Signer(scheme, identity.key(), null).sign(message.toByteArray());
                        signature[signature.length - 1] ^= (byte) (forges ? 1 : 0);
                        return signature;
                    } catch (GeneralSecurityException e) {
                        throw new IOException(e);
                    }
                }
            };
        }
    }
}
