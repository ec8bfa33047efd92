package io.offramp.proxy.handshake.crypto;

import java.io.IOException;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsSecret;

/** Passes the secrets of one handshake to the key log when they appear, in full and in resumed handshakes. */
public record KeyLogTap(KeyLog log) {
    /**
     * New keys are about to be used.
     *
     * @param first whether they are the first ones of the handshake: in TLS 1.3 those of the handshake itself
     */
    void onKeys(SecurityParameters negotiated, boolean first) throws IOException {
        if (!TlsUtils.isTLSv13(negotiated.getNegotiatedVersion())) {
            add(negotiated, "CLIENT_RANDOM", negotiated.getMasterSecret());
        } else if (first) {
            add(negotiated, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", negotiated.getTrafficSecretClient());
            add(negotiated, "SERVER_HANDSHAKE_TRAFFIC_SECRET", negotiated.getTrafficSecretServer());
        } else {
            add(negotiated, "CLIENT_TRAFFIC_SECRET_0", negotiated.getTrafficSecretClient());
            add(negotiated, "SERVER_TRAFFIC_SECRET_0", negotiated.getTrafficSecretServer());
        }
    }

    /** Called while the secrets still exist. */
    public void onComplete(SecurityParameters negotiated) throws IOException {
        if (TlsUtils.isTLSv13(negotiated.getNegotiatedVersion())) {
            add(negotiated, "EXPORTER_SECRET", negotiated.getExporterMasterSecret());
        }
    }

    private void add(SecurityParameters negotiated, String label, TlsSecret secret) throws IOException {
        if (log != KeyLog.NONE) {
            log.add(label, negotiated.getClientRandom(), HandshakeCrypto.secretOf(secret));
        }
    }
}
