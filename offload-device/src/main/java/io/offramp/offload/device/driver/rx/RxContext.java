package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.device.driver.pool.DekPool;
import io.offramp.offload.device.driver.queue.CompletionHandler;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.ParamsPoster;
import io.offramp.offload.device.driver.session.DeviceResources;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.key.TrafficKeys;

/** The device's objects for one RX session: a DEK, a TIR, and the steering rule that leads the flow's packets to it. */
final class RxContext {
    private final DeviceResources device;
    private final DeviceChannel channel;
    private final FlowKey flow;
    private final int tir;
    private int dek;
    private boolean isProgrammed;
    private final CompletionHandler onProgrammed = this::onProgrammed;

    private RxContext(DeviceResources device, DeviceChannel channel, FlowKey flow, int tir, int dek) {
        this.device = device;
        this.channel = channel;
        this.flow = flow;
        this.tir = tir;
        this.dek = dek;
    }

    /**
     * Takes a DEK and a TIR, programs the TIR, and adds the rule once the device has confirmed that; or takes nothing.
     *
     * @param tcpSequence where the record numbered {@link TrafficKeys#nextSequence()} starts
     */
    static InstallResult<RxContext> open(
            DeviceResources device, DeviceChannel channel, FlowKey flow, TrafficKeys keys, int tcpSequence) {
        int dek = device.deks().allocate(keys);
        if (dek == DekPool.NONE) {
            return declined(DeclineReason.CAPACITY, "device has no DEK left (" + device.deks().inUse() + " in use)");
        }
        int tir = createTir(device, channel);
        if (tir == ContextTable.NONE) {
            device.deks().free(dek);
            return declined(DeclineReason.CAPACITY,
                    "device has no TIR left (" + device.nic().contextMemory().used() + " contexts in use)");
        }
        RxContext context = new RxContext(device, channel, flow, tir, dek);
        device.counters().rxContexts.increment();
        if (!context.program(keys, tcpSequence)) {
            context.close();
            return declined(DeclineReason.UNAVAILABLE, "device does not take the params of tir=" + tir);
        }
        if (!device.nic().steering().tableOf(flow).add(flow, tir)) {
            context.close();
            return declined(DeclineReason.CAPACITY, "steering table is full (" + device.nic().steering().tableOf(flow).used() + " rules)");
        }
        return new InstallResult.Installed<>(context);
    }

    private static InstallResult<RxContext> declined(DeclineReason reason, String detail) {
        return new InstallResult.Declined<>(reason, detail);
    }

    private static int createTir(DeviceResources device, DeviceChannel channel) {
        int tir = device.nic().tirs().create(channel.receiveQueueNumber());
        // Idle TIS in our pool take room on the device that they do not need.
        while (tir == ContextTable.NONE && device.tises().trim(1)) {
            tir = device.nic().tirs().create(channel.receiveQueueNumber());
        }
        return tir;
    }

    private boolean program(TrafficKeys keys, int tcpSequence) {
        isProgrammed = false;
        ParamsPoster.postStatic(channel.control(), Opcode.MODIFIER_TIR, tir, keys, dek, keys.nextSequence(), null);
        ParamsPoster.postProgress(channel.control(), Opcode.MODIFIER_TIR, tir, tcpSequence, onProgrammed);
        channel.control().doorbell();
        channel.control().poll();
        return isProgrammed;
    }

    private void onProgrammed(ByteBuf ring, int cqe) {
        isProgrammed = Cqe.opcode(ring, cqe) == Cqe.REQUEST;
    }

    /** Goes on with another key from this TCP sequence on; false if the device cannot. */
    boolean rekey(TrafficKeys next, int tcpSequence) {
        int nextDek = device.deks().allocate(next);
        if (nextDek == DekPool.NONE) {
            return false;
        }
        device.deks().free(dek);
        dek = nextDek;
        return program(next, tcpSequence);
    }

    /** Gives everything back. */
    void close() {
        device.nic().steering().tableOf(flow).delete(flow, tir);
        device.nic().tirs().destroy(tir);
        device.deks().free(dek);
        device.counters().rxDeleted.increment();
    }

    @Override
    public String toString() {
        return "tir=" + tir + " dek=" + dek;
    }
}
