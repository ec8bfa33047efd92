package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Declined;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.device.driver.pool.DekPool;
import io.offramp.offload.device.driver.queue.CompletionHandler;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.ParamsPoster;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.driver.session.DeviceResources;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.ParamsWqe;
import io.offramp.offload.device.hardware.steering.FlowGroup;
import io.offramp.offload.device.hardware.steering.PlainTirs;
import io.offramp.offload.device.hardware.steering.Priority;
import io.offramp.offload.key.TrafficKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The device's objects for one RX session: a DEK, a TIR, and the steering rule that leads the flow's packets to it. The
 * rule goes when the session does, the rest when nothing is outstanding that names it, WQE or packet. Confined to the
 * event loop.
 */
final class RxContext implements DeviceChannel.Flow {
    /** Blocks of an answer to a resync request. */
    static final int ANSWER_BLOCKS = ParamsWqe.STATIC_BLOCKS;

    private static final int PARAMS_WQES = 2;
    private static final int MOVE_PACKETS = 2;
    private static final int PARAMS_BLOCKS = ParamsWqe.STATIC_BLOCKS + ParamsWqe.PROGRESS_BLOCKS;

    private final SessionPlace place;
    private final DeviceResources device;
    private final FlowKey flow;
    private final int tir;
    private TrafficKeys keys;
    private int dek;
    private final List<Integer> retired = new ArrayList<>(0);
    private @Nullable Programming underWay;
    private Runnable whenLost = () -> {};
    private final CompletionHandler onAnswer = this::onAnswer;
    // None where the default entry leads them.
    private @Nullable Rule rule;
    private int queue;
    private int packetsUntilBack;
    private int outstanding;
    private boolean hasMissed;
    private boolean isLeaving;

    /**
     * What leads the flow's packets.
     *
     * @param priority TLS to its own TIR; ARFS past it, straight to an RQ, for the time that a move takes
     * @param tir that the rule leads to
     */
    private record Rule(Priority priority, int tir) {}

