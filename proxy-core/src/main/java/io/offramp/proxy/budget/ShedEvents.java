package io.offramp.proxy.budget;

/** Hears of what is given up, to count it. Any thread; never blocks. */
@FunctionalInterface
public interface ShedEvents {
    /** Once for each. */
    void onShed(Shed what);
}
