package io.offramp.proxy.route;

import io.offramp.proxy.message.Fields;
import io.offramp.proxy.upstream.balance.HashKey;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The cookie by which clients stay with their shares: ids with dots between them, one for each split that the client
 * has met, the newest last. So the splits of a host can use one cookie. Pure functions.
 */
final class ShareCookie {
    /** Of a client that meets more splits, the oldest are forgotten. */
    private static final int MOST = 8;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern DOT = Pattern.compile("\\.");

    private ShareCookie() {}

    /** What a client has brought; all else in the cookie is left out. */
    static List<String> ids(Fields request, String name) {
        String value = HashKey.cookie(request, name);
        return value == null
                ? List.of()
                : DOT.splitAsStream(value)
                        .limit(MOST)
                        .filter(each -> ID.matcher(each).matches())
                        .toList();
    }

    /**
     * The new value: the ids of other splits, and the chosen one.
     *
     * @param known what the client has brought
     * @param own all ids of this split
     */
    static String value(List<String> known, List<String> own, String chosen) {
        List<String> others =
                known.stream().filter(each -> !own.contains(each)).distinct().toList();
        List<String> kept = others.subList(Math.max(0, others.size() - MOST + 1), others.size());
        return String.join(".", Stream.concat(kept.stream(), Stream.of(chosen)).toList());
    }
}
