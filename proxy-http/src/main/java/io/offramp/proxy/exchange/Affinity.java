package io.offramp.proxy.exchange;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.OwnCookie;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.balance.Policy;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Keys of requests for policies that send like requests to the same server. Pure functions. */
final class Affinity {
    private static final HexFormat HEX = HexFormat.of();
    private static final int DIGITS = 16;

    private Affinity() {}

    /** The key of a request; {@link HashKey#NONE} if the policy has none for it. */
    static long key(Policy policy, RequestHead request, ClientFields client) {
        return switch (policy) {
            case Policy.Hash(HashKey by) -> by.of(request, client.source());
            case Policy.Sticky(String cookie) -> id(HashKey.cookie(request.fields(), cookie));
            case Policy.RoundRobin other -> HashKey.NONE;
            case Policy.LeastRequest other -> HashKey.NONE;
            case Policy.Random other -> HashKey.NONE;
        };
    }

    private static long id(@Nullable String value) {
        if (value == null || value.length() != DIGITS || !value.chars().allMatch(HexFormat::isHexDigit)) {
            return HashKey.NONE;
        }
        return HexFormat.fromHexDigitsToLong(value);
    }

    /** The head with a cookie of ours, unless the request had the one of this server. */
    static AnswerHead marked(AnswerHead head, UpstreamServer server, long key, ClientFields client) {
        if (!(server.group().policy() instanceof Policy.Sticky(String cookie)) || server.id() == key) {
            return head;
        }
        return head.with(OwnCookie.line(cookie, HEX.toHexDigits(server.id()), client));
    }
}
