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
import java.util.ArrayList;
import java.util.List;

/**
 * The device's objects for one TX session: a TIS and a DEK. Programmed with the first packet, as mlx5 does, so that an
 * install posts nothing. Given back when no outstanding WQE names them. Confined to the event loop.
 */
final class TxContext {
    /** A completion does not show which params the work relied on. */
    static final int UNKNOWN = 0;

    private final DeviceResources device;
    private final int tis;
    private int dek;
    // Of earlier keys: the TIS refers to them until it is programmed anew or reset.
    private final List<Integer> retired = new ArrayList<>(0);
    private int renewedAt;
    private boolean isPostPending = true;
    private int programming;
    private int failedProgramming;
    private int outstanding;
    private boolean isLeaving;

    private TxContext(DeviceResources device, int tis, int dek) {
        this.device = device;
        this.tis = tis;
        this.dek = dek;
    }

    /** Takes a TIS and a DEK, or neither. */
    static InstallResult<TxContext> open(DeviceResources device, TrafficKeys keys) {
        int tis = device.tises().take();
        if (tis == TisPool.NONE) {
            return declined(
                    "device has no TIS left (" + device.nic().contextMemory().used() + " contexts in use)");
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

    /**
     * True once after an install, a rekey or a failure: the device does not have the params, and they are posted now.
     */
    boolean takePostPending() {
        boolean isPending = isPostPending;
        isPostPending = false;
        programming += isPending ? 1 : 0;
        return isPending;
    }

    /** How many times the params were posted so far: what is posted now relies on the last time. */
    int programming() {
        return programming;
    }

    /** A WQE that names the TIS is posted. */
    void onPosted() {
        outstanding++;
    }

    /**
     * A WQE that names the TIS has completed.
     *
     * @param postedAt the {@link #programming} that it relied on, or {@link #UNKNOWN}
     */
    void onCompleted(int postedAt) {
        outstanding--;
        if (isLeaving) {
            giveBackIfIdle();
        } else if (postedAt > renewedAt) {
            freeRetired();
        } else {
            freeRetiredIfIdle();
        }
    }

    /**
     * A WQE has failed: the device gets the params anew. Everything that was posted behind it, and relies on the same
     * params, fails too, for the same cause.
     *
     * @return true for the first of a cause
     */
    boolean onFailed(int postedAt) {
        if (postedAt <= failedProgramming) {
            return false;
        }
        failedProgramming = postedAt;
        isPostPending |= postedAt == programming;
        return true;
    }

    /** The device does not stand where it should: it gets the params again, with the next message's first record. */
    void postAgain() {
        isPostPending = true;
    }

    /**
     * Posts the params if the device does not have them: static, progress, fence. If they fail, the message has failed.
     */
    void postPending(SendRing ring, TrafficKeys keys, TxMessage message) {
        if (!takePostPending()) {
            return;
        }
        message.onPosted();
        ParamsPoster.postStatic(ring, Opcode.MODIFIER_TIS, tis, keys, dek, message.firstRecord(), 0, 0, message);
        message.onPosted();
        // The device takes the sequence of the first packet, as in mlx5.
        ParamsPoster.postProgress(ring, Opcode.MODIFIER_TIS, tis, 0, message);
        ParamsPoster.postFence(ring);
    }

    /** Goes on with another key; false if the device has no room for it: the context then is as before. */
    boolean renew(TrafficKeys next) {
        int nextDek = device.deks().allocate(next);
        if (nextDek == DekPool.NONE) {
            return false;
        }
        retired.add(dek);
        dek = nextDek;
        isPostPending = true;
        renewedAt = programming;
        freeRetiredIfIdle();
        return true;
    }

    private void freeRetiredIfIdle() {
        if (outstanding == 0 && !retired.isEmpty()) {
            if (isPostPending) {
                device.nic().tises().reset(tis);
            }
            freeRetired();
        }
    }

    private void freeRetired() {
        retired.forEach(device.deks()::free);
        retired.clear();
    }

    /** Nothing more is posted: gives everything back as soon as nothing is outstanding. */
    void close() {
        isLeaving = true;
        giveBackIfIdle();
    }

    private void giveBackIfIdle() {
        if (outstanding == 0) {
            device.tises().giveBack(tis);
            freeRetired();
            device.deks().free(dek);
            device.counters().txDeleted.increment();
        }
    }

    @Override
    public String toString() {
        return "tis=" + tis + " dek=" + dek;
    }
}
