package io.offramp.proxy.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.DirectionStats;
import io.offramp.proxy.net.Cidr;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** Which connections {@code /connections} shows, by its query: {@code ?listener=web&mode=hw}. All given ones hold. */
public final class ConnectionFilter {
    /** All words for {@code mode}, as {@link DirectionStats#conf} has them. */
    public static final List<String> MODES = List.of("sw", "hw", "hw-record", "none");

    private static final List<String> FILTERS = List.of("listener", "client", "mode", "backend", "upstream");

    private final Names names;
    private final Iterable<Connection> open;

    /** Names of the current configuration. */
    record Names(Collection<String> listeners, Collection<String> backends, Collection<String> upstreams) {}

    private ConnectionFilter(Names names, Iterable<Connection> open) {
        this.names = names;
        this.open = open;
    }

    /**
     * Reads a query.
     *
     * @param uri of the page
     * @param open connections, which may have names of an earlier configuration
     * @throws IllegalArgumentException saying what was expected
     */
    static Predicate<Connection> of(String uri, Names names, Iterable<Connection> open) {
        ConnectionFilter filter = new ConnectionFilter(names, open);
        Predicate<Connection> all = _ -> true;
        for (Map.Entry<String, List<String>> each :
                new QueryStringDecoder(uri).parameters().entrySet()) {
            for (String value : each.getValue()) {
                all = all.and(filter.one(each.getKey(), value));
            }
        }
        return all;
    }

    private Predicate<Connection> one(String name, String value) {
        return switch (name) {
            case "listener" ->
                named(
                        name,
                        value,
                        names.listeners(),
                        connection -> connection.listener().equals(value));
            case "client" -> {
                Cidr addresses = Cidr.parse(value);
                yield connection -> addresses.contains(connection.client().getAddress());
            }
            case "mode" -> {
                if (!MODES.contains(value)) {
                    throw unknown(name, value, MODES);
                }
                yield connection -> isOf(connection.tx(), value) || isOf(connection.rx(), value);
            }
            case "backend" ->
                named(
                        name,
                        value,
                        names.backends(),
                        connection -> connection.tx().session().backend().equals(value)
                                || connection.rx().session().backend().equals(value));
            case "upstream" ->
                named(name, value, names.upstreams(), connection -> {
                    Connection server = connection.server();
                    return server != null && server.listener().equals(value);
                });
            default -> throw unknown("filter", name, FILTERS);
        };
    }

    /** A name is good as long as a connection has it, although a reload may have removed what it stands for. */
    private Predicate<Connection> named(
            String name, String value, Collection<String> known, Predicate<Connection> filter) {
        if (!known.contains(value)
                && StreamSupport.stream(open.spliterator(), false).noneMatch(filter)) {
            throw unknown(name, value, known);
        }
        return filter;
    }

    private static IllegalArgumentException unknown(String what, String value, Collection<String> known) {
        String all = known.isEmpty() ? "there is none" : "known are " + String.join(", ", known);
        return new IllegalArgumentException("unknown " + what + " \"" + value + "\"; " + all);
    }

    private static boolean isOf(DirectionStats direction, String mode) {
        return direction.conf().equals(mode);
    }
}
