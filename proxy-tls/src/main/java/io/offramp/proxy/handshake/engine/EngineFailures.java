package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.client.CertificateRefusal;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Role;
import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;

/** Interprets exceptions of the engine. */
final class EngineFailures {
    private EngineFailures() {}

    /**
     * The reason of the failure, with its description.
     *
     * @param ours which end of the handshake we are
     */
    static HandshakeFailure classify(Throwable failure, Role ours) {
        return switch (failure) {
            case TlsFatalAlertReceived received ->
                new HandshakeFailure(
                        received(received.getAlertDescription(), ours),
                        AlertDescription.getName(received.getAlertDescription()));
            case CertificateRefusal refusal ->
                new HandshakeFailure(refusal.fault().reason(ours), describe(refusal));
            case TlsFatalAlert sent
            when sent.getAlertDescription() == AlertDescription.internal_error ->
                new HandshakeFailure(Reason.INTERNAL, AlertDescription.getName(sent.getAlertDescription()), sent);
            case TlsFatalAlert sent -> new HandshakeFailure(Reason.ALERT_SENT, describe(sent), sent.getCause());
            default -> new HandshakeFailure(Reason.INTERNAL, failure.getClass().getSimpleName(), failure);
        };
    }

    private static Reason received(short alert, Role ours) {
        return ours == Role.CLIENT && alert == AlertDescription.certificate_required
                ? Reason.CERTIFICATE_DEMANDED
                : Reason.ALERT_RECEIVED;
    }

    /** Number of the alert that answers it. */
    static short alert(Throwable failure) {
        return switch (failure) {
            case TlsFatalAlert sent -> sent.getAlertDescription();
            default -> AlertDescription.internal_error;
        };
    }

    /**
     * Turns what was thrown while the engine took a message into an alert, if the message is to blame. The engine's
     * parsers throw unchecked exceptions on unexpected input, and plain I/O exceptions on malformed input: these become
     * decode_error or illegal_parameter, with the cause. An exception of our own code is our fault.
     */
    static IOException blame(Exception thrown) {
        return switch (thrown) {
            case TlsFatalAlert alert -> alert;
            case TlsFatalAlertReceived received -> received;
            case IOException unreadable ->
                new TlsFatalAlert(AlertDescription.decode_error, "cannot be read", unreadable);
            case IllegalArgumentException illegal
            when isOfEngine(illegal) ->
                new TlsFatalAlert(AlertDescription.illegal_parameter, "cannot be used", illegal);
            case RuntimeException unexpected
            when isOfEngine(unexpected) ->
                new TlsFatalAlert(AlertDescription.decode_error, "cannot be parsed", unexpected);
            default -> new TlsFatalAlert(AlertDescription.internal_error, thrown);
        };
    }

    /** Whether the engine's code has thrown it, directly or in a call. */
    private static boolean isOfEngine(RuntimeException thrown) {
        for (StackTraceElement frame : thrown.getStackTrace()) {
            String type = frame.getClassName();
            if (type.startsWith("org.bouncycastle.")) {
                return true;
            }
            if (type.startsWith("io.offramp.")) {
                return false;
            }
        }
        return false;
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
