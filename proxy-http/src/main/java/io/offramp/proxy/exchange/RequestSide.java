package io.offramp.proxy.exchange;

/** Progress of an exchange's request, from the client to a server. */
final class RequestSide {
    private State state = State.AWAITED;
    private long bytes;
    private boolean continued;

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
    void onHead(boolean bodiless) {
        from(State.AWAITED);
        state = bodiless ? State.HELD_WHOLE : State.HELD;
    }

    /** A server gets the head. */
    void onSent() {
        state = switch (state) {
            case HELD -> State.FLOWING;
            case HELD_WHOLE -> State.SENT;
            case AWAITED, FLOWING, SENT -> throw new IllegalStateException("sent while " + state);
        };
    }

    /** The server has not acted on it, so another may get it. Only before the first byte of a body. */
    void onReturned() {
        if (bytes > 0) {
            throw new IllegalStateException("returned behind " + bytes + " bytes");
        }
        state = switch (state) {
            case FLOWING -> State.HELD;
            case SENT -> State.HELD_WHOLE;
            case AWAITED, HELD, HELD_WHOLE -> throw new IllegalStateException("returned while " + state);
        };
    }

    /** More of the body has come. */
    void onBody(int more) {
        from(State.FLOWING);
        bytes += more;
    }

    /** The body is complete. */
    void onEnd() {
        from(State.FLOWING);
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
