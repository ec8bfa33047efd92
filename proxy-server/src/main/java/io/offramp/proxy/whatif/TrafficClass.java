package io.offramp.proxy.whatif;

import java.util.concurrent.TimeUnit;

/**
 * Flows of one kind, in the view of a device.
 *
 * @param size of their records
 * @param lifetime of their sessions
 */
public record TrafficClass(Size size, Lifetime lifetime) implements Comparable<TrafficClass> {
    /** Mean content per record. */
    public enum Size {
        /** Less than 1 KiB. */
        SMALL("below 1 KiB", 0),
        /** From 1 KiB on. */
        MEDIUM("1 to 4 KiB", 1 << 10),
        /** From 4 KiB on. */
        LARGE("4 KiB and more", 4 << 10);

        private final String label;
        private final int fromBytes;

        Size(String label, int fromBytes) {
            this.label = label;
            this.fromBytes = fromBytes;
        }
    }

    /** From accept to close. */
    public enum Lifetime {
        /** Less than a second. */
        SHORT("below 1 s", 0),
        /** From a second on. */
        MEDIUM("1 s to 1 min", TimeUnit.SECONDS.toNanos(1)),
        /** From a minute on. */
        LONG("1 min and more", TimeUnit.MINUTES.toNanos(1));

        private final String label;
        private final long fromNs;

        Lifetime(String label, long fromNs) {
            this.label = label;
            this.fromNs = fromNs;
        }
    }

    /** The class of a flow. */
    static TrafficClass of(Flow flow) {
        Size size = Size.SMALL;
        for (Size s : Size.values()) {
            size = flow.meanRecordBytes() >= s.fromBytes ? s : size;
        }
        Lifetime lifetime = Lifetime.SHORT;
        for (Lifetime l : Lifetime.values()) {
            lifetime = flow.lifetimeNs() >= l.fromNs ? l : lifetime;
        }
        return new TrafficClass(size, lifetime);
    }

    /** {@code below 1 KiB}. */
    public String sizeLabel() {
        return size.label;
    }

    /** {@code 1 s to 1 min}. */
    public String lifetimeLabel() {
        return lifetime.label;
    }

    @Override
    public int compareTo(TrafficClass other) {
        int bySize = size.compareTo(other.size);
        return bySize != 0 ? bySize : lifetime.compareTo(other.lifetime);
    }
}
