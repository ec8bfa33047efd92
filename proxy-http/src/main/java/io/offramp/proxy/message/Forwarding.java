package io.offramp.proxy.message;

/**
 * What servers learn of clients and requests, beside the request itself.
 *
 * @param xForwarded whether by {@code X-Forwarded-For} and its family
 * @param forwarded whether by {@code Forwarded} (RFC 7239)
 * @param hops most hops in front of us that either names; those furthest away are left out
 * @param requestId whether each request has an {@code X-Request-Id}
 * @param trace whether each request has a {@code traceparent} that is valid (W3C Trace Context)
 */
public record Forwarding(boolean xForwarded, boolean forwarded, int hops, boolean requestId, boolean trace) {
    /** Nothing at all: for answers. */
    public static final Forwarding NONE = new Forwarding(false, false, 0, false, false);

    /** The default. */
    public static final Forwarding DEFAULTS = new Forwarding(true, false, 32, false, false);
}
