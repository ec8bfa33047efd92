package io.offramp.offload.device.hardware.engine;

/** How long the device needs for its work, where it is to be as slow as a real one. Thread-safe. */
@FunctionalInterface
public interface Pace {
    /** As fast as it can. */
    Pace UNLIMITED = (records, bytes, misses) -> 0;

    /**
     * The device was given work.
     *
     * @param records records, and parts of records, in it
     * @param bytes their bytes on the wire
     * @param misses contexts that had to be fetched for it
     * @return ns from now until it may report the work as done
     */
    long work(long records, long bytes, long misses);
}
