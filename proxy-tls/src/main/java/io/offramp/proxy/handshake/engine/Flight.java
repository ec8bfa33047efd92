package io.offramp.proxy.handshake.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Handshake messages on their way out. They are collected, so that a flight is one record for each key instead of one
 * for each message. Not thread-safe.
 */
final class Flight {
    /** Of the server's messages with one ECDSA certificate; more where they need more. */
    private static final int BYTES = 1 << 10;

    private @Nullable ByteArrayOutputStream messages;

    /** Writes the content of one record of type handshake. */
    @FunctionalInterface
    interface Records {
        void write(byte[] content, int offset, int length) throws IOException;
    }

    void add(byte[] message, int offset, int length) {
        if (messages == null) {
            messages = new ByteArrayOutputStream(BYTES);
        }
        messages.write(message, offset, length);
    }

    boolean isEmpty() {
        return messages == null;
    }

    /** @param most bytes of a record's content */
    void flush(int most, Records records) throws IOException {
        if (messages != null) {
            byte[] flight = messages.toByteArray();
            messages = null;
            for (int at = 0; at < flight.length; at += most) {
                records.write(flight, at, Math.min(most, flight.length - at));
            }
        }
    }
}
