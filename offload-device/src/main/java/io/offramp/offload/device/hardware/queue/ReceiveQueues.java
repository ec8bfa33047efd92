package io.offramp.offload.device.hardware.queue;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The RQs of one channel, and the memory pool (RMP) that they take entries from. */
public final class ReceiveQueues {
    /** Most RQs of a channel. */
    public static final int MAX_QUEUES = 64;

    private static final int NUMBER_SHIFT = 8;
    private static final int GENERATION_SHIFT = 24;
    private static final int NUMBER_MASK = (1 << GENERATION_SHIFT) - 1;

    private final int firstNumber;
    private final WorkQueue memory;
    private int producedByGone;
    // Of the CQs made next: an event of one that is gone must not pass for one of its successor.
    private int generation;
    private volatile List<ReceiveQueue> queues;

    /**
     * Makes them.
     *
     * @param set number of the channel
     * @param memoryNumber number of the memory pool
     * @param entries of the memory pool, a power of two
     */
    public ReceiveQueues(int set, int memoryNumber, int entries, int count) {
        firstNumber = set + 1 << NUMBER_SHIFT;
        memory = new WorkQueue(memoryNumber, entries, DataSegment.BYTES);
        queues = IntStream.range(0, count).mapToObj(this::make).toList();
    }

    private ReceiveQueue make(int index) {
        int number = number(index);
        return new ReceiveQueue(number, generation << GENERATION_SHIFT | number, memory.entries());
    }

    /** Host memory for packets, whichever RQ they go to. */
    public WorkQueue memory() {
        return memory;
    }

    /** All RQs, in the order of their numbers. */
    public List<ReceiveQueue> all() {
        return queues;
    }

    /** Number of the RQ at this place, which may not exist. */
    public int number(int index) {
        return firstNumber + index;
    }

    /** Place of the RQ with this number; -1 if it is none of this channel. */
    public int indexOf(int number) {
        int index = number - firstNumber;
        return index >= 0 && index < queues.size() ? index : -1;
    }

    /** The CQ with this number; null if it is none of this channel, or gone. */
    public @Nullable CompletionQueue completions(int cqn) {
        int index = indexOf(cqn & NUMBER_MASK);
        CompletionQueue current = index < 0 ? null : queues.get(index).completions();
        return current != null && current.number() == cqn ? current : null;
    }

    /** Device: completions of all RQs so far, those that are gone included. */
    public int produced() {
        List<ReceiveQueue> all = queues;
        int sum = producedByGone;
        for (int i = 0; i < all.size(); i++) {
            sum += all.get(i).completions().produced();
        }
        return sum;
    }

    /** Command: makes RQs at the end, or destroys some there. Nothing is under way, and no TIR names those that go. */
    public void resize(int count) {
        generation++;
        List<ReceiveQueue> before = queues;
        List<ReceiveQueue> gone = before.stream().skip(count).toList();
        producedByGone +=
                gone.stream().mapToInt(queue -> queue.completions().produced()).sum();
        queues = IntStream.range(0, count)
                .mapToObj(index -> index < before.size() ? before.get(index) : make(index))
                .toList();
        gone.forEach(ReceiveQueue::close);
    }

    /** Frees all. */
    public void close() {
        queues.forEach(ReceiveQueue::close);
        memory.close();
    }
}
