package io.offramp.offload.device.driver.queue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.hardware.engine.Port;
import io.offramp.offload.device.hardware.engine.QueueSet;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.Eqe;
import io.offramp.offload.device.hardware.queue.EventRing;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.device.hardware.queue.Merging;
import io.offramp.offload.device.hardware.queue.ReceiveQueue;
import io.offramp.offload.device.hardware.steering.PlainTirs;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ContentType;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** An event loop's own queues, shared by the sessions that live there. Confined to its thread. */
public final class DeviceChannel {
    private static final int SPINS = 200;
    private static final long PARK_NS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final int LOOKS_PER_WATCH = 1_000;
    private static final int TAIL_STRIDE = 32;
    private static final int EGRESS_BYTES = 1 << 17;
    private static final int FIRST_TYPE = ContentType.CHANGE_CIPHER_SPEC.code();

    private final QueueSet queues;
    private final Executor loop;
    private final AtomicBoolean isRaised = new AtomicBoolean();
    private final ArrayDeque<Runnable> afterPoll = new ArrayDeque<>();
    private final Set<Flow> flows = new LinkedHashSet<>();
    private boolean isPolling;
    private int completedAtWatch;
    private long rescues;
    private Runnable whenClosed = () -> {};
    private final SendRing send;
    private final SendRing control;
    private final ReceiveRing receive;
    // What stands behind the content of every record: type byte, space for the tag. Never written: one copy per type.
    private final ByteBuf tails;
    private final int tailsKey;
    private @Nullable ByteBuf egress;
    private int egressKey;

    /**
     * Takes queues for one event loop.
     *
     * @param queues of the device, for this event loop alone
     * @param isWired whether a wire of the model lies between driver and device, on which packets can be damaged
     * @param loop runs a task on the event loop; called from the threads of the device
     */
    public DeviceChannel(QueueSet queues, boolean isWired, Executor loop) {
        this.queues = queues;
        this.loop = loop;
        send = new SendRing(queues.sendQueue(), queues.sendCompletions(), queues::ringSend);
        control = new SendRing(queues.controlQueue(), queues.controlCompletions(), queues::ringControl);
        receive = new ReceiveRing(queues.receive(), queues::ringReceive);
        int bytes = ContentType.values().length * TAIL_STRIDE;
        tails = Unpooled.directBuffer(bytes, bytes).setZero(0, bytes);
        for (ContentType type : ContentType.values()) {
            tails.setByte((type.code() - FIRST_TYPE) * TAIL_STRIDE, type.code());
        }
        tailsKey = queues.regions().map(tails);
        queues.hasChecksums(isWired);
        queues.onInterrupt(this::raise);
        queues.arm();
    }

    /** True where completions come later, by an interrupt. */
    public boolean isAsynchronous() {
        return queues.isAsynchronous();
    }

    /** Any thread: has the event loop poll soon, once for all that happens until then. */
    private void raise() {
        if (isRaised.compareAndSet(false, true)) {
            try {
                loop.execute(this::poll);
            } catch (RejectedExecutionException e) {
                // The event loop has ended, and everything on it.
                isRaised.set(false);
            } catch (Throwable e) {
                isRaised.set(false);
                throw e;
            }
        }
    }

    /** Handler of an interrupt: takes all events and completions that are there, and arms the CQs for the next one. */
    public void poll() {
        isRaised.set(false);
        isPolling = true;
        try {
            takeEvents();
            send.poll();
            control.poll();
            receive.poll();
            resizeIfIdle();
        } finally {
            isPolling = false;
            queues.arm();
        }
        try {
            while (!afterPoll.isEmpty()) {
                afterPoll.removeFirst().run();
            }
        } finally {
            // One that throws must not keep the others from being run.
            if (!afterPoll.isEmpty()) {
                raise();
            }
        }
    }

    /** As with NAPI, an event of one CQ has the driver look at all of the channel. */
    private void takeEvents() {
        EventRing events = queues.eventRing();
        for (int eqe = events.poll(); eqe != EventRing.EMPTY; eqe = events.poll()) {
            CompletionQueue of = queues.completionQueue(Eqe.cqn(events.memory(), eqe));
            if (of != null) {
                of.onEvent();
            }
        }
    }

    /**
     * Looks after queues that make no progress, again and again: a doorbell or an interrupt may have got lost. Rings
     * once more, and looks at events and completions without an interrupt, as mlx5 does when a send takes too long.
     */
    public void watch() {
        int completed = send.completed() + control.completed() + receive.completed();
        if (completed == completedAtWatch && !isIdle()) {
            rescues++;
            send.doorbell();
            control.doorbell();
            poll();
        }
        completedAtWatch = completed;
    }

    /** How many times queues without progress were rung again. */
    public long rescues() {
        return rescues;
    }

