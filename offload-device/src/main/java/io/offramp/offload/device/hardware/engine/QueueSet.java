package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.context.ContextCache;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.key.DekTable;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.EventRing;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.device.hardware.queue.Merging;
import io.offramp.offload.device.hardware.queue.Moderation;
import io.offramp.offload.device.hardware.queue.ReceiveQueues;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import io.offramp.offload.device.hardware.steering.PlainTirs;
import io.offramp.offload.device.hardware.steering.Rqt;
import io.offramp.offload.device.hardware.steering.Steering;
import io.offramp.offload.device.hardware.steering.Toeplitz;
import org.jspecify.annotations.Nullable;

/**
 * The queues of one channel (SQ, ICOSQ, RQs and their CQs) and the engines behind them. The engines are inline, where
 * ringing a doorbell does the work on the caller's thread, or belong to an {@link Engine}, which the doorbell wakes and
 * which raises an interrupt when it has completed something. The driver's side is confined to one thread.
 */
public final class QueueSet {
    private static final int SEND_BLOCKS = 1024;
    private static final int CONTROL_BLOCKS = 64;
    private static final int RECEIVE_ENTRIES = 64;

    private final int number;
    private final LinkState link;
    private final MemoryRegions regions = new MemoryRegions();
    private final WorkQueue sendQueue;
    private final WorkQueue controlQueue;
    private final ReceiveQueues receive;
    private final PlainTirs plainTirs;
    private final CompletionQueue sendCompletions;
    private final CompletionQueue controlCompletions;
    private final RecordCipher cipher = new RecordCipher();
    private final TxEngine tx;
    private final RxEngine rx;
    private final Receiver receiver;
    private final WqeWorker worker;
    private final ContextCache cache;
    private final PacketRing arriving = new PacketRing(RECEIVE_ENTRIES);
    private final @Nullable Engine engine;
    private final EventQueue events;
    private boolean isPaced;
    private long pacedUntilNs;

    /**
     * @param number unique on the device; SQ, ICOSQ and the memory of the RQs have 4n + 1 to 4n + 3
     * @param receiveQueues how many RQs there are at first
     * @param link the port that packets leave and come by
     * @param engine works on these queues; null if the ringing thread does
     */
    public QueueSet(
            int number,
            int receiveQueues,
            ContextTable tises,
            ContextTable tirs,
            DekTable deks,
            Steering steering,
            ContextCache cache,
            LinkState link,
            @Nullable Engine engine) {
        this.engine = engine;
        this.number = number;
        this.cache = cache;
        this.link = link;
        sendQueue = new WorkQueue(4 * number + 1, SEND_BLOCKS, WorkQueue.BLOCK_BYTES);
        controlQueue = new WorkQueue(4 * number + 2, CONTROL_BLOCKS, WorkQueue.BLOCK_BYTES);
        sendCompletions = new CompletionQueue(sendQueue.number(), SEND_BLOCKS);
        controlCompletions = new CompletionQueue(controlQueue.number(), CONTROL_BLOCKS);
        receive = new ReceiveQueues(number, 4 * number + 3, RECEIVE_ENTRIES, receiveQueues);
        events = new EventQueue(sendCompletions, controlCompletions, receive);
        plainTirs = new PlainTirs(number, new Rqt(receiveQueues), Toeplitz.DEFAULT);
        tx = new TxEngine(tises, regions, cipher, new Payload(regions, sendQueue.memory()), link::mtu);
        rx = new RxEngine(cipher);
        receiver = new Receiver(receive, regions, steering, tirs, plainTirs, cache, link::isUp, rx);
        worker = new WqeWorker(tises, tirs, deks, regions, tx, cache, link::isUp);
    }

    /** True where an engine of its own works on these queues, so that completions come later. */
    public boolean isAsynchronous() {
        return engine != null;
    }

    /**
     * Says what to do when something has completed. Called once by the driver, before it posts anything.
     *
     * @param newInterrupt runs on the engine's thread: hands over to the driver's, and does not block
     */
    public void onInterrupt(Runnable newInterrupt) {
        events.onInterrupt(newInterrupt);
        if (engine != null) {
            engine.add(this);
        }
    }

    /** How its interrupts are moderated. Called once by the driver, before {@link #onInterrupt}. */
    public void moderate(Moderation moderation) {
        events.moderate(moderation);
    }

