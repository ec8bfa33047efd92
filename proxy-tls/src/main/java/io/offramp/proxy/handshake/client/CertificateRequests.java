package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.crypto.SigningScheme;
import java.io.IOException;
import java.util.List;
import java.util.Vector;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsUtils;

/** How clients are asked for a certificate. Immutable, shared by all connections. */
public final class CertificateRequests {
    /** The list and what contains it have 16-bit lengths. More names than that help no client to choose. */
    private static final int MAX_NAMES_BYTES = 32 << 10;

    private static final short[] TYPES = {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign};

    private final Vector<SignatureAndHashAlgorithm> schemes = new Vector<>();
    private final Vector<X500Name> names = new Vector<>();

    /** @param authorities names that clients choose by; not sent if there are too many */
    CertificateRequests(List<X500Principal> authorities) {
        SigningScheme.VERIFIABLE.forEach(scheme -> schemes.add(scheme.wire()));
        if (authorities.stream().mapToInt(name -> 2 + name.getEncoded().length).sum() <= MAX_NAMES_BYTES) {
            authorities.forEach(name -> names.add(X500Name.getInstance(name.getEncoded())));
        }
    }

    /**
     * The message (RFC 8446 §4.3.2, RFC 5246 §7.4.4). In TLS 1.3 the PKCS#1 schemes in it are for signatures in
     * certificates only (RFC 8446 §4.2.3); see {@link PeerCertificate}.
     */
    public CertificateRequest message(boolean tls13) throws IOException {
        return tls13
                ? new CertificateRequest(TlsUtils.EMPTY_BYTES, schemes, null, names.isEmpty() ? null : names)
                : new CertificateRequest(TYPES, schemes, names);
    }
}
