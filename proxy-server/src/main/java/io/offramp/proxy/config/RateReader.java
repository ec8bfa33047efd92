package io.offramp.proxy.config;

import io.offramp.proxy.rate.RateKey;
import io.offramp.proxy.rate.RateLimit;
import io.offramp.proxy.rate.RateLimit.What;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code rates}: of routes, or of listeners for all their routes. Their names are unique in a configuration. */
final class RateReader {
    private static final Pattern FORM = Pattern.compile("([^/]+)/([smh])");
    private static final long MOST = 1L << 40;
    private static final int CLIENTS = 16_384;
    private static final long LEAST_BURST_BYTES = 64 * 1024;

    private static final Scalar<Rate> REQUESTS =
            new Scalar<>("a rate such as 100/s, 600/m or 10/h", text -> rate(text, Scalar.number(1, 1_000_000_000)));
    private static final Scalar<Rate> BYTES =
            new Scalar<>("a rate such as 10m/s or 1g/h", text -> rate(text, Scalar.size(1, MOST)));
    private static final Scalar<Integer> BURST = Scalar.number(1, 1_000_000_000);
    private static final Scalar<Long> BURST_BYTES = Scalar.size(1, MOST);
    private static final Scalar<Integer> KNOWN = Scalar.number(1, 1 << 22);
    private static final Scalar<String> NAME = new Scalar<>(
            "a name of letters, digits and ._-", text -> text.matches("[A-Za-z0-9._-]{1,64}") ? text : null);
    private static final Scalar<RateKey> KEY =
            new Scalar<>("address, certificate, user, all or header:NAME", RateReader::key);

    private final Map<String, String> pathByName = new HashMap<>();

    private record Rate(long amount, long perNs) {
        long second() {
            return Math.max(1, amount / TimeUnit.NANOSECONDS.toSeconds(perNs));
        }
    }

    /** The limits that are written; those of the listener if none are; none for an empty list. */
    List<RateLimit> read(@Nullable Value value, List<RateLimit> usual) {
        if (value == null) {
            return usual;
        }
        if (value.isEmptyList()) {
            return List.of();
        }
        List<RateLimit> limits = new ArrayList<>();
        for (Value item : value.items("a list such as [{requests: 100/s}]")) {
            RateLimit limit = limit(item);
            if (limit != null) {
                limits.add(limit);
            }
        }
        return List.copyOf(limits);
    }

    private @Nullable RateLimit limit(Value item) {
        Section section = item.section("name", "requests", "bytes", "burst", "by", "clients", "dry-run");
        if (section == null) {
            return null;
        }
        Value requests = section.get("requests");
        Value bytes = section.get("bytes");
        if ((requests == null) == (bytes == null)) {
            item.error("expected either requests or bytes, such as requests: 100/s");
            return null;
        }
        Rate rate = requests != null ? requests.as(REQUESTS) : bytes != null ? bytes.as(BYTES) : null;
        if (rate == null) {
            return null;
        }
        What what = requests != null ? What.REQUESTS : What.BYTES;
        long burst = what == What.REQUESTS
                ? section.get("burst", BURST, (int) rate.second())
                : section.get("burst", BURST_BYTES, Math.max(LEAST_BURST_BYTES, rate.second()));
        return new RateLimit(
                name(section, item),
                what,
                rate.amount,
                rate.perNs,
                burst,
                section.get("by", KEY, new RateKey.Address()),
                section.get("dry-run", Scalar.BOOL, false),
                section.get("clients", KNOWN, CLIENTS));
    }

    /** {@code rate} of new connections of a client address, {@code burst} and {@code clients}; null for none. */
    static @Nullable RateLimit connections(Section section) {
        Value written = section.get("rate");
        Rate rate = written == null ? null : written.as(REQUESTS);
        if (rate == null) {
            for (String key : List.of("burst", "clients")) {
                Value alone = section.get(key);
                if (alone != null && written == null) {
                    alone.error("goes with a rate, such as rate: 10/s");
                }
            }
            return null;
        }
        return new RateLimit(
                section.value().path(),
                What.CONNECTIONS,
                rate.amount,
                rate.perNs,
                section.get("burst", BURST, (int) rate.second()),
                new RateKey.Address(),
                section.get("dry-run", Scalar.BOOL, false),
                section.get("clients", KNOWN, CLIENTS));
    }

    private String name(Section section, Value item) {
        String name = section.get("name", NAME, item.path());
        String other = pathByName.putIfAbsent(name, item.path());
        Value written = section.get("name");
        if (other != null && written != null) {
            written.error("\"" + name + "\" is the name of " + other + " already");
        }
        return name;
    }

    private static @Nullable Rate rate(String text, Scalar<? extends Number> amount) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        Number read = amount.parser().apply(matcher.group(1).strip());
        TimeUnit unit = switch (matcher.group(2)) {
            case "s" -> TimeUnit.SECONDS;
            case "m" -> TimeUnit.MINUTES;
            default -> TimeUnit.HOURS;
        };
        return read == null ? null : new Rate(read.longValue(), unit.toNanos(1));
    }

    private static @Nullable RateKey key(String text) {
        return switch (text) {
            case "address" -> new RateKey.Address();
            case "certificate" -> new RateKey.Certificate();
            case "user" -> new RateKey.User();
            case "all" -> new RateKey.All();
            default -> text.matches("header:[A-Za-z0-9_-]{1,100}") ? header(text.substring(7)) : null;
        };
    }

    private static RateKey header(String name) {
        if (ConditionReader.isOfFraming(name)) {
            throw new IllegalArgumentException("\"" + name + "\" is of the connection or of this proxy: no request "
                    + "that is routed has it; write by: address or by: certificate");
        }
        return new RateKey.Header(name);
    }
}
