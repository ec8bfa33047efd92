package io.offramp.proxy.handshake.client;

import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Role;

/** What is wrong with a peer's certificate. */
public enum CertificateFault {
    /** None was sent where one is required. */
    MISSING(Reason.CLIENT_CERTIFICATE_MISSING, Reason.SERVER_CERTIFICATE_BAD),
    /** The path does not end in a trusted one, or is too long. */
    UNTRUSTED(Reason.CLIENT_CERTIFICATE_UNTRUSTED, Reason.SERVER_CERTIFICATE_UNTRUSTED),
    /** One of the path has expired or is not valid yet. */
    EXPIRED(Reason.CLIENT_CERTIFICATE_EXPIRED, Reason.SERVER_CERTIFICATE_EXPIRED),
    /** One of the path has been revoked. */
    REVOKED(Reason.CLIENT_CERTIFICATE_REVOKED, Reason.SERVER_CERTIFICATE_REVOKED),
    /** No current revocation list where one is needed. */
    REVOCATION_UNKNOWN(Reason.CLIENT_CERTIFICATE_REVOCATION_UNKNOWN, Reason.SERVER_CERTIFICATE_REVOCATION_UNKNOWN),
    /** It is for another purpose. */
    USAGE(Reason.CLIENT_CERTIFICATE_USAGE, Reason.SERVER_CERTIFICATE_USAGE),
    /** It is for another name; only servers are asked for one. */
    NAME(Reason.CLIENT_CERTIFICATE_BAD, Reason.SERVER_CERTIFICATE_NAME),
    /** It is malformed, or breaks a rule of its path. */
    BAD(Reason.CLIENT_CERTIFICATE_BAD, Reason.SERVER_CERTIFICATE_BAD);

    private final Reason ofClient;
    private final Reason ofServer;

    CertificateFault(Reason ofClient, Reason ofServer) {
        this.ofClient = ofClient;
        this.ofServer = ofServer;
    }

    /** To count by. */
    public Reason reason(Role ours) {
        return ours.peer(ofClient, ofServer);
    }
}
