package io.offramp.proxy.config;

import io.offramp.proxy.route.ShareBy;
import io.offramp.proxy.upstream.balance.HashKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code split} of a route: the name of a policy, or a mapping with more about it, as in {@code balance}. */
final class SplitReader {
    private static final String COOKIE_NAME = "offramp-share";
    private static final String HASH = "hash";
    private static final String STICKY = "sticky";
    private static final Scalar<String> POLICY = Scalar.known("policy", List.of("random", HASH, STICKY));

    private SplitReader() {}

    /** @param split true if the route has several upstreams */
    static ShareBy read(@Nullable Value value, boolean split) {
        if (value == null) {
            return ShareBy.LOT;
        }
        if (!split) {
            value.error("nothing to split: upstream has to be a list of several, such as [{to: app, weight: 9}, …]");
        }
        if (value.isScalar()) {
            String name = value.as(POLICY);
            if (HASH.equals(name)) {
                value.error("hash needs a key: {policy: hash, key: address}");
            }
            return STICKY.equals(name) ? new ShareBy.Cookie(COOKIE_NAME) : ShareBy.LOT;
        }
        Section section = value.section("policy", "key", "cookie");
        if (section == null) {
            return ShareBy.LOT;
        }
        String name = section.get("policy", POLICY, "random");
        BalanceReader.only(section, "key", name, HASH);
        BalanceReader.only(section, "cookie", name, STICKY);
        return switch (name) {
            case HASH -> {
                section.require("key", BalanceReader.KEY.expected());
                yield new ShareBy.Hash(section.get("key", BalanceReader.KEY, new HashKey.Address()));
            }
            case STICKY -> new ShareBy.Cookie(section.get("cookie", BalanceReader.COOKIE, COOKIE_NAME));
            default -> ShareBy.LOT;
        };
    }
}
