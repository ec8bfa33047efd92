package io.offramp.proxy.channel;

/**
 * The client's FIN behind its close_notify. The client sends nothing more and has most often closed: a client that goes
 * on reading ends its side with close_notify alone (RFC 8446 §6.1). Fired once, behind
 * {@code ChannelInputShutdownEvent}.
 */
public enum FinEvent {
    /** The only one. */
    INSTANCE
}
