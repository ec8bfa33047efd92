package io.offramp.proxy.handshake.engine;

import java.io.IOException;
import java.util.Arrays;

/**
 * Handshake messages on their way out. They are collected, so that a flight is one record for each key instead of one
 * for each message. Not thread-safe.
 */
final class Flight {
    /** Of the server's messages with one ECDSA certificate; more where they need more. */
    private static final int BYTES = 1 << 10;

    private static final byte[] NONE = {};

    private byte[] messages = NONE;
    private int bytes;

    /** Writes the content of one record of type handshake. The array is the flight's: valid during the call only. */
    @FunctionalInterface
    interface Records {
        void write(byte[] content, int offset, int length) throws IOException;
    }

    void add(byte[] message, int offset, int length) {
        if (messages.length - bytes < length) {
            messages = Arrays.copyOf(messages, Math.max(BYTES, 2 * (bytes + length)));
        }
        System.arraycopy(message, offset, messages, bytes, length);
        bytes += length;
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** @param most bytes of a record's content */
    void flush(int most, Records records) throws IOException {
        int end = bytes;
        bytes = 0;
        for (int at = 0; at < end; at += most) {
            records.write(messages, at, Math.min(most, end - at));
        }
    }
}
