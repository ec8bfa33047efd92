package io.offramp.offload.device.wire;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.TreeMap;

/**
 * The receiving half of a TCP connection: puts segments in order. Segments are never joined, so that each keeps what
 * the device said of it. Confined to one thread.
 */
public final class TcpReceiver {
    /** Takes what is in order. */
    @FunctionalInterface
    public interface Delivery {
        /** The next bytes of the stream, and the mark of the packet that brought them; ownership moves. */
        void onBytes(ByteBuf payload, int mark);
    }

    private record Segment(ByteBuf payload, int mark) {}

    private final TreeMap<Long, Segment> waiting = new TreeMap<>();
    private final Delivery delivery;
    private long next;

    /** @param start position of the first byte */
    public TcpReceiver(long start, Delivery delivery) {
        next = start;
        this.delivery = delivery;
    }

    /** The position that bytes with this TCP sequence have: the one nearest to what is expected. */
    public long positionOf(int tcpSequence, int offset) {
        return next + (tcpSequence - (int) (next + offset));
    }

    /** Takes a segment; ownership moves. What is in order by it comes out before this returns. */
    public void receive(long position, ByteBuf payload, int mark) {
        Segment known = waiting.get(position);
        if (position + payload.readableBytes() <= next
                || known != null && known.payload.readableBytes() >= payload.readableBytes()) {
            payload.release();
            return;
        }
        if (known != null) {
            known.payload.release();
        }
        waiting.put(position, new Segment(payload, mark));
        drain();
    }

    private void drain() {
        while (!waiting.isEmpty() && waiting.firstKey() <= next) {
            Map.Entry<Long, Segment> first = waiting.pollFirstEntry();
            ByteBuf payload = first.getValue().payload;
            long seen = next - first.getKey();
            if (seen >= payload.readableBytes()) {
                payload.release();
                continue;
            }
            payload.skipBytes((int) seen);
            next += payload.readableBytes();
            delivery.onBytes(payload, first.getValue().mark);
        }
    }

    /** Everything before this position has come in. */
    public long next() {
        return next;
    }

    /** True where nothing waits for something before it. */
    public boolean isInOrder() {
        return waiting.isEmpty();
    }

    /** Drops what waits. */
    public void close() {
        waiting.values().forEach(segment -> segment.payload.release());
        waiting.clear();
    }
}
