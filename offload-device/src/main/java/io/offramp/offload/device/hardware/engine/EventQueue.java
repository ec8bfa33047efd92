package io.offramp.offload.device.hardware.engine;

import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.EventRing;
import io.offramp.offload.device.hardware.queue.Moderation;
import io.offramp.offload.device.hardware.queue.ReceiveQueue;
import io.offramp.offload.device.hardware.queue.ReceiveQueues;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The EQ of a channel. CQs that are armed and have new entries get an event in its ring, and one interrupt has the
 * driver look there, at once or moderated. Times are ns of one monotonic clock. Confined to the engine's thread once
 * there is one.
 */
final class EventQueue {
    private final CompletionQueue send;
    private final CompletionQueue control;
    private final ReceiveQueues receive;
    private final EventRing ring = new EventRing();
    private Runnable interrupt = () -> {};
    private Moderation moderation = Moderation.NONE;
    private boolean isCounting;
    private boolean isOwed;
    private int reported;
    private long firstAtNs;
    private long events;

    EventQueue(CompletionQueue send, CompletionQueue control, ReceiveQueues receive) {
        this.send = send;
        this.control = control;
        this.receive = receive;
    }

    /** What an interrupt runs. */
    void onInterrupt(Runnable newInterrupt) {
        interrupt = newInterrupt;
    }

    /** How interrupts are moderated from here on. */
    void moderate(Moderation newModeration) {
        moderation = newModeration;
    }

    /** Events, for the driver to take. */
    EventRing ring() {
        return ring;
    }

    /** Engine: it has worked, and the driver may see what it has completed. */
    void onWorked(long nowNs) {
        int all = send.produced() + control.produced() + receive.produced();
        if (all == reported) {
            return;
        }
        reported = all;
        if (!isCounting) {
            isCounting = true;
            firstAtNs = nowNs;
        }
        // Entries first, then the look for an arm: else both sides could miss each other.
        VarHandle.fullFence();
    }

    /** Driver: wants an event for the next entry of each CQ; true where there is one already. */
    boolean arm() {
        boolean hasNew = arm(send);
        hasNew |= arm(control);
        List<ReceiveQueue> all = receive.all();
        for (int i = 0; i < all.size(); i++) {
            hasNew |= arm(all.get(i).completions());
        }
        return hasNew;
    }

    private static boolean arm(CompletionQueue queue) {
        queue.arm();
        VarHandle.fullFence();
        return queue.hasNew();
    }

    /** Raises an interrupt if one is due; false if none is. */
    boolean raiseIfDue(long nowNs) {
        int awaited = awaited();
        boolean isDue = awaited >= moderation.completions() || nowNs - firstAtNs >= moderation.delayNs();
        return (isOwed || awaited > 0 && isDue) && raise();
    }

    /** Raises an interrupt where an event is wanted; false if none is. */
    boolean raise() {
        boolean hasSent = isOwed;
        hasSent |= send(send);
        hasSent |= send(control);
        List<ReceiveQueue> all = receive.all();
        for (int i = 0; i < all.size(); i++) {
            hasSent |= send(all.get(i).completions());
        }
        if (hasSent) {
            isCounting = false;
            events++;
            // An interrupt that nobody has taken stays raised.
            isOwed = true;
            interrupt.run();
            isOwed = false;
        }
        return hasSent;
    }

    private boolean send(CompletionQueue queue) {
        if (queue.awaited() == 0) {
            return false;
        }
        queue.onEventSent();
        ring.pushCompletion(queue.number());
        return true;
    }

    private int awaited() {
        int sum = send.awaited() + control.awaited();
        List<ReceiveQueue> all = receive.all();
        for (int i = 0; i < all.size(); i++) {
            sum += all.get(i).completions().awaited();
        }
        return sum;
    }

    /** Until an interrupt is due, in ns; {@link Long#MAX_VALUE} where none will be. */
    long nsToDue(long nowNs) {
        return awaited() == 0 ? Long.MAX_VALUE : Math.max(0, firstAtNs + moderation.delayNs() - nowNs);
    }

    /** Interrupts so far; another thread may see an older count. */
    long events() {
        return events;
    }

    /** Frees the ring. */
    void close() {
        ring.close();
    }
}
