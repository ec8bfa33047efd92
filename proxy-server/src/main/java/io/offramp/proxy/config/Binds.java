package io.offramp.proxy.config;

import io.offramp.proxy.net.HostPort;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The addresses to listen on; no two may conflict. */
final class Binds {
    private record Taken(HostPort bind, String path) {}

    private final List<Taken> taken = new ArrayList<>();

    /** Reads an address, or null after a problem. */
    @Nullable
    HostPort read(Value value) {
        HostPort bind = value.as(Scalar.BIND);
        if (bind != null) {
            take(bind, value);
        }
        return bind;
    }

    /** Adds an address. */
    void take(HostPort bind, Value value) {
        taken.stream().filter(other -> other.bind.overlaps(bind)).findFirst().ifPresent(other -> {
            String wildcard = other.bind.equals(bind) ? "" : " (" + other.bind + ")";
            value.error(bind + " is taken by " + other.path + wildcard);
        });
        taken.add(new Taken(bind, value.path()));
    }
}
