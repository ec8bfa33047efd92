package io.offramp.proxy.exchange;

import io.netty.util.AsciiString;
import io.offramp.proxy.message.Ascii;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Forwarding;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides which trailers pass (RFC 9110 §6.5.1). A server has acted on the head, and perhaps checked it, so trailers
 * must not contradict it: no trailer of framing, routing, identity, authentication, control or content passes.
 */
public final class TrailerRules {
    private static final Set<AsciiString> IN_HEADS_ONLY = names(
            // authentication and state
            "authorization",
            "cookie",
            "cookie2",
            "set-cookie",
            "set-cookie2",
            "www-authenticate",
            // requests
            "accept",
            "accept-charset",
            "accept-encoding",
            "accept-language",
            "cache-control",
            "from",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "origin",
            "pragma",
            "range",
            "referer",
            "user-agent",
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            // answers
            "age",
            "allow",
            "expires",
            "location",
            "retry-after",
            "vary",
            "via",
            "warning",
            // content
            "content-encoding",
            "content-language",
            "content-location",
            "content-range",
            "content-type",
            "trailer");

    private TrailerRules() {}

    private static Set<AsciiString> names(String... names) {
        return Stream.of(names).map(AsciiString::cached).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * True if the trailer may stand behind a body; marks in its name count as hyphens.
     *
     * @param ours what this proxy sets in the head itself, and no trailer may contradict
     */
    public static boolean passes(Fields trailers, int index, Forwarding ours) {
        return switch (trailers.kind(index)) {
            case OTHER -> !IN_HEADS_ONLY.contains(hyphenated(trailers.lowerName(index)));
            case X_REQUEST_ID -> !ours.requestId();
            case TRACEPARENT, TRACESTATE -> !ours.trace();
            default -> false; // about framing, routing, identity or control
        };
    }

    private static AsciiString hyphenated(AsciiString name) {
        for (int i = 0; i < name.length(); i++) {
            byte b = name.byteAt(i);
            if (b != '-' && Ascii.isMark(b)) {
                return new AsciiString(name.toString().replaceAll("[^a-z0-9]", "-"));
            }
        }
        return name;
    }
}