    private RxContext(SessionPlace place, FlowKey flow, TrafficKeys keys, int queue, int tir, int dek) {
        this.queue = queue;
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
        if (!place.channel().control().hasRoom(PARAMS_BLOCKS)) {
            return declined("the control queue of the device is full");
        }
        int dek = device.deks().allocate(keys);
        if (dek == DekPool.NONE) {
            return declined("device has no DEK left (" + device.deks().inUse() + " in use)");
        }
        // As sk_rx_queue: where the flow's packets have come in so far.
        int queue = place.channel().queueOf(flow);
        int tir = createTir(device, place.channel().receiveQueueNumber(queue));
        if (tir == ContextTable.NONE) {
            device.deks().free(dek);
            return declined(
                    "device has no TIR left (" + device.nic().contextMemory().used() + " contexts in use)");
        }
        RxContext context = new RxContext(place, flow, keys, queue, tir, dek);
        device.counters().rxContexts.increment();
        place.channel().add(context);
        boolean[] isLoaded = new boolean[1];
        context.program(keys.nextSequence(), tcpSequence, loaded -> {
            isLoaded[0] = loaded;
            if (!loaded) {
                context.whenLost.run();
            }
        });
        if (place.channel().isAsynchronous()) {
            // As in mlx5: the rule follows the params, and a flow without one is simply not decrypted.
            return new Installed<>(context);
        }
        if (context.rule == null) {
            context.close();
            int rules = device.nic().steering().tableOf(flow).used();
            return isLoaded[0]
                    ? declined("steering table is full (" + rules + " rules)")
                    : new Declined<>(DeclineReason.UNAVAILABLE, "device does not take the params of tir=" + tir);
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
     * Takes what to do when the device needs all params anew: it has not taken an answer, or the first ones, or packets
     * went past it before there was a rule.
     */
    void whenLost(Runnable newWhenLost) {
        whenLost = newWhenLost;
    }

    /** True where {@link #program} finds room in the queue. */
    boolean canProgram() {
        return place.channel().control().hasRoom(PARAMS_BLOCKS);
    }

    /** A WQE or a packet that names the TIR is under way. */
    void onPosted() {
        outstanding++;
        hasMissed |= rule == null;
        if (packetsUntilBack > 0 && --packetsUntilBack == 0) {
            leadBack();
        }
    }

    /** A WQE or a packet that names the TIR has completed. */
    void onCompleted() {
        outstanding--;
        if (isLeaving) {
            giveBackIfIdle();
        }
    }

    /**
     * Programs the key and the position, and adds the rule if there is none.
     *
     * @param recordNumber of the record that starts at {@code tcpSequence}
     * @param whenDone told whether the device has taken it, at once where its engines are inline; not after
     *     {@link #close}
     */
    void program(long recordNumber, int tcpSequence, Consumer<Boolean> whenDone) {
        SendRing ring = place.channel().control();
        Programming programming = new Programming(whenDone);
        underWay = programming;
        outstanding += PARAMS_WQES;
        ParamsPoster.postStatic(ring, Opcode.MODIFIER_TIR, tir, keys, dek, recordNumber, 0, 0, programming);
        ParamsPoster.postProgress(ring, Opcode.MODIFIER_TIR, tir, tcpSequence, programming);
        ring.doorbell();
        poll(ring);
    }

    private void poll(SendRing ring) {
        if (!place.channel().isAsynchronous()) {
            ring.poll();
        }
    }

    /** Both params of one programming; only the last one counts. */
    private final class Programming implements CompletionHandler {
        private final Consumer<Boolean> whenDone;
        private int completed;
        private int loaded;

        Programming(Consumer<Boolean> whenDone) {
            this.whenDone = whenDone;
        }

        @Override
        public void onCompletion(ByteBuf ring, int cqe) {
            completed++;
            loaded += Cqe.opcode(ring, cqe) == Cqe.REQUEST ? 1 : 0;
            try {
                if (completed == PARAMS_WQES && underWay == this && !isLeaving) {
                    underWay = null;
                    freeRetired();
                    if (loaded == PARAMS_WQES) {
                        steer();
                    }
                    whenDone.accept(loaded == PARAMS_WQES);
                    catchUp();
                }
            } finally {
                RxContext.this.onCompleted();
            }
        }
    }

    /** Answers a resync request: the record at {@code tcpSequence}, which is not 0, has this number. */
    void answer(int tcpSequence, long recordNumber) {
        SendRing ring = place.channel().control();
        outstanding++;
        ParamsPoster.postStatic(ring, Opcode.MODIFIER_TIR, tir, keys, dek, recordNumber, tcpSequence, 0, onAnswer);
        ring.doorbell();
        poll(ring);
    }

    private void onAnswer(ByteBuf ring, int cqe) {
        try {
            // Params that are programmed meanwhile are the new ones already.
            if (Cqe.opcode(ring, cqe) == Cqe.REQUEST_ERROR && underWay == null && !isLeaving) {
                whenLost.run();
            }
        } finally {
            onCompleted();
        }
    }

    /** Gives the device, unasked, the place where the record with this number will start. */
    void hint(int tcpSequence, long recordNumber) {
        device.counters().rxDeviceResync.increment();
        if (!canProgram()) {
            device.counters().rxResyncUnanswered.increment();
            return;
        }
        program(
                recordNumber,
                tcpSequence,
                isLoaded -> (isLoaded ? device.counters().rxResyncAnswered : device.counters().rxResyncUnanswered)
                        .increment());
    }

    /** Gives the device another key, to be used once {@link #program programmed}; false if it has no room for it. */
    boolean renew(TrafficKeys next) {
        int nextDek = device.deks().allocate(next);
        if (nextDek == DekPool.NONE) {
            return false;
        }
        retired.add(dek);
        dek = nextDek;
        keys = next;
        return true;
    }

    private void freeRetired() {
        // Not before: until other params are loaded, or have failed, the TIR refers to it.
        retired.forEach(device.deks()::free);
        retired.clear();
    }

    private void steer() {
        if (rule == null) {
            lead(Priority.TLS, tir);
        }
    }

    /** Adds a rule in the place of the one before, which goes afterwards; false if the device has no room for it. */
    private boolean lead(Priority priority, int to) {
        Rule before = rule;
        if (!group(priority).add(flow, to)) {
            return false;
        }
        rule = new Rule(priority, to);
        if (before != null && before.priority() != priority) {
            delete(before);
        }
        return true;
    }

    private void delete(@Nullable Rule gone) {
        if (gone != null) {
            group(gone.priority()).delete(flow, gone.tir());
        }
    }

    /**
     * The flow went on while it had no rule: the driver knows where it stands, so the device need not search and ask.
     */
    private void catchUp() {
        if (hasMissed && rule != null && rule.priority() == Priority.TLS && !isLeaving) {
            hasMissed = false;
            whenLost.run();
        }
    }

    private FlowGroup group(Priority priority) {
        return device.nic().steering().tableOf(flow).group(priority);
    }

    /** Place of the RQ that its packets go to. */
    int queue() {
        return queue;
    }

    /**
     * Leads the flow's packets to another RQ. The commands take the time of a packet, which goes straight to the RQ:
     * its TIR has missed it then, and regains the position as after a loss.
     */
    void move(int newQueue) {
        if (newQueue == queue || isLeaving) {
            return;
        }
        PlainTirs plain = place.channel().plainTirs();
        if (rule != null && lead(Priority.ARFS, plain.direct(newQueue))) {
            packetsUntilBack = MOVE_PACKETS;
        }
        queue = newQueue;
        device.nic().tirs().modify(tir, place.channel().receiveQueueNumber(newQueue));
        device.counters().rxMoved.increment();
    }

    private void leadBack() {
        if (!lead(Priority.TLS, tir)) {
            delete(rule);
            rule = null;
        }
    }

    @Override
    public void onReceiveQueues(int count) {
        move(queue % count);
    }

    /**
     * Leads the flow's packets past the device from here on, and gives everything back as soon as nothing is
     * outstanding.
     */
    void close() {
        isLeaving = true;
        place.channel().remove(this);
        delete(rule);
        giveBackIfIdle();
    }

    private void giveBackIfIdle() {
        if (outstanding == 0) {
            device.nic().tirs().destroy(tir);
            freeRetired();
            device.deks().free(dek);
            device.counters().rxDeleted.increment();
        }
    }

    @Override
    public String toString() {
        return "tir=" + tir + " dek=" + dek;
    }
}