    /** Ring of the EQ: which CQs have new entries. */
    public EventRing eventRing() {
        return events.ring();
    }

    /**
     * Doorbell of all CQs: wants an event for the next entry of each. Called by the driver when it has taken what there
     * was.
     */
    public void arm() {
        // The engine has looked for an arm behind each entry. It is woken only where it may have looked before this
        // one.
        if (events.arm() && engine != null) {
            engine.wake();
        }
    }

    /** How packets that come in are merged from here on. Called from any thread. */
    public void merge(Merging merging) {
        receiver.merger().merge(merging);
    }

    /** Where the caller's thread is the engine: the time for which a packet is held has passed. */
    public void closeMerge() {
        receiver.merger().close();
    }

    /** Interrupts so far; another thread may see an older count. */
    public long events() {
        return events.events();
    }

    /** Number of this set. */
    public int number() {
        return number;
    }

    /** MTU of the port that packets leave by, in bytes: from the IP header on. */
    public int mtu() {
        return link.mtu();
    }

    /** Host memory that these queues may reach. */
    public MemoryRegions regions() {
        return regions;
    }

    /** SQ: packets, and the params of their TIS. */
    public WorkQueue sendQueue() {
        return sendQueue;
    }

    /** CQ of the SQ. */
    public CompletionQueue sendCompletions() {
        return sendCompletions;
    }

    /** Async ICOSQ: the params of TIRs. */
    public WorkQueue controlQueue() {
        return controlQueue;
    }

    /** CQ of the ICOSQ. */
    public CompletionQueue controlCompletions() {
        return controlCompletions;
    }

    /** The CQ with this number; null if it is none of these, or gone. */
    public @Nullable CompletionQueue completionQueue(int number) {
        return number == sendCompletions.number()
                ? sendCompletions
                : number == controlCompletions.number() ? controlCompletions : receive.completions(number);
    }

    /** RQs. */
    public ReceiveQueues receive() {
        return receive;
    }

    /** TIRs for packets that are not to be decrypted. */
    public PlainTirs plainTirs() {
        return plainTirs;
    }

    /**
     * Command: changes the number of RQs, and spreads the flows without a rule over them. Nothing is under way, and no
     * TIR names an RQ that goes.
     */
    public void resize(int receiveQueues) {
        // Where a table or the list of RQs is the shorter one, no packet finds an entry without an RQ.
        if (receiveQueues > receive.all().size()) {
            receive.resize(receiveQueues);
            plainTirs.rqt().spreadOver(receiveQueues);
        } else {
            plainTirs.rqt().spreadOver(receiveQueues);
            receive.resize(receiveQueues);
        }
    }

    /** Leads packets that leave to this port; null, as at first, where the host memory that a WQE names is the wire. */
    public void port(@Nullable Port newPort) {
        worker.port(newPort);
    }

    /** Shows what crosses these queues to an observer. Called before anything is posted. */
    public void observe(QueueObserver newObserver) {
        worker.observer(newObserver);
        receiver.observer(newObserver);
    }

    /** Observer: appends what a SEND or LSO in a ring of these queues carries, as the host gave it. */
    public void copyPayload(ByteBuf ring, int at, ByteBuf out) {
        tx.copyPayload(ring, at, out);
    }

    /** Lets the next SEND or LSO fail with nothing of it done, as a device in trouble does. */
    public void failNextSend() {
        worker.failNextSend();
    }

    /** Makes the RQ of the next packet that comes in fail with it. */
    public void failNextPacket() {
        receiver.failNext();
    }

    /** Makes a WQE of SQ or ICOSQ fail: the one behind this number of others. */
    public void failAfter(int wqes) {
        worker.failAfter(wqes);
    }

    /**
     * Whether packets that come in have a TCP checksum, as they have at first. Where the connection's bytes pass by
     * reference, nothing can damage them, and nobody computes one.
     */
    public void hasChecksums(boolean newHasChecksums) {
        receiver.hasChecksums(newHasChecksums);
    }

    /** Doorbell of the SQ: the device works on everything before this running index, which its record gets. */
    public void ringSend(int producer) {
        sendQueue.record(producer);
        if (isHeard(sendQueue)) {
            while (workSend()) {}
        }
    }

