package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.crypto.Group;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Vector;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** Bouncy Castle's TLS 1.3 client with its own cryptography, for one group, without a socket. Trusts everybody. */
final class BouncyClient {
    private final TlsClientProtocol protocol = new TlsClientProtocol();

    /** @param sendsShare whether the first ClientHello has a share */
    BouncyClient(Group group, boolean sendsShare) throws IOException {
        protocol.connect(new Client(group, sendsShare));
    }

    byte[] hello() {
        return output();
    }

    byte[] exchange(byte[] fromServer) throws IOException {
        protocol.offerInput(fromServer);
        return output();
    }

    boolean isComplete() {
        return protocol.isConnected() && !protocol.isHandshaking();
    }

    private byte[] output() {
        byte[] bytes = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(bytes, 0, bytes.length);
        return bytes;
    }

    @SuppressWarnings("rawtypes") // the library is older than generics
    private static final class Client extends DefaultTlsClient {
        private final Group group;
        private final boolean sendsShare;

        Client(Group group, boolean sendsShare) {
            super(new BcTlsCrypto(new SecureRandom()));
            this.group = group;
            this.sendsShare = sendsShare;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
        }

        @Override
        protected Vector getSupportedGroups(Vector namedGroupRoles) {
            Vector<Integer> groups = new Vector<>();
            groups.add(group.code());
            return groups;
        }

        @Override
        public @Nullable Vector getEarlyKeyShareGroups() {
            return sendsShare ? getSupportedGroups(new Vector()) : null;
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
