package io.offramp.offload.device.hardware.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * An engine that works when a test says so, one entry of one queue at a time: every order that threads could bring
 * about can be had, and had again.
 */
public final class SteppedEngine implements Engine {
    /** What it works on next. */
    public enum Step {
        /** The next WQE of an ICOSQ. */
        CONTROL,
        /** The next WQE of an SQ. */
        SEND,
        /** The next packet. */
        PACKET
    }

    private final List<QueueSet> queues = new ArrayList<>();
    private boolean isFree;

    /** Does one thing, if there is one to do, and raises an interrupt. */
    public boolean step(Step step) {
        for (QueueSet set : queues) {
            boolean hasWorked = switch (step) {
                case CONTROL -> set.workControl();
                case SEND -> set.workSend();
                case PACKET -> set.workReceive();
            };
            if (hasWorked) {
                set.interrupt();
                return true;
            }
        }
        return false;
    }

    /** Does all that there is; false if that was nothing. */
    public boolean run() {
        int steps = 0;
        boolean hasWorked;
        do {
            hasWorked = false;
            for (Step step : Step.values()) {
                hasWorked |= step(step);
            }
            steps += hasWorked ? 1 : 0;
        } while (hasWorked);
        return steps > 0;
    }

    /** Works at every doorbell from here on. */
    public void runFreely() {
        isFree = true;
        run();
    }

    /** What it works on. */
    public List<QueueSet> queues() {
        return queues;
    }

    @Override
    public void add(QueueSet added) {
        queues.add(added);
    }

    @Override
    public void remove(QueueSet removed) {
        queues.remove(removed);
    }

    @Override
    public void wake() {
        if (isFree) {
            run();
        }
    }

    @Override
    public void close() {
        queues.clear();
    }
}
