package io.offramp.proxy.budget;

/** Counts shed work. Any thread; never blocks. */
@FunctionalInterface
public interface ShedEvents {
    /** Called once for each event. */
    void onShed(Shed what);
}
