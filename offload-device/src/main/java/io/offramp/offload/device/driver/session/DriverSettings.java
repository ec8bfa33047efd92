package io.offramp.offload.device.driver.session;

import io.offramp.offload.device.driver.pool.Pools;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.Merging;
import io.offramp.offload.device.hardware.queue.Moderation;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Faults;
import io.offramp.offload.device.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * How the driver works.
 *
 * @param wire faults of the wire; null where the connection's bytes pass by reference, in order
 * @param resyncByHint whether the host gives a lost device the next position unasked; else it waits for the request
 * @param demoteAfter records in a row that the device may leave to the host before a session gives it back
 * @param receiveQueues RQs of each event loop
 * @param moderation of the device's interrupts
 * @param merging how packets that come in are merged
 * @param pools objects that are kept for reuse
 * @param tap sees what is sent on wires with faults
 * @param chances says what goes wrong when
 */
public record DriverSettings(
        @Nullable Faults wire,
        boolean resyncByHint,
        int demoteAfter,
        int receiveQueues,
        Moderation moderation,
        Merging merging,
        Pools pools,
        Wire.Tap tap,
        Chance.Source chances) {
    /** A loss on the wire explains fewer records in a row than these. */
    public static final int DEFAULT_DEMOTE_AFTER = 4096;

    /** Without a wire, and resyncing as ConnectX does. */
    public static final DriverSettings DEFAULTS = new DriverSettings(
            null,
            false,
            DEFAULT_DEMOTE_AFTER,
            1,
            Moderation.NONE,
            Merging.NONE,
            Pools.BOTH,
            (header, headerBytes, payload, index, bytes) -> {},
            Chance::seeded);

    /** The same with a wire on which this goes wrong. */
    public DriverSettings withWire(Faults newWire) {
        return new DriverSettings(
                newWire, resyncByHint, demoteAfter, receiveQueues, moderation, merging, pools, tap, chances);
    }

    /** The same with a host that resyncs a lost device unasked. */
    public DriverSettings hinting() {
        return new DriverSettings(wire, true, demoteAfter, receiveQueues, moderation, merging, pools, tap, chances);
    }

    /** The same with another number of records in a row that the device may leave to the host. */
    public DriverSettings withDemoteAfter(int newDemoteAfter) {
        return new DriverSettings(
                wire, resyncByHint, newDemoteAfter, receiveQueues, moderation, merging, pools, tap, chances);
    }

    /** The same with another number of RQs for each event loop. */
    public DriverSettings withReceiveQueues(int newReceiveQueues) {
        return new DriverSettings(
                wire, resyncByHint, demoteAfter, newReceiveQueues, moderation, merging, pools, tap, chances);
    }

    /** The same with other interrupts. */
    public DriverSettings withModeration(Moderation newModeration) {
        return new DriverSettings(
                wire, resyncByHint, demoteAfter, receiveQueues, newModeration, merging, pools, tap, chances);
    }

    /** The same with packets merged in another way. */
    public DriverSettings withMerging(Merging newMerging) {
        return new DriverSettings(
                wire, resyncByHint, demoteAfter, receiveQueues, moderation, newMerging, pools, tap, chances);
    }

    /** The same with other pools. */
    public DriverSettings withPools(Pools newPools) {
        return new DriverSettings(
                wire, resyncByHint, demoteAfter, receiveQueues, moderation, merging, newPools, tap, chances);
    }

    /** The same with a tap on its wires. */
    public DriverSettings tapped(Wire.Tap newTap) {
        return new DriverSettings(
                wire, resyncByHint, demoteAfter, receiveQueues, moderation, merging, pools, newTap, chances);
    }

    /** The same with another source of faults. */
    public DriverSettings scripted(Chance.Source newChances) {
        return new DriverSettings(
                wire, resyncByHint, demoteAfter, receiveQueues, moderation, merging, pools, tap, newChances);
    }

    /** One connection's randomness. */
    public Chance chance(long stream) {
        return chances.of(faults(), stream);
    }

    /** What packets need that have as much payload as the wire was asked to allow; 0 if it was not asked. */
    public int leastMtu() {
        int mss = faults().mss();
        return mss == Faults.DEFAULT_MSS ? 0 : mss + PacketHeader.IPV6_BYTES - PacketHeader.ETHERNET_BYTES;
    }

    /** Faults of the wire: none if there is no wire. */
    public Faults faults() {
        return wire == null ? Faults.NONE : wire;
    }
}
