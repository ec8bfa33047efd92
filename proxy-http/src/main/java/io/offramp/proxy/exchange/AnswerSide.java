package io.offramp.proxy.exchange;

/** Progress of an exchange's answer, towards the client. */
final class AnswerSide {
    private static final int CLIENT_CLOSED_REQUEST = 499; // as nginx has it
    private static final int SERVICE_UNAVAILABLE = 503;

    private State state = State.AWAITED;
    private int status;
    private long bytes;

    enum State {
        /** None has begun; interim heads do not count. */
        AWAITED,
        /** The client has its head. */
        BEGUN,
        /** The exchange is over, with or without a complete answer. */
        OVER
    }

    State state() {
        return state;
    }

    /** The client gets the head. */
    void onHead(int answerStatus) {
        if (state != State.AWAITED) {
            throw new IllegalStateException("head " + answerStatus + " while " + state);
        }
        state = State.BEGUN;
        status = answerStatus;
    }

    /** The client gets more of the body. */
    void onBody(int more) {
        bytes += more;
    }

    /** The exchange ends; once. */
    void onOver() {
        if (state == State.OVER) {
            throw new IllegalStateException("over already");
        }
        state = State.OVER;
    }

    /** Status of the answer; 0 if none has begun. */
    int status() {
        return status;
    }

    /** The same, or another if none has begun. */
    int statusOr(int other) {
        return isBegun() ? status : other;
    }

    /** The same, or if none has begun, one for the log alone: 503 if we have ended the connection, else 499. */
    int statusAtCut(boolean byUs) {
        return statusOr(byUs ? SERVICE_UNAVAILABLE : CLIENT_CLOSED_REQUEST);
    }

    /** Bytes of body so far. */
    long bytes() {
        return bytes;
    }

    boolean isBegun() {
        return status != 0;
    }

    boolean isOver() {
        return state == State.OVER;
    }
}
