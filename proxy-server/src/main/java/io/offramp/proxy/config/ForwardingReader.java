package io.offramp.proxy.config;

import io.offramp.proxy.message.Forwarding;
import org.jspecify.annotations.Nullable;

/** Reads {@code forwarding} of a listener. */
final class ForwardingReader {
    private static final Scalar<Integer> HOPS = Scalar.number(0, 100);

    private ForwardingReader() {}

    /** The default if nothing is written, or after a problem. */
    static Forwarding read(@Nullable Value value) {
        Forwarding usual = Forwarding.DEFAULTS;
        Section section =
                value == null ? null : value.section("x-forwarded", "forwarded", "hops", "request-id", "trace");
        return section == null
                ? usual
                : new Forwarding(
                        section.get("x-forwarded", Scalar.BOOL, usual.xForwarded()),
                        section.get("forwarded", Scalar.BOOL, usual.forwarded()),
                        section.get("hops", HOPS, usual.hops()),
                        section.get("request-id", Scalar.BOOL, usual.requestId()),
                        section.get("trace", Scalar.BOOL, usual.trace()));
    }
}
