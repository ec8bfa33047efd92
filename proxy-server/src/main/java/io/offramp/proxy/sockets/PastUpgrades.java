package io.offramp.proxy.sockets;

/**
 * Upgrades of the processes before.
 *
 * @param done after which the new process served
 * @param failed all others
 */
public record PastUpgrades(long done, long failed) {
    /** Of a first process. */
    public static final PastUpgrades NONE = new PastUpgrades(0, 0);
}
