package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.certificate.Credentials;
import io.offramp.proxy.handshake.certificate.StapledSigner;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.KeyType;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Chooses a certificate and how to sign with it, by what the client can verify (RFC 8446 §4.4.2.2, RFC 8422 §5.1). */
final class CertificateChoice {
    private CertificateChoice() {}

    /**
     * The first of the candidates that the client can verify, ready to sign; null if there is none.
     *
     * @param candidates in order of preference
     * @param parameters of the handshake
     */
    static @Nullable StapledSigner of(
            List<Credentials> candidates, TlsSuite suite, ClientOffer offer, SecurityParameters parameters) {
        // the engine would assume SHA-1 (RFC 5246 §7.4.1.4.1), which is no longer accepted (RFC 9155)
        Vector<?> schemes = offer.namesSchemes() ? parameters.getClientSigAlgs() : null;
        boolean tls13 = TlsUtils.isTLSv13(parameters.getNegotiatedVersion());
        for (Credentials candidate : candidates) {
            if (suite.allows(candidate.keyType()) && (tls13 || knowsCurve(candidate.keyType(), parameters))) {
                StapledSigner signer = candidate.signer(schemes, tls13, offer.asksForStatus());
                if (signer != null) {
                    return signer;
                }
            }
        }
        return null;
    }

    /** TLS 1.2: an ECDSA certificate binds a curve. */
    private static boolean knowsCurve(KeyType key, SecurityParameters parameters) {
        int[] offered = parameters.getClientSupportedGroups();
        return offered == null
                || switch (key) {
                    case ECDSA_P256 -> Arrays.contains(offered, Group.SECP256R1.code());
                    case ECDSA_P384 -> Arrays.contains(offered, Group.SECP384R1.code());
                    case RSA -> true;
                };
    }
}