    /** Waits until nothing is under way. Blocks: for the end of an event loop, and for tests. */
    public void settle() {
        poll();
        for (int looks = 0; !isIdle(); looks++) {
            if (looks < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, PARK_NS);
            }
            if (looks % LOOKS_PER_WATCH == 0) {
                watch();
            }
            poll();
        }
    }

    private boolean isIdle() {
        return send.isIdle() && control.isIdle() && receive.isIdle() && afterPoll.isEmpty();
    }

    /** Runs an action once when all completions of this poll have been dealt with, or soon, outside of one. */
    public void afterPoll(Runnable action) {
        afterPoll.add(action);
        if (!isPolling) {
            raise();
        }
    }

    /** SQ. */
    public SendRing send() {
        return send;
    }

    /** Async ICOSQ. */
    public SendRing control() {
        return control;
    }

    /** RQs. */
    public ReceiveRing receive() {
        return receive;
    }

    /** Interrupts so far. */
    public long events() {
        return queues.events();
    }

    /** How many RQs there are, or are going to be. */
    public int receiveQueues() {
        return receive.wantedQueues();
    }

    /** The RQs, in the order of their numbers. */
    public List<ReceiveQueue> receiveQueueList() {
        return queues.receive().all();
    }

    /** Number of the RQ at this place, which a TIR names. */
    public int receiveQueueNumber(int queue) {
        return queues.receive().number(queue);
    }

    /** Place of the RQ that packets of a flow without a rule go to. */
    public int queueOf(FlowKey flow) {
        return plainTirs().queueOf(plainTirs().indirect(), flow) % receive.wantedQueues();
    }

    /** TIRs for packets that are not to be decrypted. */
    public PlainTirs plainTirs() {
        return queues.plainTirs();
    }

    /** A flow that packets of a TIR come in for: is told when the number of RQs changes. */
    public interface Flow {
        /** Only this many RQs, the first ones, will be there: packets have to go to one of them. */
        void onReceiveQueues(int count);
    }

    /** Adds a flow. */
    public void add(Flow flow) {
        flows.add(flow);
    }

    /** Takes a flow away. */
    public void remove(Flow flow) {
        flows.remove(flow);
    }

    /**
     * Changes the number of RQs, as {@code ethtool -L} does, with all sessions alive: first the flows of those that go
     * are led elsewhere, and the RQs change once no packet is under way. Until then no other one is posted.
     */
    public void resize(int count) {
        receive.wantQueues(count);
        List.copyOf(flows).forEach(flow -> flow.onReceiveQueues(count));
        resizeIfIdle();
    }

    /** Any thread: how packets that come in are merged from here on. */
    public void merge(Merging merging) {
        queues.merge(merging);
    }

    /** Any thread: has the event loop change the number of RQs, soon. */
    public void resizeSoon(int count) {
        try {
            loop.execute(() -> resize(count));
        } catch (RejectedExecutionException e) { // it has ended, and everything on it
            return;
        }
    }

    private void resizeIfIdle() {
        if (receive.isResizing() && receive.isIdle()) {
            queues.resize(receive.wantedQueues());
            queues.arm();
        }
    }

    /** MTU of the device, in bytes: from the IP header on. */
    public int mtu() {
        return queues.mtu();
    }

    /** Host memory that the device may reach. */
    public MemoryRegions regions() {
        return queues.regions();
    }

    /** Memory key of the {@link #tailAddress tails}. */
    public int tailsKey() {
        return tailsKey;
    }

    /**
     * Where the tail of a record lies: type byte if {@code typeBytes} is 1, then {@link AeadSuite#TAG_BYTES} bytes of
     * space.
     *
     * @param typeBytes 1 in TLS 1.3, else 0
     */
    public static long tailAddress(ContentType type, int typeBytes) {
        return (long) (type.code() - FIRST_TYPE) * TAIL_STRIDE + 1 - typeBytes;
    }

    /** Leads the packets that leave to this port while it is set; null for the host memory that each WQE names. */
    public void egress(@Nullable Port port) {
        queues.port(port);
    }

    /** Lets the next doorbell of SQ and ICOSQ each get lost. */
    public void loseNextDoorbell() {
        queues.sendQueue().loseNextRing();
        queues.controlQueue().loseNextRing();
    }

    /** Lets the device fail the next send. */
    public void failNextSend() {
        queues.failNextSend();
    }

    /** Makes the RQ of the next packet that comes in fail with it. */
    public void failNextPacket() {
        queues.failNextPacket();
    }

    /** Makes a WQE fail: the one behind this number of others. */
    public void failAfter(int wqes) {
        queues.failAfter(wqes);
    }

    /** Memory key of {@value #EGRESS_BYTES} bytes in which the device puts packets together that leave by a port. */
    public int egressKey() {
        if (egress == null) {
            egress = Unpooled.directBuffer(EGRESS_BYTES, EGRESS_BYTES);
            egressKey = queues.regions().map(egress);
        }
        return egressKey;
    }

    /**
     * Where the event loop is the engine: nothing comes for as long as the device holds a packet, so that it reports
     * what it has.
     */
    public void closeMerge() {
        queues.closeMerge();
        receive.poll();
        resizeIfIdle();
    }

    /** Puts a packet on the wire towards the device; false if the device dropped it. */
    public boolean deliver(ByteBuf header, int headerBytes, ByteBuf wire, int index, int bytes) {
        return queues.receive(header, headerBytes, wire, index, bytes);
    }

    /** Takes what else ends when the queues do. */
    public void onClose(Runnable newWhenClosed) {
        whenClosed = newWhenClosed;
    }

    /** Waits for work under way and frees the queues. The event loop no longer uses them. */
    public void close() {
        whenClosed.run();
        settle();
        queues.regions().unmap(tailsKey);
        tails.release();
        if (egress != null) {
            queues.regions().unmap(egressKey);
            egress.release();
        }
        queues.close();
    }
}
