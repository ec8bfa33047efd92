package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.packet.Checksums;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Fault;
import io.offramp.offload.device.wire.Faults;
import io.offramp.offload.device.wire.TcpReceiver;
import io.offramp.offload.device.wire.TcpSender;
import io.offramp.offload.device.wire.Wire;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Sends records over a wire with faults: a TCP of the model between the records and the device, and the far end of the
 * connection behind it, whose bytes, in order again, go to the real socket. Each message has arrived when
 * {@link #carry} returns; what is acknowledged late stays in the record list until the next one. Confined to the event
 * loop.
 */
final class WiredTx {
    /** So often nothing may arrive in a row before something is wrong with the model itself. */
    private static final int STALL_LIMIT = 10_000;

    private final SessionPlace place;
    private final DeviceChannel channel;
    private final Faults faults;
    private final Chance chance;
    private final PacketTemplate packets;
    private final RecordFormat format;
    private final RecordList records;
    private final Wire wire;
    private final TcpSender sender;
    private final TcpReceiver farEnd;
    private final Xmit xmit;
    private RecordSealer sealer;
    private SoftwareSegment software;
    private long end;
    private int packetsSent;
    private @Nullable ByteBuf arrived;

    /** @param packets headers of the flow's packets */
    WiredTx(SessionPlace place, Faults faults, PacketTemplate packets, TrafficKeys keys, long start) {
        this.place = place;
        this.faults = faults;
        this.packets = packets;
        channel = place.channel();
        format = keys.format();
        chance = place.device().settings().chance(2 * place.target().connectionId());
        records = new RecordList(sequence(start), keys.nextSequence(), this::release);
        wire = new Wire(chance, place.allocator(), place.device().settings().tap());
        sender = new TcpSender(this::mss, chance, start, true);
        farEnd = new TcpReceiver(start, this::onArrived);
        xmit = new Xmit(place, records, packets, this::mss, keys, sequence(start));
        sealer = new RecordSealer(place.device().software(), keys);
        software = new SoftwareSegment(records, sealer, place.allocator());
        end = start;
    }

    /** Goes on with other keys. Everything under the old ones has arrived, and now counts as acknowledged. */
    void rekey(TrafficKeys next) {
        acknowledge();
        xmit.rekey(next, sequence(end));
        sealer.close();
        sealer = new RecordSealer(place.device().software(), next);
        software = new SoftwareSegment(records, sealer, place.allocator());
    }

    /** Number of sends in a row that the device failed. */
    int failuresInARow() {
        return xmit.failuresInARow();
    }

    /**
     * Sends the records of a message and fills {@link TxMessage#wire()} with what has arrived.
     *
     * @param context the connection's on the device, or null for software
     */
    void carry(TxMessage message, @Nullable TxContext context) {
        append(message);
        arrived = message.wire();
        channel.egress(wire::send);
        try {
            int stalled = 0;
            while (farEnd.next() < end) {
                long before = farEnd.next();
                step(context);
                stalled = farEnd.next() > before ? 0 : stalled + 1;
                if (stalled > STALL_LIMIT) {
                    throw new IllegalStateException("nothing arrives, position " + before + " of " + end);
                }
            }
            for (Wire.Packet late = wire.next(); late != null; late = wire.next()) {
                receive(late);
            }
        } finally {
            channel.egress(null);
            arrived = null;
        }
        channel.send().poll();
        if (!chance.happens(Fault.ACK_LAG)) {
            acknowledge();
        }
    }

    private void step(@Nullable TxContext context) {
        TcpSender.Range due = sender.poll();
        if (due != null) {
            transmit(due, context);
        }
        Wire.Packet packet = wire.next();
        if (packet != null) {
            receive(packet);
        } else if (due == null) {
            sender.onTimeout();
        }
    }

    private void transmit(TcpSender.Range range, @Nullable TxContext context) {
        int bytes;
        for (int done = 0; done < range.bytes(); done += bytes) {
            int sequence = sequence(range.position() + done);
            bytes = xmit.mostBytes(sequence, range.bytes() - done);
            if (++packetsSent == faults.downAfter()) {
                place.device().takeDown();
            }
            if (chance.happens(Fault.MTU_CHANGE)) {
                place.device().nic().setMtu(Nic.LEAST_MTU + chance.below(Nic.DEFAULT_MTU - Nic.LEAST_MTU + 1));
            }
            if (context == null || !isDeviceUsable() || chance.happens(Fault.REROUTE)) {
                bytes = Math.min(bytes, mss());
                transmitInSoftware(sequence, bytes);
            } else {
                if (chance.happens(Fault.CQE_ERROR)) {
                    channel.failNextSend();
                }
                xmit.send(context, sequence, bytes, null);
                if (!chance.happens(Fault.DELAY)) {
                    channel.send().poll();
                }
            }
        }
    }

    /** Most payload of a packet now: the MTU may change at any time. */
    private int mss() {
        return Math.min(faults.mss(), packets.mss(channel.mtu()));
    }

    private boolean isDeviceUsable() {
        return place.device().nic().isUp() && xmit.failuresInARow() <= DeviceTxSession.MOST_FAILURES;
    }

    /** The packet leaves through another device, which knows nothing of TLS. */
    private void transmitInSoftware(int sequence, int bytes) {
        ByteBuf payload = software.encrypt(sequence, bytes);
        if (payload == null) {
            place.counters().txDropNoSyncData.increment();
            return;
        }
        place.counters().txSoftwarePackets.increment();
        packets.next(sequence, bytes, 1);
        Checksums.write(packets.header(), packets.headerBytes(), payload, 0, bytes);
        wire.send(packets.header(), packets.headerBytes(), payload, 0, bytes);
        payload.release();
    }

    private void receive(Wire.Packet packet) {
        ByteBuf header = packet.header();
        ByteBuf payload = packet.payload();
        int headerBytes = header.readableBytes();
        if (Checksums.verify(header, headerBytes, payload, 0, payload.readableBytes())) {
            int sequence = PacketHeader.tcpSequence(header, 0);
            farEnd.receive(farEnd.positionOf(sequence, faults.sequence()), payload, 0);
            packets.arrived(sequence(farEnd.next()));
            if (!chance.happens(Fault.ACK_LAG)) {
                acknowledge();
            }
        } else {
            payload.release();
        }
        header.release();
    }

    private void onArrived(ByteBuf payload, int mark) {
        if (arrived != null) {
            arrived.writeBytes(payload);
        }
        payload.release();
    }

    private void acknowledge() {
        sender.onAck(farEnd.next());
        records.onAck(sequence(farEnd.next()));
    }

    private void append(TxMessage message) {
        ByteBuf plaintext = message.plaintext();
        int bytes = plaintext.readableBytes();
        int count = RecordSealer.records(bytes, message.maxPlaintextBytes());
        int index = plaintext.readerIndex();
        for (int i = 0; i < count; i++) {
            int content = Math.min(plaintext.writerIndex() - index, message.maxPlaintextBytes());
            append(message.firstRecord() + i, message.type(), plaintext, index, content);
            index += content;
        }
        message.wire().writerIndex(0);
    }

    private void append(long number, ContentType type, ByteBuf plaintext, int index, int content) {
        int recordBytes = content + format.overheadBytes();
        ByteBuf frame = place.allocator().directBuffer(recordBytes, recordBytes).setZero(0, recordBytes);
        RecordPrefix.write(frame, 0, format, type, number, content);
        frame.setBytes(format.prefixBytes(), plaintext, index, content);
        if (format.typeBytes() > 0) {
            frame.setByte(format.prefixBytes() + content, type.code());
        }
        frame.writerIndex(recordBytes);
        end += recordBytes;
        sender.extend(recordBytes);
        records.add(new SentRecord(
                number, type, sequence(end), frame, channel.regions().map(frame)));
    }

    private int sequence(long position) {
        return (int) position + faults.sequence();
    }

    private void release(SentRecord record) {
        channel.regions().unmap(record.frameKey());
        // Plaintext of the application: not left in a pool.
        record.frame().setZero(0, record.frame().capacity());
        record.frame().release();
    }

    /** Forgets everything. */
    void close() {
        records.clear();
        wire.close();
        farEnd.close();
        sealer.close();
    }
}
