package io.offramp.proxy.handshake;

import io.offramp.proxy.handshake.HandshakeFailure.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;

/** Tells what an exception out of the engine means. */
final class EngineFailures {
    private EngineFailures() {}

    /** Whose fault it is, and in which words. */
    static HandshakeFailure classify(Throwable failure) {
        return switch (failure) {
            case TlsFatalAlertReceived received ->
                new HandshakeFailure(Reason.ALERT_RECEIVED, AlertDescription.getName(received.getAlertDescription()));
            case ClientRefusal refusal -> new HandshakeFailure(refusal.reason(), describe(refusal));
            case TlsFatalAlert sent when isOurs(sent) ->
                new HandshakeFailure(Reason.INTERNAL, AlertDescription.getName(sent.getAlertDescription()), sent);
            case TlsFatalAlert sent -> new HandshakeFailure(Reason.ALERT_SENT, describe(sent));
            case EOFException truncated -> new HandshakeFailure(Reason.ALERT_SENT, "decode_error: message too short");
            default -> new HandshakeFailure(Reason.INTERNAL, failure.getClass().getSimpleName(), failure);
        };
    }

    /** Number of the alert that answers it. */
    static short alert(Throwable failure) {
        return switch (failure) {
            case TlsFatalAlert sent -> sent.getAlertDescription();
            case EOFException truncated -> AlertDescription.decode_error;
            default -> AlertDescription.internal_error;
        };
    }

    /** An internal_error without a cause is the engine's word for limits; with one, something broke. */
    private static boolean isOurs(TlsFatalAlert alert) {
        Throwable cause = alert.getCause();
        return alert.getAlertDescription() == AlertDescription.internal_error
                && (cause instanceof RuntimeException || cause instanceof GeneralSecurityException
                        || cause instanceof IOException && !(cause instanceof EOFException));
    }

    private static String describe(TlsFatalAlert alert) {
        String name = AlertDescription.getName(alert.getAlertDescription());
        String detail = detailOf(alert.getMessage());
        return detail == null ? name : name + ": " + detail;
    }

    /** The engine writes {@code name(number); detail}. */
    private static @Nullable String detailOf(@Nullable String message) {
        int at = message == null ? -1 : message.indexOf("; ");
        return message == null || at < 0 ? null : message.substring(at + 2);
    }
}
