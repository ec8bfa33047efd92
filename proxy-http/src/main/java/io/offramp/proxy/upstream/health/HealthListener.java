package io.offramp.proxy.upstream.health;

/** Learns of a server's changes. */
public interface HealthListener {
    /** Once per change, in order. Called on any thread: never blocks. */
    void onChange(Standing before, Standing now);

    /** Whether one more of the servers may rest for its faults. */
    boolean mayEject();
}
