package io.offramp.proxy.budget;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The sizes that follow from a {@link Machine}: the memory that clients may take together, and the limits that the
 * configuration leaves out.
 *
 * @param machine the machine
 * @param budgetBytes heap that clients may take together
 */
public record Sizing(Machine machine, long budgetBytes) {
    /** Heap of an idle connection, measured with 10,000 of them: 4 to 5.9 KiB. */
    public static final int CONNECTION_BYTES = 6 << 10;

    /**
     * Heap of a handshake under way, without the client's bytes, which are kept: 70 KB were measured after 60 KB from
     * the client.
     */
    public static final int HANDSHAKE_BYTES = 12 << 10;

    /** Heap that is taken without any client: classes, code, certificates, and the statistics of closed sessions. */
    private static final long OWN_BYTES = 20L << 20;

    private static final long LEAST_BUDGET_BYTES = 4L << 20;

    /** Share for clients in hundredths of the rest; the collector needs the other part. */
    private static final int BUDGET_PERCENT = 60;

    private static final int CONNECTIONS_PERCENT = 50;
    private static final int HANDSHAKES_PERCENT = 33;
    private static final int MOST_CONNECTIONS = 100_000;
    private static final int MOST_HANDSHAKES = 10_000;

    /** The JVM outside of heap and direct memory: code, classes, stacks. */
    private static final long JVM_BYTES = 96L << 20;

    /** One of four descriptors that the process itself does not need is left for connections to servers. */
    private static final int DESCRIPTORS_IN_FOUR = 3;

    /** For this machine. */
    public static Sizing of(Machine machine) {
        long rest = machine.heapBytes() - OWN_BYTES;
        return new Sizing(machine, Math.max(LEAST_BUDGET_BYTES, rest / 100 * BUDGET_PERCENT));
    }

    /**
     * The budget for clients on this machine, all of it free.
     *
     * @param connections open now; any thread
     * @param usedDirectBytes direct memory of their buffers
     */
    public MemoryBudget budget(IntSupplier connections, LongSupplier usedDirectBytes, ShedEvents events) {
        return new MemoryBudget(
                budgetBytes,
                machine.directBytes(),
                () -> (long) connections.getAsInt() * CONNECTION_BYTES,
                usedDirectBytes,
                BufferFailures::count,
                System::nanoTime,
                events);
    }

    /** The limits, with the missing ones filled in. */
    public ClientLimits resolve(ClientLimits asked) {
        int connections = asked.connections() > 0 ? asked.connections() : connections();
        int handshakes = asked.handshakes() > 0 ? asked.handshakes() : handshakes();
        return new ClientLimits(connections, handshakes, asked.perAddress());
    }

    private int connections() {
        return Math.clamp(Math.min(connectionsByHeap(), connectionsByDescriptors()), 1, MOST_CONNECTIONS);
    }

    private int handshakes() {
        return Math.clamp(budgetBytes / 100 * HANDSHAKES_PERCENT / HANDSHAKE_BYTES, 1, MOST_HANDSHAKES);
    }

    private long connectionsByHeap() {
        return budgetBytes / 100 * CONNECTIONS_PERCENT / CONNECTION_BYTES;
    }

    private long connectionsByDescriptors() {
        return Math.max(0, machine.descriptors() - machine.ownDescriptors()) / 4 * DESCRIPTORS_IN_FOUR;
    }

    /** One line for the log at start. */
    public String describe(ClientLimits resolved) {
        return "memory: heap " + mib(machine.heapBytes()) + ", direct " + mib(machine.directBytes())
                + ", container " + mib(machine.containerBytes()) + ", descriptors " + number(machine.descriptors())
                + "; clients may take " + mib(budgetBytes) + " of the heap; limits: "
                + resolved.connections() + " connections, "
                + resolved.handshakes() + " handshakes under way";
    }

    /**
     * One line each where the configuration asks for more than there is.
     *
     * @param headBytes largest head
     */
    public List<String> warnings(ClientLimits asked, int headBytes) {
        List<String> lines = new ArrayList<>();
        if (asked.connections() > connectionsByDescriptors()) {
            lines.add("limits.connections is " + asked.connections() + ", but of " + machine.descriptors()
                    + " descriptors (RLIMIT_NOFILE) " + connectionsByDescriptors() + " are for clients");
        }
        warnOfHeap(
                lines, "limits.connections is " + asked.connections(), (long) asked.connections() * CONNECTION_BYTES);
        warnOfHeap(lines, "limits.handshakes is " + asked.handshakes(), (long) asked.handshakes() * HANDSHAKE_BYTES);
        warnOfHeap(lines, "limits.head is " + headBytes, headBytes);
        long jvm = machine.heapBytes() + machine.directBytes() + JVM_BYTES;
        if (jvm > machine.containerBytes()) {
            lines.add("heap (-Xmx) and direct memory (-XX:MaxDirectMemorySize) may take " + mib(jvm)
                    + " with the JVM's own, but the"
                    + " container has " + mib(machine.containerBytes()));
        }
        return lines;
    }

    private void warnOfHeap(List<String> lines, String asked, long bytes) {
        if (bytes > budgetBytes) {
            lines.add(asked + ", which takes " + mib(bytes) + " of heap, but of " + mib(machine.heapBytes())
                    + " (-Xmx) clients may take "
                    + mib(budgetBytes));
        }
    }

    private static String mib(long bytes) {
        return bytes == Long.MAX_VALUE ? "unknown" : (bytes >> 20) + " MiB";
    }

    private static String number(long number) {
        return number == Long.MAX_VALUE ? "unlimited" : "" + number;
    }
}
