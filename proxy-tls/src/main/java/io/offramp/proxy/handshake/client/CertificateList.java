package io.offramp.proxy.handshake.client;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * Checks the client's Certificate message before the engine reads it: the engine allocates as much as the message
 * claims, up to 16 MiB, and reports a long chain as an internal error.
 */
public final class CertificateList {
    /** More than any path needs, its root included. */
    public static final int MAX_CERTIFICATES = 10;

    private final byte[] body;
    private final boolean tls13;
    private int at;

    private CertificateList(byte[] body, boolean tls13) {
        this.body = body;
        this.tls13 = tls13;
    }

    /**
     * Refuses a message whose lengths do not add up (decode_error) or that has too many certificates (bad_certificate).
     *
     * @param body of the message (RFC 8446 §4.4.2, RFC 5246 §7.4.2)
     */
    public static void check(byte[] body, boolean tls13) throws TlsFatalAlert {
        new CertificateList(body, tls13).check();
    }

    private void check() throws TlsFatalAlert {
        if (tls13) {
            skip(1);
        }
        int bytes = length(3);
        if (bytes != body.length - at) {
            throw new TlsFatalAlert(
                    AlertDescription.decode_error, "certificate list of " + bytes + " bytes in " + (body.length - at));
        }
        for (int count = 1; at < body.length; count++) {
            if (count > MAX_CERTIFICATES) {
                throw new CertificateRefusal(
                        CertificateFault.BAD,
                        AlertDescription.bad_certificate,
                        "more than " + MAX_CERTIFICATES + " certificates");
            }
            skip(3);
            if (tls13) {
                skip(2);
            }
        }
    }

    /** Skips a vector whose length field has this many bytes. */
    private void skip(int lengthBytes) throws TlsFatalAlert {
        int bytes = length(lengthBytes);
        if (bytes > body.length - at) {
            throw new TlsFatalAlert(
                    AlertDescription.decode_error, bytes + " bytes where " + (body.length - at) + " are left");
        }
        at += bytes;
    }

    private int length(int lengthBytes) throws TlsFatalAlert {
        if (body.length - at < lengthBytes) {
            throw new TlsFatalAlert(AlertDescription.decode_error, "certificate message ends in a length");
        }
        int length = 0;
        for (int i = 0; i < lengthBytes; i++) {
            length = length << 8 | body[at++] & 0xff;
        }
        return length;
    }
}