    /** Doorbell of the ICOSQ: the device works on everything before this running index, which its record gets. */
    public void ringControl(int producer) {
        controlQueue.record(producer);
        if (isHeard(controlQueue)) {
            while (workControl()) {}
        }
    }

    /** Rings; true where the ringing thread is the engine. */
    private boolean isHeard(WorkQueue queue) {
        boolean isHeard = queue.ring();
        if (isHeard && engine != null) {
            engine.wake();
        }
        return isHeard && engine == null;
    }

    /**
     * Doorbell record of the RQs' memory: entries before this running index may be filled. Nobody rings: the device
     * reads it when a packet comes.
     */
    public void ringReceive(int producer) {
        receive.memory().record(producer);
    }

    /**
     * A packet comes in from the wire. Its payload goes to the next entry of the RQs' memory, a CQE of its RQ follows.
     *
     * @param header copied
     * @param wire holds the payload; read, not kept beyond the CQE
     * @return false if the packet was dropped: no entry, or not enough room in it
     */
    public boolean receive(ByteBuf header, int headerBytes, ByteBuf wire, int index, int bytes) {
        if (engine == null) {
            boolean isTaken = receiver.take(header, headerBytes, wire, index, bytes);
            if (!receiver.hasChecksums()) {
                closeMerge();
            }
            return isTaken;
        }
        if (!arriving.offer(header, headerBytes, wire, index, bytes)) {
            return false;
        }
        engine.wake();
        return true;
    }

    /**
     * Engine: does the work that there is, and reports it to the driver once the time that it takes has passed. Until
     * then these queues wait, and the engine works on others.
     *
     * @return true if there was something
     */
    boolean work(Pace pace) {
        long now = System.nanoTime();
        if (isPaced && pacedUntilNs - now > 0) {
            return false;
        }
        boolean hasWorked = isPaced;
        if (isPaced) {
            isPaced = false;
            events.onWorked(now);
        }
        long missesBefore = cache.misses();
        long recordsBefore = cipher.records();
        long bytesBefore = worker.bytesWorked() + receiver.bytesReceived();
        if (workAll()) {
            hasWorked = true;
            long ns = pace.work(
                    cipher.records() - recordsBefore,
                    worker.bytesWorked() + receiver.bytesReceived() - bytesBefore,
                    cache.misses() - missesBefore);
            now = System.nanoTime();
            if (ns > 0) {
                isPaced = true;
                pacedUntilNs = now + ns;
            } else {
                events.onWorked(now);
            }
        }
        return !isPaced && events.raiseIfDue(now) || hasWorked;
    }

    private boolean workAll() {
        boolean hasWorked = false;
        while (workControl()) {
            hasWorked = true;
        }
        while (workSend()) {
            hasWorked = true;
        }
        while (workReceive()) {
            hasWorked = true;
        }
        return receiver.merger().isOpen() && receiver.merger().closeIfDue(System.nanoTime()) || hasWorked;
    }

    /** Engine: does the next WQE of the ICOSQ; false if none waits. */
    boolean workControl() {
        return worker.workOne(controlQueue, controlCompletions);
    }

    /** Engine: does the next WQE of the SQ; false if none waits. */
    boolean workSend() {
        return worker.workOne(sendQueue, sendCompletions);
    }

    /** Engine: takes the next packet that has come in; false if none waits. */
    boolean workReceive() {
        PacketRing.Slot slot = arriving.poll();
        if (slot == null) {
            return false;
        }
        try {
            receiver.take(slot.header(), slot.headerBytes(), slot.wire(), slot.index(), slot.bytes());
        } finally {
            arriving.release();
        }
        return true;
    }

    /** Engine: has the driver look. */
    void interrupt() {
        events.raise();
    }

    /** Engine: until it has something to do for these queues without a doorbell, in ns; else {@link Long#MAX_VALUE}. */
    long nsToInterrupt() {
        long now = System.nanoTime();
        return isPaced ? pacedUntilNs - now : Math.min(receiver.merger().nsToDue(now), events.nsToDue(now));
    }

    /** Frees the rings. Nothing is posted after this. */
    public void close() {
        if (engine != null) {
            engine.remove(this);
        }
        sendQueue.close();
        controlQueue.close();
        receive.close();
        sendCompletions.close();
        controlCompletions.close();
        events.close();
        cipher.close();
        tx.close();
        rx.close();
    }
}
