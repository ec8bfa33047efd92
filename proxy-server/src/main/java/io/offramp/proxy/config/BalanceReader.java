package io.offramp.proxy.config;

import io.offramp.proxy.upstream.balance.BalanceConfig;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.balance.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code balance} of an upstream: the name of a policy, or a mapping with more about it. */
final class BalanceReader {
    /** RFC 9110 §5.6.2; names of fields and of cookies. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

    private static final List<String> POLICIES = List.of("round-robin", "least-request", "random", "hash", "sticky");
    private static final Scalar<String> POLICY = Scalar.known("policy", POLICIES);
    static final Scalar<HashKey> KEY = new Scalar<>("address, uri, header:NAME or cookie:NAME", BalanceReader::key);
    static final Scalar<String> COOKIE =
            new Scalar<>("the name of a cookie", text -> TOKEN.matcher(text).matches() ? text : null);
    private static final Scalar<Integer> PERCENT = Scalar.percent(0, 100);

    private BalanceReader() {}

    /** The default if nothing is written, or after a problem. */
    static BalanceConfig read(@Nullable Value value) {
        BalanceConfig usual = BalanceConfig.DEFAULTS;
        if (value == null) {
            return usual;
        }
        if (value.isScalar()) {
            String name = value.as(POLICY);
            if ("hash".equals(name)) {
                value.error("hash needs a key: {policy: hash, key: address}");
                return usual;
            }
            return name == null ? usual : new BalanceConfig(policy(name, new HashKey.Address(), COOKIE_NAME), NONE, 0);
        }
        Section section = value.section("policy", "key", "cookie", "slow-start", "panic");
        return section == null ? usual : read(section, usual);
    }

    private static final Duration NONE = Duration.ZERO;
    private static final String COOKIE_NAME = "offramp-server";

    private static BalanceConfig read(Section section, BalanceConfig usual) {
        String name = section.get("policy", POLICY, "least-request");
        only(section, "key", name, "hash");
        only(section, "cookie", name, "sticky");
        if (name.equals("hash")) {
            section.require("key", KEY.expected());
        }
        HashKey key = section.get("key", KEY, new HashKey.Address());
        String cookie = section.get("cookie", COOKIE, COOKIE_NAME);
        return new BalanceConfig(
                policy(name, key, cookie),
                section.get("slow-start", Scalar.duration(Duration.ZERO), usual.slowStart()),
                section.get("panic", PERCENT, usual.panicPercent()));
    }

    static void only(Section section, String key, String policy, String needed) {
        Value value = section.get(key);
        if (value != null && !policy.equals(needed)) {
            value.error("only the policy " + needed + " has it");
        }
    }

    private static Policy policy(String name, HashKey key, String cookie) {
        return switch (name) {
            case "round-robin" -> new Policy.RoundRobin();
            case "random" -> new Policy.Random();
            case "hash" -> new Policy.Hash(key);
            case "sticky" -> new Policy.Sticky(cookie);
            default -> new Policy.LeastRequest();
        };
    }

    private static @Nullable HashKey key(String text) {
        int colon = text.indexOf(':');
        String name = text.substring(colon + 1);
        if (colon < 0) {
            return switch (text) {
                case "address" -> new HashKey.Address();
                case "uri" -> new HashKey.Uri();
                default -> null;
            };
        }
        if (!TOKEN.matcher(name).matches()) {
            return null;
        }
        return switch (text.substring(0, colon)) {
            case "header" -> new HashKey.Header(name.toLowerCase(Locale.ROOT));
            case "cookie" -> new HashKey.Cookie(name);
            default -> null;
        };
    }
}
