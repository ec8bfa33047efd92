package io.offramp.app.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * The content of the demo's bodies: lines of text, each with its offset, one MiB repeated. Every process has the same
 * bytes, so hashes can be compared. A body that was cut, or reordered within a MiB, hashes differently.
 */
final class DemoContent {
    /** After this many bytes the content repeats. */
    static final int PERIOD_BYTES = 1 << 20;

    private static final int LINE_BYTES = 64;
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final ByteBuf PERIOD = Unpooled.unreleasableBuffer(make());

    private DemoContent() {}

    /**
     * The content from a position on, in shared memory: do not write to it. Releasing it has no effect.
     *
     * @param position at least 0
     * @param mostBytes at least 1
     * @return one contiguous piece of at most {@code mostBytes}
     */
    static ByteBuf slice(long position, long mostBytes) {
        int offset = (int) (position % PERIOD_BYTES);
        return PERIOD.slice(offset, (int) Math.min(mostBytes, PERIOD_BYTES - offset));
    }

    private static ByteBuf make() {
        SplittableRandom random = new SplittableRandom(8446);
        StringBuilder text = new StringBuilder(PERIOD_BYTES);
        while (text.length() < PERIOD_BYTES) {
            int end = text.length() + LINE_BYTES - 1;
            text.append(HexFormat.of().toHexDigits(text.length())).append(' ');
            while (text.length() < end) {
                text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            text.append('\n');
        }
        return Unpooled.directBuffer(PERIOD_BYTES)
                .writeBytes(text.toString().getBytes(StandardCharsets.US_ASCII))
                .asReadOnly();
    }
}
