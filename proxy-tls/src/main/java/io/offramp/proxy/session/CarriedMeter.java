package io.offramp.proxy.session;

/** Counts what one direction carries in one backend, from its install until it leaves. */
public interface CarriedMeter {
    /** Adds what a burst has carried. Called on an event loop, on the hot path: never blocks, never allocates. */
    void add(long records, long bytes);

    /**
     * Adds data records of one length to the histogram. Called like {@link #add}.
     *
     * @param contentBytes of each
     */
    void addSized(int contentBytes, long records);

    /** The direction left its backend. Once. */
    void onReleased();
}
