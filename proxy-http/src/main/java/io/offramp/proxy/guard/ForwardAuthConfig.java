package io.offramp.proxy.guard;

import java.time.Duration;
import java.util.List;

/**
 * Another server decides on each request.
 *
 * @param upstream name in the configuration
 * @param path that it is asked at
 * @param timeout for its whole answer
 * @param copy names of fields that requests get from its answer; a client's own never pass
 */
public record ForwardAuthConfig(String upstream, String path, Duration timeout, List<String> copy) {}
