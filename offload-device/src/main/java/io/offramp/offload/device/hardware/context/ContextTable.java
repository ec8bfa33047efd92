package io.offramp.offload.device.hardware.context;

import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.device.index.IndexAllocator;
import io.offramp.offload.device.index.IndexStack;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * All TIS, or all TIR. Numbers are 24 bits wide and start at 1: 0 in a WQE means none. TIS and TIR take their memory
 * from one {@link ContextMemory}. Thread-safe.
 */
public final class ContextTable {
    /** No context. */
    public static final int NONE = 0;

    private static final long BUSY_NS = 1_000_000;

    private final ContextMemory memory;
    private final Firmware firmware;
    private final IndexAllocator numbers;
    private final AtomicReferenceArray<@Nullable TlsContext> contexts;

    /** @param memory what both tables live in */
    public ContextTable(ContextMemory memory, Firmware firmware) {
        this.memory = memory;
        this.firmware = firmware;
        numbers = new IndexAllocator(memory.capacity());
        contexts = new AtomicReferenceArray<>(memory.capacity());
    }

    /**
     * Command: makes an empty context.
     *
     * @param receiveQueue the RQ of a TIR; 0 for a TIS
     * @return its number, or {@link #NONE} if there is no room
     */
    public int create(int receiveQueue) {
        if (!memory.take()) {
            return NONE;
        }
        int index = numbers.allocate();
        if (index == IndexStack.NONE) {
            memory.giveBack();
            return NONE;
        }
        firmware.onObject();
        contexts.set(index, new TlsContext(receiveQueue));
        return index + 1;
    }

    /** Command: leads the packets of a TIR to another RQ from here on; its state stays. */
    public void modify(int number, int receiveQueue) {
        TlsContext context = get(number);
        if (context != null) {
            firmware.onObject();
            context.receiveQueue(receiveQueue);
        }
    }

    /** Command: makes a context forget what it was told, for its next user. Nothing that names it is under way. */
    public void reset(int number) {
        TlsContext context = get(number);
        if (context != null) {
            context.wipe();
            contexts.set(number - 1, new TlsContext(context.receiveQueue()));
        }
    }

    /** Command: destroys a context. Nothing that names it is under way. */
    public void destroy(int number) {
        TlsContext context = contexts.getAndSet(number - 1, null);
        if (context != null) {
            firmware.onObject();
            context.wipe();
            numbers.free(number - 1);
            memory.giveBack();
        }
    }

    /** The context with this number, or null. */
    public @Nullable TlsContext get(int number) {
        return number > 0 && number <= contexts.length() ? contexts.get(number - 1) : null;
    }

    /** True while the firmware has enough to do for installs: what can wait should. */
    public boolean isFirmwareBusy() {
        return firmware.backlogNs() > BUSY_NS;
    }

    /** True while at least half of the memory for contexts is free. */
    public boolean hasHalfLeft() {
        return 2 * memory.used() < memory.capacity();
    }

    /** How many there are now. */
    public int inUse() {
        return numbers.inUse();
    }
}
