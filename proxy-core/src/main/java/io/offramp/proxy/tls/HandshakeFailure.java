package io.offramp.proxy.tls;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The reason of a failed handshake.
 *
 * @param reason its class, for counting
 * @param detail one clause for the log; numbers and names, never a secret
 * @param cause the exception: for {@link Reason#INTERNAL} our own fault, logged with its trace; for a client's fault
 *     that the engine found, shown at debug level; else null
 */
public record HandshakeFailure(
        Reason reason, String detail, @Nullable Throwable cause) {
    /** A failure that the peer caused. */
    public HandshakeFailure(Reason reason, String detail) {
        this(reason, detail, null);
    }

    /** Classes of failure. */
    public enum Reason {
        /** The client closed before it sent anything: a port scan or a health check. */
        NO_DATA,
        /** The client closed or was cut off half-way. */
        CLOSED,
        /** Not complete in time. */
        TIMEOUT,
        /** The client had not said hello when room was needed for others. */
        DISPLACED,
        /** The client had not sent a byte when the proxy began to drain. */
        DRAINED,
        /** A proxy in front of us that sent no valid PROXY header. */
        PROXY_HEADER,
        /** Plain HTTP on a TLS port. */
        PLAIN_HTTP,
        /** Not TLS at all. */
        NOT_TLS,
        /** More bytes than a handshake may have. */
        TOO_LARGE,
        /** We sent a fatal alert: see the detail. */
        ALERT_SENT,
        /** The client sent a fatal alert: see the detail. */
        ALERT_RECEIVED,
        /** No client certificate where one is required. */
        CLIENT_CERTIFICATE_MISSING,
        /** A client certificate whose path does not end in a trusted one, or is too long. */
        CLIENT_CERTIFICATE_UNTRUSTED,
        /** A client certificate, or one of its path, that has expired or is not valid yet. */
        CLIENT_CERTIFICATE_EXPIRED,
        /** A client certificate, or one of its path, that has been revoked. */
        CLIENT_CERTIFICATE_REVOKED,
        /** No current revocation list where one is needed. */
        CLIENT_CERTIFICATE_REVOCATION_UNKNOWN,
        /** A certificate that is not for clients. */
        CLIENT_CERTIFICATE_USAGE,
        /** A client certificate that is malformed or breaks a rule of its path. */
        CLIENT_CERTIFICATE_BAD,
        /** A server's certificate whose path does not end in a trusted one, or is too long. */
        SERVER_CERTIFICATE_UNTRUSTED,
        /** A server's certificate, or one of its path, that has expired or is not valid yet. */
        SERVER_CERTIFICATE_EXPIRED,
        /** A server's certificate, or one of its path, that has been revoked. */
        SERVER_CERTIFICATE_REVOKED,
        /** No current revocation list where one is needed for a server. */
        SERVER_CERTIFICATE_REVOCATION_UNKNOWN,
        /** A certificate that is not for servers. */
        SERVER_CERTIFICATE_USAGE,
        /** A server's certificate that is for other names. */
        SERVER_CERTIFICATE_NAME,
        /** A server's certificate that is malformed or breaks a rule of its path. */
        SERVER_CERTIFICATE_BAD,
        /** A server demanded a certificate of us, and did not get one that it accepts. */
        CERTIFICATE_DEMANDED,
        /** A server did not accept our certificate. */
        CERTIFICATE_REFUSED,
        /** A server chose no application protocol that we can speak. */
        NO_PROTOCOL,
        /** Our own fault. */
        INTERNAL;

        /** As a metric's label: {@code plain_http}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
