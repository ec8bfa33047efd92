package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.context.RecordCursor;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.record.RecordFormat;

/**
 * Decrypts the records of a packet on its way into host memory, and keeps the position of its flow. All or nothing: a
 * packet of which one byte cannot be decrypted, or one record does not authenticate, goes to the host as it was on the
 * wire.
 *
 * <pre>
 *   START ──────────► TRACKING, OFFLOAD ──────────────────► SEARCHING
 *    in order, from     in order; a gap inside of a record     a header was lost: looks for bytes like one
 *    next_record_tcp_sn misses that record alone                  │
 *                         ▲                                       ▼
 *                         └──────────────────────────────── TRACKING, NO_OFFLOAD
 *                           static params with resync_tcp_sn     follows lengths from there and asks for the number,
 *                           say the number                       again and again; back to SEARCHING when they lead
 *                                                                nowhere
 * </pre>
 */
final class RxEngine {
    private final HeaderSearch search = new HeaderSearch();
    private final PartialOpen records;

    RxEngine(RecordCipher cipher) {
        records = new PartialOpen(cipher);
    }

    /**
     * Writes the packet's payload to host memory, decrypted if that is possible.
     *
     * @param sequence TCP sequence of the payload's first byte
     * @param host has room for {@code bytes} at {@code hostIndex}
     */
    TlsOffload receive(
            TlsContext context, int sequence, ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        TlsOffload result = track(context, sequence, wire, index, bytes, host, hostIndex);
        if (result != TlsOffload.DECRYPTED) {
            host.setBytes(hostIndex, wire, index, bytes);
        }
        return result;
    }

    private TlsOffload track(
            TlsContext context, int sequence, ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        if (context.tracker() == null || bytes == 0) {
            return TlsOffload.NOT_DECRYPTED;
        }
        if (context.tracker() == TrackerState.SEARCHING) {
            return search(context, sequence, wire, index, bytes);
        }
        int gap = sequence - context.nextTcpSequence();
        if (gap > 0 && !skips(context, gap)) {
            context.lose();
            return search(context, sequence, wire, index, bytes);
        }
        // Bytes that went by before are passed as they are; those behind them are followed, not decrypted.
        int seen = Math.max(0, -gap);
        if (seen >= bytes) {
            return TlsOffload.NOT_DECRYPTED;
        }
        boolean isWhole = seen == 0 && !context.isAsking() && !context.cursor().isMissed() && context.hasKey();
        int taken = isWhole
                ? records.decrypt(context, wire, index, bytes, host, hostIndex)
                : records.follow(context, wire, index + seen, bytes - seen);
        if (taken < bytes - seen) {
            context.lose();
            int from = seen + taken;
            return search(context, sequence + from, wire, index + from, bytes - from);
        }
        context.advance(sequence + bytes);
        if (!isWhole) {
            boolean asksAgain = context.isAsking() && context.asksAgain(sequence);
            return asksAgain ? TlsOffload.RESYNC : TlsOffload.NOT_DECRYPTED;
        }
        return records.isAuthentic() ? TlsOffload.DECRYPTED : TlsOffload.ERROR;
    }

    /**
     * Passes over bytes that are missing, if the lengths that are known say where the next record starts behind them
     * (kernel tls-offload: "stream data is lost, but not the header").
     */
    private static boolean skips(TlsContext context, int gap) {
        RecordCursor cursor = context.cursor();
        if (cursor.offset() < RecordFormat.HEADER_BYTES || gap > cursor.recordBytes() - cursor.offset()) {
            return false;
        }
        cursor.miss();
        cursor.advance(gap);
        if (cursor.offset() == cursor.recordBytes()) {
            context.onRecordEnd();
        }
        return true;
    }

    private TlsOffload search(TlsContext context, int sequence, ByteBuf wire, int index, int bytes) {
        int from = 0;
        while (true) {
            int found = search.find(context.format(), wire, index + from, bytes - from);
            if (found < 0) {
                return TlsOffload.NOT_DECRYPTED;
            }
            from += found;
            context.ask(sequence + from);
            int taken = records.follow(context, wire, index + from, bytes - from);
            if (taken == bytes - from) {
                context.advance(sequence + bytes);
                return TlsOffload.RESYNC;
            }
            // The lengths led to something that is no header: that was a record's content.
            context.lose();
            from += Math.max(1, taken);
        }
    }

    void close() {
        records.close();
    }
}
