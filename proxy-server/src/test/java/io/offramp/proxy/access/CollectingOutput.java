package io.offramp.proxy.access;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Collects lines; may take some bytes only, none, or fail. */
final class CollectingOutput implements LogOutput {
    /** Takes all. */
    static final int ALL = Integer.MAX_VALUE;

    /** Fails. */
    static final int FAIL = -1;

    /** Throws what no output should throw. */
    static final int BREAK = -2;

    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private int room = ALL;
    private int failures;
    private int writes;
    private int reopened;
    private boolean closed;

    /** @param bytes to take from now on, {@link #ALL}, {@link #FAIL} or {@link #BREAK} */
    synchronized void take(int bytes) {
        room = bytes;
    }

    /** The next writes fail. */
    synchronized void fail(int times) {
        failures = times;
    }

    @Override
    public synchronized void write(ByteBuffer lines) throws IOException {
        writes++;
        if (room == FAIL || failures-- > 0) {
            throw new IOException("No space left on device");
        }
        if (room == BREAK) {
            throw new IllegalStateException("a fault of this output");
        }
        byte[] some = new byte[Math.min(room, lines.remaining())];
        lines.get(some);
        taken.writeBytes(some);
        room -= room == ALL ? 0 : some.length;
    }

    @Override
    public synchronized void reopen() {
        reopened++;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    synchronized int writes() {
        return writes;
    }

    synchronized int reopened() {
        return reopened;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** What it has; the last may be a part of a line. */
    synchronized List<String> lines() {
        return taken.toString(StandardCharsets.US_ASCII).lines().toList();
    }
}
