package io.offramp.proxy.handshake.engine;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * Bouncy Castle's TLS 1.2 client, which resumes by session ID, with or without the extended master secret. No socket.
 */
final class ResumingBouncyClient {
    private final TlsClientProtocol protocol = new TlsClientProtocol();
    private final Client client;

    /** @param session of an earlier one; null for none */
    ResumingBouncyClient(@Nullable TlsSession session, boolean extendedMasterSecret) throws IOException {
        client = new Client(session, extendedMasterSecret);
        protocol.connect(client);
    }

    byte[] hello() {
        return output();
    }

    byte[] exchange(byte[] fromServer) throws IOException {
        protocol.offerInput(fromServer);
        return output();
    }

    /** To come back with. */
    TlsSession session() {
        return client.established;
    }

    private byte[] output() {
        byte[] bytes = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(bytes, 0, bytes.length);
        return bytes;
    }

    private static final class Client extends DefaultTlsClient {
        private final @Nullable TlsSession offered;
        private final boolean extendedMasterSecret;

        @SuppressWarnings("NullAway.Init")
        private TlsSession established;

        Client(@Nullable TlsSession offered, boolean extendedMasterSecret) {
            super(new BcTlsCrypto(new SecureRandom()));
            this.offered = offered;
            this.extendedMasterSecret = extendedMasterSecret;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv12.only();
        }

        @Override
        public @Nullable TlsSession getSessionToResume() {
            return offered;
        }

        @Override
        public boolean shouldUseExtendedMasterSecret() {
            return extendedMasterSecret;
        }

        @Override
        public boolean allowLegacyResumption() {
            return true;
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            established = context.getSession();
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {}

                @Override
                public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
                    return null;
                }
            };
        }
    }
}
