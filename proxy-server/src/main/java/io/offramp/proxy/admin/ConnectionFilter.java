package io.offramp.proxy.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.DirectionStats;
import io.offramp.proxy.net.Cidr;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Which connections {@code /connections} shows, by its query: {@code ?listener=web&mode=hw}. All given ones hold. */
public final class ConnectionFilter {
    /** All words for {@code mode}, as {@link DirectionStats#conf} has them. */
    public static final List<String> MODES = List.of("sw", "hw", "hw-record", "none");

    private ConnectionFilter() {}

    /**
     * Reads a query.
     *
     * @param uri of the page
     * @throws IllegalArgumentException saying what was expected
     */
    static Predicate<Connection> of(String uri) {
        Predicate<Connection> all = _ -> true;
        for (Map.Entry<String, List<String>> each :
                new QueryStringDecoder(uri).parameters().entrySet()) {
            for (String value : each.getValue()) {
                all = all.and(one(each.getKey(), value));
            }
        }
        return all;
    }

    private static Predicate<Connection> one(String name, String value) {
        return switch (name) {
            case "listener" -> connection -> connection.listener().equals(value);
            case "client" -> {
                Cidr addresses = Cidr.parse(value);
                yield connection -> addresses.contains(connection.client().getAddress());
            }
            case "mode" -> {
                if (!MODES.contains(value)) {
                    throw new IllegalArgumentException(
                            "unknown mode \"" + value + "\"; known are " + String.join(", ", MODES));
                }
                yield connection -> isOf(connection.tx(), value) || isOf(connection.rx(), value);
            }
            case "backend" ->
                connection -> connection.tx().session().backend().equals(value)
                        || connection.rx().session().backend().equals(value);
            case "upstream" ->
                connection -> {
                    Connection server = connection.server();
                    return server != null && server.listener().equals(value);
                };
            default ->
                throw new IllegalArgumentException(
                        "unknown filter \"" + name + "\"; known are listener, client, mode, backend, upstream");
        };
    }

    private static boolean isOf(DirectionStats direction, String mode) {
        return direction.conf().equals(mode);
    }
}
