package io.offramp.proxy.budget;

/**
 * User event that asks a client's channel to shed its least useful work: an idle connection closes, an incomplete head
 * is refused. Fired inbound, on the channel's event loop or elsewhere, repeatedly while memory is short; other channels
 * ignore it.
 */
public enum ShedEvent {
    /** The event. */
    INSTANCE
}
