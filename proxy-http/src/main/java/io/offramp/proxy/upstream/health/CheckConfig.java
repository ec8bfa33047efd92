package io.offramp.proxy.upstream.health;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How servers are asked whether they are well.
 *
 * @param probe the question; null for none
 * @param serverName of servers in TLS, by SNI and in their certificates; null for the one that requests use
 * @param interval between two checks of one server
 * @param timeout of a check
 * @param rise good checks in a row that make a server up
 * @param fall bad or late checks in a row that make it down; its first answer decides alone
 * @param jitterPercent of the interval, by which it is longer or shorter
 */
public record CheckConfig(
        @Nullable Probe probe,
        @Nullable String serverName,
        Duration interval,
        Duration timeout,
        int rise,
        int fall,
        int jitterPercent) {
    /** No checks; with these numbers if there are some. */
    public static final CheckConfig NONE =
            new CheckConfig(null, Duration.ofSeconds(2), Duration.ofSeconds(2), 2, 3, 10);

    /** By the name that requests use. */
    public CheckConfig(
            @Nullable Probe probe, Duration interval, Duration timeout, int rise, int fall, int jitterPercent) {
        this(probe, null, interval, timeout, rise, fall, jitterPercent);
    }

    /** The question. */
    public sealed interface Probe {
        /** Whether it accepts a connection. */
        record Tcp() implements Probe {}

        /**
         * The status of an answer to a GET.
         *
         * @param path with the query
         * @param host null for the server's own address
         * @param least of the good statuses
         * @param most of the good statuses
         */
        record Http(String path, @Nullable String host, int least, int most) implements Probe {}

        /**
         * The gRPC health protocol ({@code grpc.health.v1.Health/Check}): good where it answers SERVING.
         *
         * @param service its name; empty for the server as a whole
         * @param host null for the server's own address
         */
        record Grpc(String service, @Nullable String host) implements Probe {}
    }
}
