package io.offramp.offload.device.driver.session;

import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.device.driver.counter.DeviceCounters;
import io.offramp.offload.device.driver.pool.DekPool;
import io.offramp.offload.device.driver.pool.Pools;
import io.offramp.offload.device.driver.pool.TisPool;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.wire.Faults;

/**
 * Resources that all sessions of a device share. Thread-safe.
 *
 * @param nic the device
 * @param software engine for what the device does not do
 * @param deks keys on the device
 * @param tises send contexts on the device
 * @param live sessions that the device works for
 * @param counters what is counted
 * @param settings how the driver works
 */
public record DeviceResources(
        Nic nic,
        AeadEngine software,
        DekPool deks,
        TisPool tises,
        LiveSessions live,
        DeviceCounters counters,
        DriverSettings settings) {
    /** All of a device, none of it in use. */
    public static DeviceResources of(Nic nic, AeadEngine software, DriverSettings settings) {
        DeviceCounters counters = new DeviceCounters();
        Pools pools = settings.pools();
        TisPool tises = new TisPool(
                nic.tises(), nic.limits().contexts(), pools.tis(), counters.txPoolAllocated, counters.txPoolFreed);
        DekPool deks = new DekPool(nic.deks(), pools.dek());
        return new DeviceResources(nic, software, deks, tises, new LiveSessions(), counters, settings);
    }

    /** Faults of the wire. */
    public Faults faults() {
        return settings.faults();
    }

    /** True where packets take a wire of the model. */
    public boolean isWired() {
        return settings.wire() != null;
    }

    /** NETDEV_DOWN: the device stops, and every session goes on in software for good. */
    public void takeDown() {
        nic.setUp(false);
        live.announceDown();
    }
}
