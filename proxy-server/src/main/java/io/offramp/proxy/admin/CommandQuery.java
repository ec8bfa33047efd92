package io.offramp.proxy.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Path and query of a command. */
final class CommandQuery {
    private final QueryStringDecoder query;

    CommandQuery(String uri) {
        query = new QueryStringDecoder(uri);
    }

    /** The path alone. */
    String path() {
        return query.path();
    }

    /** The parameter's value; null if there is none, or more than one. */
    @Nullable
    String only(String name) {
        List<String> values = query.parameters().getOrDefault(name, List.of());
        return values.size() == 1 ? values.getFirst() : null;
    }
}
