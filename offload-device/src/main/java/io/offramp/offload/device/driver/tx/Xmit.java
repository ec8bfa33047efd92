package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.driver.counter.DeviceCounters;
import io.offramp.offload.device.driver.queue.CompletionHandler;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.queue.ParamsPoster;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.EthernetSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import io.offramp.offload.key.TrafficKeys;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends packets of a connection through its context, whatever part of the stream they hold: mlx5's
 * {@code mlx5e_ktls_handle_tx_skb}. A packet that does not start where the context stands brings it there first: the
 * params of the record that it starts in, and what precedes it in that record as DUMPs. Confined to the event loop.
 */
final class Xmit {
    /** The fate of a packet. */
    enum Outcome {
        /** Posted with the context's number. */
        OFFLOADED,
        /** Lies before the offload and was encrypted then: posted without a number. */
        PLAIN,
        /** Must not leave: no record is known for it, or it is half of what was never offloaded. */
        DROPPED
    }

    private static final int DUMP_OCTOWORDS = 2;
    /** No record has this number: what the device has for static params is not known. */
    private static final long UNKNOWN = -1;

    private final DeviceChannel channel;
    private final DeviceCounters counters;
    private final RecordList records;
    private final PacketTemplate packets;
    private final IntSupplier mss;
    private TrafficKeys keys;
    private int expectedSequence;
    private @Nullable TxContext context;
    private long programmedRecord = UNKNOWN;
    private boolean isLost;
    private int failuresInARow;
    private final CompletionHandler onParams = this::onParams;
    private final CompletionHandler onDump = this::onDump;
    private final CompletionHandler onSend = this::onSend;
    private final CompletionHandler onPlain = this::onPlain;

    /**
     * @param records what may be sent
     * @param packets headers of the flow's packets
     * @param mss most payload of a packet now
     * @param keys the session's
     * @param sequence TCP sequence where the offload starts
     */
    Xmit(
            SessionPlace place,
            RecordList records,
            PacketTemplate packets,
            IntSupplier mss,
            TrafficKeys keys,
            int sequence) {
        channel = place.channel();
        counters = place.counters();
        this.records = records;
        this.packets = packets;
        this.mss = mss;
        this.keys = keys;
        expectedSequence = sequence;
    }

    /** Goes on with other keys from this sequence; everything before it has been acknowledged. */
    void rekey(TrafficKeys next, int sequence) {
        keys = next;
        expectedSequence = sequence;
        programmedRecord = UNKNOWN;
    }

    /**
     * Sends one packet or large send.
     *
     * @param context the connection's
     * @param sequence TCP sequence of the first byte
     * @param payload of a packet from before the offload, as it was encrypted then; null where the records have it
     */
    Outcome send(TxContext context, int sequence, int bytes, @Nullable ByteBuf payload) {
        this.context = context;
        boolean isInOrder = sequence == expectedSequence && !isLost;
        if (isInOrder && segments(sequence, bytes) == 0) {
            counters.txDropNoSyncData.increment();
            return Outcome.DROPPED;
        }
        if (context.takePostPending()) {
            postParams(context, keys.nextSequence(), true);
        }
        if (!isInOrder) {
            counters.txOutOfOrder.increment();
            Outcome outcome = resync(context, sequence, bytes);
            if (outcome == Outcome.PLAIN && payload != null) {
                postPlain(sequence, bytes, payload);
            }
            if (outcome != Outcome.OFFLOADED) {
                return outcome == Outcome.PLAIN && payload == null ? Outcome.DROPPED : outcome;
            }
        }
        expectedSequence = sequence + bytes;
        isLost = false;
        postRecords(context, sequence, bytes);
        counters.txEncryptedPackets.add(Math.ceilDiv(bytes, mss.getAsInt()));
        counters.txEncryptedBytes.add(bytes);
        channel.send().doorbell();
        return Outcome.OFFLOADED;
    }

    /** Brings the context to a sequence, or says why not. */
    private Outcome resync(TxContext context, int sequence, int bytes) {
        SentRecord record = records.find(sequence);
        if (record == null) {
            counters.txDropNoSyncData.increment();
            return Outcome.DROPPED;
        }
        int end = sequence + bytes;
        if (record.isStartMarker()) {
            if (!RecordList.isBefore(record.endSequence(), end)) {
                counters.txSkipNoSyncData.increment();
                return Outcome.PLAIN;
            }
            counters.txDropBypass.increment();
            counters.txDropNoSyncData.increment();
            return Outcome.DROPPED;
        }
        if (RecordList.isBefore(sequence, record.startSequence()) || segments(sequence, bytes) == 0) {
            counters.txDropNoSyncData.increment();
            return Outcome.DROPPED;
        }
        postParams(context, record.number(), false);
        int syncBytes = sequence - record.startSequence();
        int most = channel.mtu();
        for (int done = 0; done < syncBytes; done += most) {
            postDump(context, record, done, Math.min(most, syncBytes - done));
        }
        counters.txResyncBytes.add(syncBytes);
        return Outcome.OFFLOADED;
    }

    /**
     * Static params unless the device has them with this number, progress params, and a fence in front of what follows.
     */
    private void postParams(TxContext context, long record, boolean isFirst) {
        SendRing ring = channel.send();
        boolean needsStatic = isFirst || record != programmedRecord;
        if (needsStatic) {
            int fence = isFirst ? 0 : ControlSegment.FENCE;
            context.onPosted();
            ParamsPoster.postStatic(
                    ring, Opcode.MODIFIER_TIS, context.tis(), keys, context.dek(), record, 0, fence, onParams);
            programmedRecord = record;
        }
        context.onPosted();
        ParamsPoster.postProgress(ring, Opcode.MODIFIER_TIS, context.tis(), 0, onParams);
        ParamsPoster.postFence(ring);
    }

