package io.offramp.offload.device.driver.tx;

import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.device.driver.pool.DekPool;
import io.offramp.offload.device.driver.pool.TisPool;
import io.offramp.offload.device.driver.queue.ParamsPoster;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.driver.session.DeviceResources;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.key.TrafficKeys;

/**
 * The device's objects for one TX session: a TIS and a DEK. Programmed with the first packet, as mlx5 does, so that
 * an install posts nothing.
 */
final class TxContext {
    private final DeviceResources device;
    private final int tis;
    private int dek;
    private boolean isPostPending = true;

    private TxContext(DeviceResources device, int tis, int dek) {
        this.device = device;
        this.tis = tis;
        this.dek = dek;
    }

    /** Takes a TIS and a DEK, or neither. */
    static InstallResult<TxContext> open(DeviceResources device, TrafficKeys keys) {
        int tis = device.tises().take();
        if (tis == TisPool.NONE) {
            return declined("device has no TIS left (" + device.nic().contextMemory().used() + " contexts in use)");
        }
        int dek = device.deks().allocate(keys);
        if (dek == DekPool.NONE) {
            device.tises().giveBack(tis);
            return declined("device has no DEK left (" + device.deks().inUse() + " in use)");
        }
        device.counters().txContexts.increment();
        return new InstallResult.Installed<>(new TxContext(device, tis, dek));
    }

    private static InstallResult<TxContext> declined(String detail) {
        return new InstallResult.Declined<>(DeclineReason.CAPACITY, detail);
    }

    /** Number of the TIS. */
    int tis() {
        return tis;
    }

    /** Number of its key. */
    int dek() {
        return dek;
    }

    /** True once after an install or a rekey: the device does not have the params yet. */
    boolean takePostPending() {
        boolean isPending = isPostPending;
        isPostPending = false;
        return isPending;
    }

    /** The device does not stand where it should: it gets the params again, with the next message's first record. */
    void postAgain() {
        isPostPending = true;
    }

    /**
     * Posts the params if the device does not have them: static, progress, fence. If they fail, the message has
     * failed.
     */
    void postPending(SendRing ring, TrafficKeys keys, TxMessage message) {
        if (!takePostPending()) {
            return;
        }
        ParamsPoster.postStatic(ring, Opcode.MODIFIER_TIS, tis, keys, dek, message.firstRecord(), 0, 0, message);
        message.onPosted();
        // The device takes the sequence of the first packet, as in mlx5.
        ParamsPoster.postProgress(ring, Opcode.MODIFIER_TIS, tis, 0, message);
        message.onPosted();
        ParamsPoster.postFence(ring);
    }

    /**
     * Goes on with another key.
     *
     * @return the DEK of the last one, the caller's to free when nothing that is posted needs it; or {@link DekPool#NONE}
     *     if there is none for the next key: the context then is as before
     */
    int renew(TrafficKeys next) {
        int nextDek = device.deks().allocate(next);
        if (nextDek == DekPool.NONE) {
            return DekPool.NONE;
        }
        int last = dek;
        dek = nextDek;
        isPostPending = true;
        return last;
    }

    /** Gives everything back. */
    void close() {
        device.deks().free(dek);
        device.tises().giveBack(tis);
        device.counters().txDeleted.increment();
    }

    @Override
    public String toString() {
        return "tis=" + tis + " dek=" + dek;
    }
}
