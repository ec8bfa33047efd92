package io.offramp.app.e2e;

import java.io.InputStream;
import java.util.Random;

/** A stream of this many bytes, always the same. */
final class SeededBytes extends InputStream {
    private final byte[] block = new byte[65_521];
    private final long bytes;
    private long position;

    SeededBytes(long bytes) {
        this.bytes = bytes;
        new Random(bytes).nextBytes(block);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (position == bytes) {
            return -1;
        }
        int at = (int) (position % block.length);
        int n = (int) Math.min(Math.min(length, block.length - at), bytes - position);
        System.arraycopy(block, at, target, offset, n);
        position += n;
        return n;
    }
}
