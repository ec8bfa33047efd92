package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Declined;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.device.driver.pool.DekPool;
import io.offramp.offload.device.driver.queue.CompletionHandler;
import io.offramp.offload.device.driver.queue.ParamsPoster;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.driver.session.DeviceResources;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.ParamsWqe;
import io.offramp.offload.device.hardware.steering.SteeringTable;
import io.offramp.offload.key.TrafficKeys;

/** The device's objects for one RX session: a DEK, a TIR, and the steering rule that leads the flow's packets to it. */
final class RxContext {
    /** Blocks of an answer to a resync request. */
    static final int ANSWER_BLOCKS = ParamsWqe.STATIC_BLOCKS;

    private static final int PARAMS_WQES = 2;

    private final SessionPlace place;
    private final DeviceResources device;
    private final FlowKey flow;
    private final int tir;
    private TrafficKeys keys;
    private int dek;
    private int retired = DekPool.NONE;
    private int paramsLoaded;
    private final CompletionHandler onParams = this::onParams;

    private RxContext(SessionPlace place, FlowKey flow, TrafficKeys keys, int tir, int dek) {
        this.place = place;
        this.keys = keys;
        this.device = place.device();
        this.flow = flow;
        this.tir = tir;
        this.dek = dek;
    }

    /**
     * Takes a DEK and a TIR, programs the TIR, and adds the rule once the device has confirmed that; or takes nothing.
     *
     * @param tcpSequence where the record numbered {@link TrafficKeys#nextSequence()} starts
     */
    static InstallResult<RxContext> open(SessionPlace place, FlowKey flow, TrafficKeys keys, int tcpSequence) {
        DeviceResources device = place.device();
        int dek = device.deks().allocate(keys);
        if (dek == DekPool.NONE) {
            return declined("device has no DEK left (" + device.deks().inUse() + " in use)");
        }
        int tir = createTir(device, place.channel().receiveQueueNumber());
        if (tir == ContextTable.NONE) {
            device.deks().free(dek);
            return declined("device has no TIR left (" + device.nic().contextMemory().used() + " contexts in use)");
        }
        RxContext context = new RxContext(place, flow, keys, tir, dek);
        device.counters().rxContexts.increment();
        if (!context.program(keys.nextSequence(), tcpSequence)) {
            context.close();
            return new Declined<>(DeclineReason.UNAVAILABLE, "device does not take the params of tir=" + tir);
        }
        SteeringTable steering = device.nic().steering().tableOf(flow);
        if (!steering.add(flow, tir)) {
            context.close();
            return declined("steering table is full (" + steering.used() + " rules)");
        }
        return new Installed<>(context);
    }

    private static InstallResult<RxContext> declined(String detail) {
        return new Declined<>(DeclineReason.CAPACITY, detail);
    }

    private static int createTir(DeviceResources device, int receiveQueue) {
        int tir = device.nic().tirs().create(receiveQueue);
        // Idle TIS in our pool take room on the device that they do not need.
        while (tir == ContextTable.NONE && device.tises().trim(1)) {
            tir = device.nic().tirs().create(receiveQueue);
        }
        return tir;
    }

    /** Number of the TIR. */
    int tir() {
        return tir;
    }

    /**
     * Programs the position: false if the device does not take it.
     *
     * @param recordNumber of the record that starts at {@code tcpSequence}
     */
    boolean program(long recordNumber, int tcpSequence) {
        paramsLoaded = 0;
        SendRing ring = place.channel().control();
        ParamsPoster.postStatic(ring, Opcode.MODIFIER_TIR, tir, keys, dek, recordNumber, 0, 0, onParams);
        ParamsPoster.postProgress(ring, Opcode.MODIFIER_TIR, tir, tcpSequence, onParams);
        ring.doorbell();
        ring.poll();
        return paramsLoaded == PARAMS_WQES;
    }

    /** Answers a resync request: the record at {@code tcpSequence}, which is not 0, has this number. */
    void answer(int tcpSequence, long recordNumber) {
        SendRing ring = place.channel().control();
        ParamsPoster.postStatic(ring, Opcode.MODIFIER_TIR, tir, keys, dek, recordNumber, tcpSequence, 0, null);
        ring.doorbell();
        ring.poll();
    }

    /** Tells the device, unasked, where a record with this number is going to start. */
    void hint(int tcpSequence, long recordNumber) {
        device.counters().rxDeviceResync.increment();
        if (program(recordNumber, tcpSequence)) {
            device.counters().rxResyncAnswered.increment();
        } else {
            device.counters().rxResyncUnanswered.increment();
        }
    }

    private void onParams(ByteBuf ring, int cqe) {
        if (Cqe.opcode(ring, cqe) == Cqe.REQUEST) {
            paramsLoaded++;
        }
    }

    /** Gives the device another key, to be used once {@link #program programmed}; false if it has no room for it. */
    boolean renew(TrafficKeys next) {
        int nextDek = device.deks().allocate(next);
        if (nextDek == DekPool.NONE) {
            return false;
        }
        retired = dek;
        dek = nextDek;
        keys = next;
        return true;
    }

    /**
     * Goes on with the key that {@link #renew} has brought.
     *
     * @return false if the device does not take it
     */
    boolean programRenewed(long recordNumber, int tcpSequence) {
        boolean isProgrammed = program(recordNumber, tcpSequence);
        freeRetired();
        return isProgrammed;
    }

    private void freeRetired() {
        // Not before: until the params are loaded, the TIR refers to it.
        if (retired != DekPool.NONE) {
            device.deks().free(retired);
            retired = DekPool.NONE;
        }
    }

    /** Gives everything back. */
    void close() {
        device.nic().steering().tableOf(flow).delete(flow, tir);
        device.nic().tirs().destroy(tir);
        freeRetired();
        device.deks().free(dek);
        device.counters().rxDeleted.increment();
    }

    @Override
    public String toString() {
        return "tir=" + tir + " dek=" + dek;
    }
}
