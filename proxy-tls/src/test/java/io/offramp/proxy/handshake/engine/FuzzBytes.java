package io.offramp.proxy.handshake.engine;

import java.util.Arrays;

/** The bytes of a fuzz input as choices: at its end all of them are zero. */
final class FuzzBytes {
    private final byte[] bytes;
    private int at;

    FuzzBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean hasMore() {
        return at < bytes.length;
    }

    int uint8() {
        return hasMore() ? bytes[at++] & 0xff : 0;
    }

    int uint16() {
        return uint8() << 8 | uint8();
    }

    /** A number below this one; 0 for none. */
    int below(int limit) {
        return limit == 0 ? 0 : uint8() % limit;
    }

    /** As many as the next byte says, or are left. */
    byte[] some() {
        int count = Math.min(uint8(), bytes.length - at);
        at += count;
        return Arrays.copyOfRange(bytes, at - count, at);
    }
}
