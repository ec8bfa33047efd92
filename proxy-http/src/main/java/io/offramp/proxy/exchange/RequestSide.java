package io.offramp.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.upstream.UpstreamStream;
import org.jspecify.annotations.Nullable;

/** Progress of an exchange's request, from the client to a server. */
final class RequestSide {
    private State state = State.AWAITED;
    private long bytes;
    private boolean bodiless;
    private boolean continued;
    /** The body, for another attempt; null if there will be none with a body. */
    private @Nullable KeptBody kept;

    enum State {
        /** No head has come, or one that is refused. */
        AWAITED,
        /** The head has come and no server has it yet; its body waits with the client. */
        HELD,
        /** The same for a request without a body. */
        HELD_WHOLE,
        /** A server has the head, and gets the body as it comes. */
        FLOWING,
        /** A server has all of it. */
        SENT
    }

    State state() {
        return state;
    }

    /** A valid head has come. */
    void onHead(boolean isBodiless) {
        from(State.AWAITED);
        bodiless = isBodiless;
        state = isBodiless ? State.HELD_WHOLE : State.HELD;
    }

    /**
     * Keeps a copy of the body in case it is to be sent again.
     *
     * @param most bytes; one that is larger is not kept
     * @param length of the body; negative if it is not known
     */
    void keep(int most, long length) {
        kept = new KeptBody(most, length);
    }

    /** It will not be sent again. */
    void keepNoLonger() {
        kept = null;
    }

    /** True if all that a server got can be sent to another. */
    boolean isReplayable() {
        KeptBody body = kept;
        return body == null ? bodiless : body.isWhole();
    }

    /** Heap that a kept body takes. */
    int heldBytes() {
        KeptBody body = kept;
        return body == null ? 0 : body.heldBytes();
    }

    /** True if it may be sent again, with a body. */
    boolean isKept() {
        return kept != null;
    }

    /** Sends what is kept, behind the head. */
    void sendKept(UpstreamStream to) {
        if (kept != null) {
            kept.sendTo(to, state == State.SENT);
        }
    }

    /** A server gets the head. */
    void onSent() {
        state = switch (state) {
            case HELD -> State.FLOWING;
            case HELD_WHOLE -> State.SENT;
            case AWAITED, FLOWING, SENT -> throw new IllegalStateException("sent while " + state);
        };
    }

    /** Another server may get it. Only before the first byte of a body, or with one that is kept. */
    void onReturned() {
        if (bytes > 0 && !isReplayable()) {
            throw new IllegalStateException("returned behind " + bytes + " bytes");
        }
        state = switch (state) {
            case FLOWING -> State.HELD;
            case SENT -> State.HELD_WHOLE;
            case AWAITED, HELD, HELD_WHOLE -> throw new IllegalStateException("returned while " + state);
        };
    }

    /** More of the body has come. */
    void onBody(ByteBuf piece) {
        from(State.FLOWING);
        bytes += piece.readableBytes();
        if (kept != null) {
            kept.add(piece);
        }
    }

    /** The body is complete. One with trailers is not sent again. */
    void onEnd(Fields trailers) {
        from(State.FLOWING);
        if (kept != null && trailers.size() > 0) {
            kept.drop();
        }
        state = State.SENT;
    }

    /** The client was told to send its body (RFC 9110 §10.1.1). */
    void onContinue() {
        continued = true;
    }

    /** Bytes of body so far. */
    long bytes() {
        return bytes;
    }

    /** True if a client may still wait for a 100. */
    boolean isHeldBack() {
        return bytes == 0 && !continued;
    }

    /** True if all of it was taken from the client. */
    boolean isComplete() {
        return state == State.HELD_WHOLE || state == State.SENT;
    }

    /** True if a server gets the body as it comes. */
    boolean isFlowing() {
        return state == State.FLOWING;
    }

    private void from(State only) {
        if (state != only) {
            throw new IllegalStateException(state + ", not " + only);
        }
    }
}
