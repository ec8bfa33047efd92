package io.offramp.proxy.upstream.health;

/**
 * The state of a server, and since when.
 *
 * @param state the worst that is known
 * @param why for people
 * @param sinceNs the change to this state
 * @param untilNs of UNREACHABLE and EJECTED: then one request may try it
 * @param returned of UP: whether it was worse before, so that its load grows slowly
 */
public record Standing(ServerState state, String why, long sinceNs, long untilNs, boolean returned) {
    /** Of a server that nothing is known about. */
    static final Standing NEW = new Standing(ServerState.UP, "no fault seen", 0, 0, false);

    /** True while it rests, and until a request has shown that it is well. */
    public boolean isResting() {
        return untilNs != 0;
    }

    /** True if it may get a request. */
    public boolean isUsable(long nowNs) {
        return switch (state) {
            case UP -> true;
            case UNREACHABLE, EJECTED -> nowNs - untilNs >= 0;
            case DOWN, DRAINED -> false;
        };
    }
}
