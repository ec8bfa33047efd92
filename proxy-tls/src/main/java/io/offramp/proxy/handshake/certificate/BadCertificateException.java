package io.offramp.proxy.handshake.certificate;

import java.io.Serial;

/**
 * A certificate or key that cannot be used. The message is one clause, to follow the path of the setting: {@code no
 * such file: site.pem}.
 */
public final class BadCertificateException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public BadCertificateException(String message) {
        super(message);
    }

    public BadCertificateException(String message, Throwable cause) {
        super(message, cause);
    }
}
