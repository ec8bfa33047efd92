package io.offramp.proxy.exchange.sketch;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** DATA of one stream on its way out: no more leaves than the receiver has given credit for (RFC 9113 §5.2). */
final class Outgoing {
    /** What may wait before the sender has to stop. */
    private static final int HIGH_BYTES = 16 << 10;

    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private final Consumer<ByteBuf> wire;
    private long credit;
    private long waitingBytes;

    Outgoing(long credit, Consumer<ByteBuf> wire) {
        this.credit = credit;
        this.wire = wire;
    }

    void add(ByteBuf piece) {
        waitingBytes += piece.readableBytes();
        waiting.addLast(piece);
        send();
    }

    /** The receiver takes more; true if that made room. */
    boolean credit(long bytes) {
        boolean wasFull = !isWritable();
        credit += bytes;
        send();
        return wasFull && isWritable();
    }

    private void send() {
        while (credit > 0 && !waiting.isEmpty()) {
            ByteBuf first = waiting.getFirst();
            int bytes = (int) Math.min(credit, first.readableBytes());
            credit -= bytes;
            waitingBytes -= bytes;
            wire.accept(first.readRetainedSlice(bytes));
            if (!first.isReadable()) {
                waiting.removeFirst().release();
            }
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean isWritable() {
        return waitingBytes < HIGH_BYTES;
    }

    void drop() {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
    }
}
