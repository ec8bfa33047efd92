package io.offramp.proxy.upstream;

import java.time.Duration;

/**
 * Connections to upstream servers, of each server and event loop.
 *
 * @param connectTimeout until a server has accepted
 * @param idleTimeout of a connection between requests, at most a minute
 * @param idleConnections idle connections that are kept
 * @param connections most connections
 * @param queue requests that may wait for one of those
 * @param streams most requests at once on a connection that is shared; a server may allow fewer
 * @param requests of a shared connection in all; then another takes its place
 * @param age of a shared connection; then another takes its place
 * @param window bytes of an answer that a server may send ahead on a stream of a shared connection
 * @param receiveBytes receive buffer of a socket, SO_RCVBUF: most that is under way from a server
 */
public record UpstreamSettings(
        Duration connectTimeout,
        Duration idleTimeout,
        int idleConnections,
        int connections,
        int queue,
        int streams,
        int requests,
        Duration age,
        int window,
        int receiveBytes) {
    /** The default. */
    public static final UpstreamSettings DEFAULTS = new UpstreamSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(75),
            1024,
            16_384,
            1024,
            1024,
            9_000, // some servers and load balancers end a connection at 10,000
            Duration.ofHours(1),
            256 << 10,
            256 << 10);

    /** The default, with other choices by name. */
    public static Builder builder() {
        return new Builder(DEFAULTS);
    }

    /** This, with other choices by name. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the choices; each is described at the record. */
    public static final class Builder {
        private Duration connectTimeout;
        private Duration idleTimeout;
        private int idleConnections;
        private int connections;
        private int queue;
        private int streams;
        private int requests;
        private Duration age;
        private int window;
        private int receiveBytes;

        private Builder(UpstreamSettings from) {
            connectTimeout = from.connectTimeout;
            idleTimeout = from.idleTimeout;
            idleConnections = from.idleConnections;
            connections = from.connections;
            queue = from.queue;
            streams = from.streams;
            requests = from.requests;
            age = from.age;
            window = from.window;
            receiveBytes = from.receiveBytes;
        }

        /** Until a server has accepted. */
        public Builder connectTimeout(Duration choice) {
            connectTimeout = choice;
            return this;
        }

        /** Of a connection between requests, at most a minute. */
        public Builder idleTimeout(Duration choice) {
            idleTimeout = choice;
            return this;
        }

        /** Idle connections that are kept. */
        public Builder idleConnections(int choice) {
            idleConnections = choice;
            return this;
        }

        /** Most connections. */
        public Builder connections(int choice) {
            connections = choice;
            return this;
        }

        /** Requests that may wait for one of those. */
        public Builder queue(int choice) {
            queue = choice;
            return this;
        }

        /** Most requests at once on a shared connection. */
        public Builder streams(int choice) {
            streams = choice;
            return this;
        }

        /** Requests of a shared connection in all. */
        public Builder requests(int choice) {
            requests = choice;
            return this;
        }

        /** Age of a shared connection. */
        public Builder age(Duration choice) {
            age = choice;
            return this;
        }

        /** Bytes that may come ahead on a stream. */
        public Builder window(int choice) {
            window = choice;
            return this;
        }

        /** Receive buffer of a socket, SO_RCVBUF. */
        public Builder receiveBytes(int choice) {
            receiveBytes = choice;
            return this;
        }

        /** With the choices so far. */
        public UpstreamSettings build() {
            return new UpstreamSettings(
                    connectTimeout,
                    idleTimeout,
                    idleConnections,
                    connections,
                    queue,
                    streams,
                    requests,
                    age,
                    window,
                    receiveBytes);
        }
    }
}
