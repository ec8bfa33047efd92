package io.offramp.proxy.guard;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Another server decides on each request.
 *
 * @param upstream name in the configuration
 * @param path that it is asked at
 * @param timeout for its whole answer
 * @param copy names of fields that requests get from its answer; a client's own never pass
 */
public record ForwardAuthConfig(String upstream, String path, Duration timeout, List<String> copy) {
    private static final Pattern MARK = Pattern.compile("[^A-Za-z0-9]");

    /** True for the names of those fields, and for those that some servers take for them (RFC 3875 §4.1.18). */
    boolean copies(String name) {
        return copy.stream()
                .anyMatch(each -> each.length() == name.length()
                        && MARK.matcher(name).replaceAll("-").equalsIgnoreCase(each));
    }
}
