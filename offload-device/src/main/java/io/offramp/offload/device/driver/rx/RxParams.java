package io.offramp.offload.device.driver.rx;

/**
 * Whether the device has key and position of a receiving direction, or gets them anew: behind a change of keys, and
 * when it has refused them and so forgotten all. Confined to the event loop.
 */
final class RxParams {
    /** Refusals in a row before a session gives the device back. */
    static final int MOST_REFUSALS = 16;

    private enum State {
        /** The device has them. */
        IN_EFFECT,
        /** It gets them as soon as it is known where the next record starts. */
        DUE,
        /** It is getting them. */
        UNDER_WAY,
        /** It has not taken them: they are due again with the next bytes that come in. */
        REFUSED
    }

    private State state = State.IN_EFFECT;
    private int refusalsInARow;

    boolean areInEffect() {
        return state == State.IN_EFFECT;
    }

    boolean areDue() {
        return state == State.DUE;
    }

    boolean areUnderWay() {
        return state == State.UNDER_WAY;
    }

    /** The device needs others. */
    void onLost() {
        state = State.DUE;
    }

    /** Bytes have come in. */
    void onReceive() {
        state = state == State.REFUSED ? State.DUE : state;
    }

    /** They are posted. */
    void onPosted() {
        state = State.UNDER_WAY;
    }

    /** The device has taken them, or not; true where it has refused them too often. */
    boolean onProgrammed(boolean isLoaded) {
        state = isLoaded ? State.IN_EFFECT : State.REFUSED;
        refusalsInARow = isLoaded ? 0 : refusalsInARow + 1;
        return refusalsInARow == MOST_REFUSALS;
    }

    /** The device was given back: its params no longer matter. */
    void onGone() {
        state = State.IN_EFFECT;
    }
}
