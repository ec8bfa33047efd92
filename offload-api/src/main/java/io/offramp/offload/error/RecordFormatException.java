package io.offramp.offload.error;

import io.offramp.offload.record.AlertDescription;
import java.util.Optional;

/**
 * The peer's fault: a record that breaks the format (RFC 8446 §5.1, §5.2, §5.4). The connection closes with
 * {@link #alert()}.
 */
public final class RecordFormatException extends OffloadException {
    private final transient AlertDescription alert;

    /**
     * @param alert what the standard asks for: {@code record_overflow}, {@code unexpected_message},
     *     {@code decode_error}
     * @param message says got and limit in bytes
     */
    public RecordFormatException(AlertDescription alert, String message) {
        super(message, false);
        this.alert = alert;
    }

    @Override
    public Optional<AlertDescription> alert() {
        return Optional.of(alert);
    }
}
