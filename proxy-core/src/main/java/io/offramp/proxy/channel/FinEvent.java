package io.offramp.proxy.channel;

/**
 * The client's FIN behind its close_notify. It has sent all that it will, and most often has closed: a client that goes
 * on reading ends its side with close_notify alone (RFC 8446 §6.1). Fired once, behind
 * {@code ChannelInputShutdownEvent}.
 */
public enum FinEvent {
    /** The only one. */
    INSTANCE
}
