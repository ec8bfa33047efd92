package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.rx.RxPacket.Arrival;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.packet.Checksums;
import io.offramp.offload.device.hardware.packet.PacketHeader;

/**
 * Leads the packets of a wire with faults through the device, one at a time, and gives what is intact to the host's
 * TCP, with what the device did to it. Confined to the event loop.
 */
final class WireIngress implements WiredRx.Ingress {
    private final SessionPlace place;
    private final WiredRx wire;
    private final PacketTemplate flow;
    private final PacketQueue packets;
    private final RecordAssembler records;
    private final RxBinding device;

    WireIngress(
            SessionPlace place,
            WiredRx wire,
            PacketTemplate flow,
            PacketQueue packets,
            RecordAssembler records,
            RxBinding device) {
        this.place = place;
        this.wire = wire;
        this.flow = flow;
        this.packets = packets;
        this.records = records;
        this.device = device;
    }

    /** Receives bytes of the stream over the wire: all of them have been dealt with when this returns. */
    void receive(ByteBuf bytes) {
        wire.receive(bytes, this);
    }

    @Override
    public void onPacket(ByteBuf header, ByteBuf payload) {
        int bytes = payload.readableBytes();
        if (bytes == 0) {
            return;
        }
        wire.steer(device);
        int headerBytes = header.readableBytes();
        RxContext context = device.usable();
        if (context == null || !place.channel().receive().hasRoom()) {
            // Past the device, which might decrypt it with a key that is no longer the right one.
            boolean isIntact = Checksums.verify(header, headerBytes, payload, 0, bytes);
            flow.watch().onPassedBy(PacketHeader.tcpSequence(header, 0), payload, 0, bytes);
            accept(
                    isIntact ? Arrival.INTACT : Arrival.DAMAGED,
                    PacketHeader.tcpSequence(header, 0),
                    payload,
                    DecryptedRuns.ENCRYPTED);
            return;
        }
        ByteBuf host = place.allocator().directBuffer(bytes, bytes).writerIndex(bytes);
        int sequence = PacketHeader.tcpSequence(header, 0);
        packets.append()
                .present(
                        context,
                        place.channel(),
                        header,
                        headerBytes,
                        payload,
                        0,
                        bytes,
                        host,
                        sequence,
                        records.epoch());
        place.channel().receive().poll();
        drain();
    }

    @Override
    public void onQuiet() {
        place.channel().closeMerge();
        drain();
    }

    private void drain() {
        for (RxPacket packet = packets.pollDone(); packet != null; packet = packets.pollDone()) {
            packet.count(place.counters());
            if (packet.arrival() == Arrival.INTACT) {
                device.onPacket(packet);
            }
            accept(packet.arrival(), packet.sequence(), packet.host(), packet.mark());
            packets.release(packet);
        }
    }

    private void accept(Arrival arrival, int sequence, ByteBuf payload, int mark) {
        switch (arrival) {
            case INTACT -> wire.accept(sequence, payload.retain(), mark);
            case DAMAGED -> place.counters().rxChecksumErrors.increment();
            case LOST -> {}
        }
    }

    /** Forgets everything. May be called from inside of a delivery. */
    void close() {
        wire.close();
    }
}
