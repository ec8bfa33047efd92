package io.offramp.proxy.upstream;

/**
 * Stands for a server in the pools of connections. Configurations share it as long as their connections to the server
 * are of the same kind. Thread-safe.
 */
public final class PoolKey {
    private volatile boolean retired;

    /** No configuration uses these connections for new requests any more. */
    public void retire() {
        retired = true;
    }

    /** Whether connections close instead of waiting for a further request. */
    public boolean isRetired() {
        return retired;
    }
}
