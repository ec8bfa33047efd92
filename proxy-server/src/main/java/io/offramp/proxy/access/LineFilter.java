package io.offramp.proxy.access;

import org.jspecify.annotations.Nullable;

/**
 * Which exchanges get a line: those that one of these takes.
 *
 * @param errors those with a status of 400 or more, or a bad end
 * @param slowerThanNs those that took longer; {@link Long#MAX_VALUE} for none
 * @param share of all others, 0 to 1; each event loop takes every nth
 */
public record LineFilter(boolean errors, long slowerThanNs, double share) {
    /** Takes all. */
    public static final LineFilter ALL = new LineFilter(false, Long.MAX_VALUE, 1);

    private static final int LEAST_ERROR = 400;

    boolean takes(int status, long durationNs, @Nullable String abort) {
        return errors && (status >= LEAST_ERROR || abort != null) || durationNs > slowerThanNs;
    }
}
