package io.offramp.proxy.whatif;

import java.io.Serial;

/** A capture cannot be read; the message is for the user: {@code sessions.csv:17: tx_bytes: expected …}. */
public final class CaptureException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    CaptureException(String message) {
        super(message, null, false, false);
    }
}
