package io.offramp.proxy.handshake.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The {@code info} of HKDF-Expand-Label (RFC 8446 §7.1). */
public final class HkdfLabel {
    private static final String PREFIX = "tls13 ";

    private HkdfLabel() {}

    /** For a label without context. */
    public static byte[] of(String label, int length) {
        return of(label, new byte[0], length);
    }

    /** @param context at most 255 bytes */
    public static byte[] of(String label, byte[] context, int length) {
        byte[] full = (PREFIX + label).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(2 + 1 + full.length + 1 + context.length)
                .putShort((short) length)
                .put((byte) full.length)
                .put(full)
                .put((byte) context.length)
                .put(context)
                .array();
    }
}
