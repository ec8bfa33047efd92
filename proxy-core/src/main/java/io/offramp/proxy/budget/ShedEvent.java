package io.offramp.proxy.budget;

/**
 * User event that asks a client's channel to give up what nobody would miss most: an idle connection closes, a head
 * that does not end is refused. Fired inbound, on the channel's event loop or elsewhere, again and again while memory
 * is short; others ignore it.
 */
public enum ShedEvent {
    /** The event. */
    INSTANCE
}
