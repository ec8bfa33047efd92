package io.offramp.proxy.handshake.certificate;

import org.bouncycastle.tls.CertificateStatus;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.jspecify.annotations.Nullable;

/** A certificate chosen for a handshake, with what is sent beside it. */
public interface StapledSigner extends TlsCredentialedSigner {
    /**
     * The OCSP response; null if the client did not ask or there is none. In TLS 1.3 it is in the certificate message
     * as well.
     */
    @Nullable
    CertificateStatus status();
}