    private void postDump(TxContext context, SentRecord record, int offset, int bytes) {
        SendRing ring = channel.send();
        int at = ring.reserve(1);
        ring.writeControl(at, Opcode.DUMP, 0, DUMP_OCTOWORDS, 0, context.tis());
        DataSegment.write(ring.memory(), at + ControlSegment.BYTES, bytes, record.frameKey(), offset);
        context.onPosted();
        ring.post(1, onDump);
    }

    private void postRecords(TxContext context, int sequence, int bytes) {
        context.onPosted();
        int segment = postHead(context.tis(), sequence, bytes, segments(sequence, bytes), onSend);
        ByteBuf ring = channel.send().memory();
        for (int done = 0; done < bytes; ) {
            SentRecord record = Objects.requireNonNull(records.find(sequence + done));
            int part = Math.min(bytes - done, record.endSequence() - (sequence + done));
            int offset = sequence + done - record.startSequence();
            DataSegment.write(ring, segment, part, record.frameKey(), offset);
            segment += DataSegment.BYTES;
            done += part;
        }
    }

    /** How many records these bytes lie in; 0 if a part of them lies in none. */
    private int segments(int sequence, int bytes) {
        int segments = 0;
        for (int done = 0; done < bytes; segments++) {
            SentRecord record = records.find(sequence + done);
            if (record == null || record.isStartMarker()) {
                return 0;
            }
            done += Math.min(bytes - done, record.endSequence() - (sequence + done));
        }
        return segments;
    }

    private void postPlain(int sequence, int bytes, ByteBuf payload) {
        int key = channel.regions().map(payload);
        int segment = postHead(0, sequence, bytes, 1, onPlain);
        DataSegment.write(channel.send().memory(), segment, bytes, key, payload.readerIndex());
        channel.send().doorbell();
        channel.send().poll();
        channel.regions().unmap(key);
    }

    /** Posts everything but the payload's segments, and gives the offset of the first of them. */
    private int postHead(int tis, int sequence, int bytes, int payloadSegments, CompletionHandler handler) {
        SendRing ring = channel.send();
        int cut = mss.getAsInt();
        int packetCount = Math.ceilDiv(bytes, cut);
        int ethernetOctowords = EthernetSegment.octowords(packets.headerBytes());
        int octowords = 1 + ethernetOctowords + 1 + payloadSegments;
        int blocks = Math.ceilDiv(octowords * ControlSegment.OCTOWORD_BYTES, WorkQueue.BLOCK_BYTES);
        int at = ring.reserve(blocks);
        ring.writeControl(at, packetCount > 1 ? Opcode.LSO : Opcode.SEND, 0, octowords, 0, tis);
        packets.next(sequence, bytes, packetCount);
        EthernetSegment.write(ring.memory(), at + ControlSegment.BYTES, cut, packets.header(), packets.headerBytes());
        int egress = at + (1 + ethernetOctowords) * ControlSegment.OCTOWORD_BYTES;
        DataSegment.write(ring.memory(), egress, bytes, channel.egressKey(), 0);
        ring.post(blocks, handler);
        return egress + DataSegment.BYTES;
    }

    /** Bytes from this sequence on that fit in one send: a WQE has room for a limited number of records. */
    int mostBytes(int sequence, int bytes) {
        int segments = ControlSegment.MAX_OCTOWORDS - 2 - EthernetSegment.octowords(packets.headerBytes());
        int done = 0;
        for (; done < bytes && segments > 0; segments--) {
            SentRecord record = records.find(sequence + done);
            if (record == null || record.isStartMarker()) {
                return bytes;
            }
            done += Math.min(bytes - done, record.endSequence() - (sequence + done));
        }
        return done;
    }

    /** How many times the device has failed since a send succeeded, whatever failed behind the first WQE. */
    int failuresInARow() {
        return failuresInARow;
    }

    /** What the device has for params is known from their completions: after a failure it gets all of them anew. */
    private void onParams(ByteBuf ring, int cqe) {
        if (hasFailed(ring, cqe)) {
            programmedRecord = UNKNOWN;
        }
        onCompleted();
    }

    private void onDump(ByteBuf ring, int cqe) {
        if (!hasFailed(ring, cqe)) {
            counters.txDumpPackets.increment();
            counters.txDumpBytes.add(Cqe.byteCount(ring, cqe));
        }
        onCompleted();
    }

    private void onSend(ByteBuf ring, int cqe) {
        if (!hasFailed(ring, cqe)) {
            failuresInARow = 0;
        }
        onCompleted();
    }

    private void onPlain(ByteBuf ring, int cqe) {
        if (Cqe.opcode(ring, cqe) == Cqe.REQUEST_ERROR) {
            counters.txErrors.increment();
        }
    }

    private void onCompleted() {
        Objects.requireNonNull(context).onCompleted(TxContext.UNKNOWN);
    }

    /** Work that the device failed is lost, and its position is not the one that we expect. */
    private boolean hasFailed(ByteBuf ring, int cqe) {
        if (Cqe.opcode(ring, cqe) != Cqe.REQUEST_ERROR) {
            return false;
        }
        counters.txErrors.increment();
        failuresInARow += isLost ? 0 : 1;
        isLost = true;
        return true;
    }
}
