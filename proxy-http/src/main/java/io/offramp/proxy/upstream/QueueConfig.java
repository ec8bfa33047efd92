package io.offramp.proxy.upstream;

import java.time.Duration;

/**
 * The queue of an upstream, over all event loops: requests that wait for a connection, or for a server to have fewer
 * than its most requests. In tcp mode, connections of clients that wait for a connection.
 *
 * @param size most requests that wait; 0 for none
 * @param timeout most time of a wait
 */
public record QueueConfig(int size, Duration timeout) {
    /** Where only a part is written. */
    public static final QueueConfig DEFAULTS = new QueueConfig(1024, Duration.ofSeconds(5));
}
