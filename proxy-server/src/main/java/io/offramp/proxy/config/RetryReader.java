package io.offramp.proxy.config;

import io.offramp.proxy.upstream.RetryConfig;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code retry} of an upstream. */
final class RetryReader {
    private static final int MOST_BODY_BYTES = 1 << 20;

    private static final Scalar<String> CAUSE = new Scalar<>(
            "connect, refused, reset, timeout or a status from 400 to 599",
            text -> text.matches("[45]\\d\\d|connect|refused|reset|timeout") ? text : null);
    private static final Scalar<String> METHOD =
            new Scalar<>("a method such as GET", text -> text.matches("[A-Z]+") ? text : null);
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE");

    private RetryReader() {}

    /** The default if nothing is written, or after a problem. */
    static RetryConfig read(@Nullable Value value) {
        RetryConfig usual = RetryConfig.DEFAULTS;
        Section section = value == null ? null : value.section("on", "methods", "attempts", "body");
        if (section == null) {
            return usual;
        }
        Set<Cause> causes = EnumSet.noneOf(Cause.class);
        Set<Integer> statuses = new HashSet<>();
        Value on = section.get("on");
        if (on == null) {
            causes.addAll(usual.causes());
        } else if (!on.isEmptyList()) {
            for (String each : on.distinct("a list of causes", CAUSE).keySet()) {
                if (Character.isDigit(each.charAt(0))) {
                    statuses.add(Integer.valueOf(each));
                } else {
                    causes.add(Cause.valueOf(each.toUpperCase(Locale.ROOT)));
                }
            }
        }
        return new RetryConfig(
                causes,
                statuses,
                methods(section.get("methods")),
                section.get("attempts", Scalar.number(2, 10), usual.attempts()),
                section.get("body", Scalar.size(0, MOST_BODY_BYTES), (long) usual.bodyBytes())
                        .intValue());
    }

    private static @Nullable Set<String> methods(@Nullable Value value) {
        if (value == null) {
            return null;
        }
        Map<String, Value> methods = value.distinct("a list of methods", METHOD);
        methods.forEach((method, place) -> {
            if (!IDEMPOTENT.contains(method)) {
                place.warn("servers may act twice on a " + method + ", which is not idempotent (RFC 9110 §9.2.2)");
            }
        });
        return methods.keySet();
    }
}
