package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.record.RecordHeader;
import io.offramp.offload.aead.record.RecordOpener;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts records together from the segments of the stream, some of which the device has decrypted (kernel tls-offload,
 * {@code tls_device_decrypted}). A record of decrypted segments alone is taken as it is; one of encrypted segments
 * alone is opened here; of a mixed one the decrypted parts are encrypted again first. So nothing is delivered that the
 * device or the host has not authenticated as a whole, and only the host says that a record is not authentic.
 *
 * <p>Marks tell segments apart: {@link DecryptedRuns#ENCRYPTED}, or the epoch of the key that the device had. Confined
 * to the session's event loop.
 */
final class RecordAssembler {
    /** Where a record is decrypted. */
    enum Work {
        /** The device. */
        DEVICE,
        /** The host. */
        HOST,
        /** The host, after the device had done a part of it. */
        MIXED
    }

    /** Takes what comes out. May close or rekey from inside. */
    interface Listener {
        /**
         * A record is whole; nothing of it has been opened yet.
         *
         * @param position of its header in the stream
         * @param recordBytes its length
         * @param hasMore whether bytes behind it are here already
         */
        void onRecord(long position, int recordBytes, long number, Work work, boolean hasMore);

        /** Its content; ownership moves. */
        void onContent(ContentType type, ByteBuf content);

        /** It breaks a rule, or is not authentic. */
        void onFault(OffloadException fault);
    }

    private record Retired(int epoch, Keystream keystream, long nextNumber, long nextRecord) {}

    private final ByteBufAllocator allocator;
    private final AeadEngine engine;
    private final RecordFormat format;
    private final Listener listener;
    private final List<Retired> retired = new ArrayList<>(0);
    private final DecryptedRuns runs = new DecryptedRuns();
    private TrafficKeys keys;
    private RecordOpener opener;
    private @Nullable ByteBuf partial;
    private int epoch;
    private long records;
    private long position;
    private boolean isOpen = true;

    /**
     * @param keys the caller's; it destroys them after {@link #close()} or {@link #rekey}
     * @param position where in the stream the first record starts
     */
    RecordAssembler(ByteBufAllocator allocator, AeadEngine engine, TrafficKeys keys, long position, Listener listener) {
        this.allocator = allocator;
        this.engine = engine;
        this.keys = keys;
        this.position = position;
        this.listener = listener;
        format = keys.format();
        opener = new RecordOpener(engine, keys);
    }

    /**
     * Takes the next bytes of the stream. What becomes whole by them is delivered before this returns, until the
     * listener closes this.
     *
     * @param segment borrowed, and changed: records are opened where they lie
     * @param mark what the device did with them
     */
    void push(ByteBuf segment, int index, int bytes, int mark) {
        int at = index;
        int end = index + bytes;
        try {
            while (at < end && isOpen) {
                int recordBytes = partial == null && end - at >= RecordFormat.HEADER_BYTES
                        ? RecordHeader.check(format, segment, at)
                        : 0;
                if (recordBytes > 0 && recordBytes <= end - at) {
                    int start = at;
                    at += recordBytes;
                    runs.clear();
                    runs.add(recordBytes, mark);
                    deliver(segment, start, recordBytes, at < end);
                } else {
                    at += append(segment, at, end - at, mark);
                    deliverPartial(at < end);
                }
            }
        } catch (OffloadException fault) {
            listener.onFault(fault);
        }
    }

    private int append(ByteBuf segment, int at, int bytes, int mark) {
        ByteBuf held = partial;
        if (held == null) {
            int room = bytes >= RecordFormat.HEADER_BYTES
                    ? RecordHeader.check(format, segment, at)
                    : RecordFormat.HEADER_BYTES;
            held = allocator.directBuffer(room);
            partial = held;
            runs.clear();
        }
        boolean headerIsWhole = held.readableBytes() >= RecordFormat.HEADER_BYTES;
        int wanted = headerIsWhole ? RecordHeader.check(format, held, 0) : RecordFormat.HEADER_BYTES;
        if (!headerIsWhole && held.readableBytes() == 0 && bytes >= RecordFormat.HEADER_BYTES) {
            wanted = RecordHeader.check(format, segment, at);
        }
        int taken = Math.min(bytes, wanted - held.readableBytes());
        held.writeBytes(segment, at, taken);
        runs.add(held.readableBytes(), mark);
        if (held.readableBytes() >= RecordFormat.HEADER_BYTES) {
            held.capacity(Math.max(held.capacity(), RecordHeader.check(format, held, 0)));
        }
        return taken;
    }

    private void deliverPartial(boolean hasMore) {
        ByteBuf record = partial;
        if (record == null || record.readableBytes() < RecordFormat.HEADER_BYTES) {
            return;
        }
        int recordBytes = RecordFormat.HEADER_BYTES + RecordHeader.fragmentBytes(record, 0);
        if (record.readableBytes() < recordBytes) {
            return;
        }
        partial = null;
        try {
            deliver(record, 0, recordBytes, hasMore);
        } finally {
            record.release();
        }
    }

    private void deliver(ByteBuf buffer, int at, int recordBytes, boolean hasMore) {
        Work work = runs.isAll(epoch) ? Work.DEVICE : runs.isAll(DecryptedRuns.ENCRYPTED) ? Work.HOST : Work.MIXED;
        listener.onRecord(position, recordBytes, opener.nextSequence(), work, hasMore);
        if (work == Work.MIXED) {
            restore(buffer, at, recordBytes);
        }
        ContentType type = work == Work.DEVICE ? opener.accept(buffer, at) : opener.open(buffer, at);
        position += recordBytes;
        records++;
        listener.onContent(type, buffer.retainedSlice(at + format.prefixBytes(), opener.contentBytes()));
    }

    private void restore(ByteBuf buffer, int at, int recordBytes) {
        restoreRetired(buffer, at, recordBytes);
        if (!runs.isAll(DecryptedRuns.ENCRYPTED)) {
            try (Keystream keystream = new Keystream(engine, keys)) {
                keystream.restore(buffer, at, recordBytes, opener.nextSequence(), runs, epoch);
            }
        }
    }

    /** Restores parts that the device has decrypted with a key that was no longer the right one. */
    private void restoreRetired(ByteBuf buffer, int at, int recordBytes) {
        for (Retired old : retired) {
            long number = old.nextNumber + (records - old.nextRecord);
            old.keystream.restore(buffer, at, recordBytes, number, runs, old.epoch);
        }
    }

    /** Goes on with other keys; the old ones may be destroyed when this returns. */
    void rekey(TrafficKeys next) {
        retired.add(new Retired(epoch, new Keystream(engine, keys), opener.nextSequence(), records));
        RecordOpener successor = new RecordOpener(engine, next);
        opener.close();
        opener = successor;
        keys = next;
        epoch++;
    }

    /** All that the device had before the last rekey has come back. */
    void onSettled() {
        if (retired.isEmpty()) {
            return;
        }
        ByteBuf held = partial;
        if (held != null && held.readableBytes() >= RecordFormat.HEADER_BYTES) {
            restoreRetired(held, 0, RecordFormat.HEADER_BYTES + RecordHeader.fragmentBytes(held, 0));
        }
        closeRetired();
    }

    private void closeRetired() {
        retired.forEach(old -> old.keystream.close());
        retired.clear();
    }

    /** Epoch of the current key: the mark of what the device decrypts with it. */
    int epoch() {
        return epoch;
    }

    /** Where in the stream the last whole record ends. */
    long position() {
        return position;
    }

    /** Number of the record that starts at {@link #position()}. */
    long nextSequence() {
        return opener.nextSequence();
    }

    /** Bytes of a partial record held. */
    int partialBytes() {
        return partial == null ? 0 : partial.readableBytes();
    }

    /** Length of the record that a part of is held; 0 while there is none, or its header is not whole. */
    int partialRecordBytes() {
        ByteBuf held = partial;
        return held == null || held.readableBytes() < RecordFormat.HEADER_BYTES
                ? 0
                : RecordFormat.HEADER_BYTES + RecordHeader.fragmentBytes(held, 0);
    }

    /**
     * Where the last record ends that ends within the next bytes of the stream, counted from their first; 0 if none
     * does.
     *
     * @param most looked at, of {@code bytes} that are there
     */
    int endWithin(ByteBuf segment, int at, int bytes, int most) {
        int ended = 0;
        int next = Math.max(0, partialRecordBytes() - partialBytes());
        while (next <= most && next + RecordFormat.HEADER_BYTES <= bytes) {
            ended = next;
            next += RecordFormat.HEADER_BYTES + RecordHeader.fragmentBytes(segment, at + next);
        }
        return ended;
    }

    /** Gives away the bytes of a partial record, as they were on the wire; the caller's. */
    ByteBuf takePartial() {
        ByteBuf held = partial;
        if (held == null) {
            return Unpooled.EMPTY_BUFFER;
        }
        int recordBytes = partialRecordBytes();
        if (recordBytes > 0 && isOpen) {
            restore(held, 0, recordBytes);
        }
        partial = null;
        return held;
    }

    /** Delivers nothing further, and forgets the key. */
    void close() {
        isOpen = false;
        opener.close();
        closeRetired();
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}
