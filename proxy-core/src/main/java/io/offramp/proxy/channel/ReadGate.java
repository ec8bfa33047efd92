package io.offramp.proxy.channel;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;

/**
 * Decides whether a channel reads: it does while no one holds the gate. Each part of the proxy that has to pause the
 * peer holds and releases under its own name, and so never undoes the pause of another. Nothing else in the proxy sets
 * the auto-read of a connection; a backend may. Confined to the event loop.
 */
public final class ReadGate {
    private static final AttributeKey<ReadGate> KEY = AttributeKey.valueOf(ReadGate.class, "gate");

    private final Channel channel;
    private int held;
    private boolean discarding;

    /** Why a channel does not read. */
    public enum Holder {
        /** A step of the handshake runs on a worker. */
        HANDSHAKE,
        /** The session hands its socket over. */
        SESSION,
        /** What has come cannot be taken yet. */
        FRONT,
        /** The other side of the tunnel takes no more. */
        TUNNEL,
        /** The client of this server's answer takes no more. */
        CLIENT,
        /** The socket is read past this process. */
        SPLICE;

        private int bit() {
            return 1 << ordinal();
        }
    }

    private ReadGate(Channel channel) {
        this.channel = channel;
    }

    /** The channel's only gate, open at first. */
    public static ReadGate of(Channel channel) {
        ReadGate gate = channel.attr(KEY).get();
        if (gate == null) {
            gate = new ReadGate(channel);
            channel.attr(KEY).set(gate);
        }
        return gate;
    }

    /** Pauses reading until {@link #release}; once is enough. */
    public void hold(Holder holder) {
        if (held == 0 && !discarding) {
            channel.config().setAutoRead(false);
        }
        held |= holder.bit();
    }

    /** Ends that pause; reading continues if no one else holds the gate. */
    public void release(Holder holder) {
        int before = held;
        held = before & ~holder.bit();
        if (before != 0 && held == 0 && !discarding) {
            channel.config().setAutoRead(true); // may read at once, and what is read may hold the gate again
        }
    }

    /** {@link #hold} or {@link #release}. */
    public void hold(Holder holder, boolean on) {
        if (on) {
            hold(holder);
        } else {
            release(holder);
        }
    }

    /** Opens the gate for good: further input is only discarded, so there is no reason to pause. */
    public void discard() {
        discarding = true; // first, because the next line may read at once
        channel.config().setAutoRead(true); // a backend may have paused it, which knows no gate
    }
}
