package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.packet.Checksums;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Fault;
import io.offramp.offload.device.wire.Faults;
import io.offramp.offload.device.wire.TcpReceiver;
import io.offramp.offload.device.wire.TcpSender;
import io.offramp.offload.device.wire.Wire;

/**
 * Receives over a wire with faults: what the real socket has brought is sent once more, by a far end of the model's
 * TCP, as packets to the device and from there to a host that puts them in order. All of it has arrived when
 * {@link #receive} returns. Confined to the event loop.
 */
final class WiredRx {
    /** So often nothing may arrive in a row before something is wrong with the model itself. */
    private static final int STALL_LIMIT = 10_000;

    /** Takes a packet from the wire. */
    interface Ingress {
        /**
         * A packet has come in.
         *
         * @param header its header
         * @param payload its payload; borrowed
         */
        void onPacket(ByteBuf header, ByteBuf payload);

        /** Nothing comes for a while. */
        void onQuiet();
    }

    private final SessionPlace place;
    private final Faults faults;
    private final Chance chance;
    private final PacketTemplate packets;
    private final Wire wire;
    private final TcpSender farEnd;
    private final TcpReceiver host;
    private final ByteBuf history;
    private long end;
    private int packetsSent;
    private boolean isOpen = true;

    /**
     * @param packets headers of the flow's packets
     * @param delivery takes what is in order
     */
    WiredRx(SessionPlace place, Faults faults, PacketTemplate packets, long start, TcpReceiver.Delivery delivery) {
        this.place = place;
        this.faults = faults;
        this.packets = packets;
        chance = place.device().settings().chance(2 * place.target().connectionId() + 1);
        wire = new Wire(chance, place.allocator(), place.device().settings().tap());
        farEnd = new TcpSender(this::mss, chance, start, false);
        host = new TcpReceiver(start, delivery);
        history = place.allocator().directBuffer(TcpSender.HISTORY_BYTES);
        end = start;
    }

    /** Randomness of this direction. */
    Chance chance() {
        return chance;
    }

    /** Leaves to chance what happens to the flow's RQ now. */
    void steer(RxBinding device) {
        if (chance.happens(Fault.RESIZE)) {
            place.channel().closeMerge();
            int most = place.device().settings().receiveQueues();
            place.channel().resize(place.channel().receiveQueues() % most + 1);
        }
        if (chance.happens(Fault.MOVE)) {
            device.moveOn();
        }
        if (chance.happens(Fault.RQ_ERROR)) {
            place.channel().failNextPacket();
        }
    }

    /** Sends bytes of the stream and receives them. */
    void receive(ByteBuf bytes, Ingress ingress) {
        remember(bytes);
        farEnd.extend(bytes.readableBytes());
        end += bytes.readableBytes();
        int stalled = 0;
        while (isOpen && host.next() < end) {
            long before = host.next();
            step(ingress);
            stalled = host.next() > before ? 0 : stalled + 1;
            if (stalled > STALL_LIMIT) {
                throw new IllegalStateException("nothing arrives, position " + before + " of " + end);
            }
        }
        for (Wire.Packet packet; isOpen && (packet = wire.next()) != null; ) {
            arrive(packet, ingress);
        }
        if (isOpen) {
            ingress.onQuiet();
        }
    }

    /** The far end keeps what it may have to send again, and what it may send again although it need not. */
    private void remember(ByteBuf bytes) {
        int keep = (int)
                (end - Math.max(end - history.readableBytes(), farEnd.unacknowledged() - TcpSender.HISTORY_BYTES));
        history.skipBytes(history.readableBytes() - keep);
        history.discardReadBytes();
        history.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    private void step(Ingress ingress) {
        TcpSender.Range due = farEnd.poll();
        if (due != null) {
            transmit(due);
        }
        Wire.Packet packet = wire.next();
        if (packet != null) {
            arrive(packet, ingress);
        } else if (due == null) {
            long before = host.next();
            ingress.onQuiet();
            if (host.next() > before) {
                farEnd.onAck(host.next());
            } else {
                farEnd.onTimeout();
            }
        }
    }

    private void transmit(TcpSender.Range range) {
        if (++packetsSent == faults.downAfter()) {
            place.device().takeDown();
        }
        int index = history.writerIndex() - (int) (end - range.position());
        // Only what is still kept: a part from before this session may have been asked for.
        int missing = Math.max(0, history.readerIndex() - index);
        int bytes = range.bytes() - missing;
        if (bytes > 0) {
            packets.next((int) (range.position() + missing) + faults.sequence(), bytes, 1);
            ByteBuf header = packets.header();
            boolean isLast = range.position() + range.bytes() == end;
            PacketHeader.flags(header, 0, isLast ? PacketHeader.ACK | PacketHeader.PSH : PacketHeader.ACK);
            Checksums.write(header, packets.headerBytes(), history, index + missing, bytes);
            wire.send(header, packets.headerBytes(), history, index + missing, bytes);
        }
    }

    private void arrive(Wire.Packet packet, Ingress ingress) {
        try {
            ingress.onPacket(packet.header(), packet.payload());
        } finally {
            packet.header().release();
            packet.payload().release();
        }
        if (!chance.happens(Fault.ACK_LAG)) {
            farEnd.onAck(host.next());
        }
    }

    /** Most payload of a packet now: the far end knows our MTU. */
    private int mss() {
        return Math.min(faults.mss(), packets.mss(place.channel().mtu()));
    }

    /**
     * Puts a packet's payload in order; ownership moves.
     *
     * @param sequence TCP sequence of its first byte
     */
    void accept(int sequence, ByteBuf payload, int mark) {
        host.receive(host.positionOf(sequence, faults.sequence()), payload, mark);
        packets.arrived((int) host.next() + faults.sequence());
    }

    /** Forgets everything. May be called from inside of a delivery. */
    void close() {
        if (isOpen) {
            isOpen = false;
            wire.close();
            host.close();
            history.release();
        }
    }
}
