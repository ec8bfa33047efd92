package io.offramp.proxy.rate;

/** Counts what a limit does. Called on event loops: never blocks. */
public interface RateEvents {
    /** Counts nothing. */
    RateEvents NONE = new RateEvents() {};

    /** A request was over the limit: it was refused, unless the limit is only tried. */
    default void onOver() {}

    /** A client had to share the bucket of another, because too many are known. */
    default void onShared() {}
}
