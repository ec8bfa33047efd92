package io.offramp.proxy.exchange;

import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Fields;
import java.util.Locale;
import java.util.Set;

/**
 * Decides which trailers pass (RFC 9110 §6.5.1). A server has acted on the head, and perhaps checked it, so trailers
 * must not contradict it: no trailer of framing, routing, identity, authentication, control or content passes.
 */
public final class TrailerRules {
    private static final Set<String> IN_HEADS_ONLY = Set.of(
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

    /** True if the trailer may stand behind a body; marks in its name count as hyphens. */
    public static boolean passes(Fields trailers, int index) {
        // All fields that this proxy knows are about framing, routing, identity or control.
        return trailers.kind(index) == Field.OTHER
                && !IN_HEADS_ONLY.contains(
                        trailers.name(index).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-"));
    }
}
