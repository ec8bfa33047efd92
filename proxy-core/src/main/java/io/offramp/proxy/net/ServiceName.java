package io.offramp.proxy.net;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A service whose servers DNS lists, as written: {@code srv:_api._tcp.example.com}. Each SRV record names the host and
 * the port of a server (RFC 2782).
 *
 * @param name the whole name: search domains are not tried
 */
public record ServiceName(String name) implements ServerAddress {
    private static final String PREFIX = "srv:";
    private static final Pattern PORT = Pattern.compile("\\d*");
    private static final Pattern NAME = Pattern.compile("(?:[A-Za-z0-9_-]{1,63}\\.)+[A-Za-z0-9_-]{1,63}\\.?");
    private static final int MAX_CHARS = 254; // RFC 1035 §2.3.4, as text with its last dot

    /** True if the text names a service, rightly or not: {@code srv:80} is a host with its port. */
    static boolean isForm(String text) {
        return text.startsWith(PREFIX)
                && !PORT.matcher(text.substring(PREFIX.length())).matches();
    }

    static ServiceName parse(String text) {
        String name = text.substring(PREFIX.length());
        if (name.length() > MAX_CHARS || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "expected a name such as srv:_api._tcp.example.com, is \"" + text + "\"");
        }
        return new ServiceName(name);
    }

    /** Nothing: the servers of a service are other addresses. */
    @Override
    public List<InetSocketAddress> resolveAll() {
        return List.of(InetSocketAddress.createUnresolved(name, 0));
    }

    @Override
    public boolean isName() {
        return true;
    }

    @Override
    public String authority() {
        return name;
    }

    @Override
    public String toString() {
        return PREFIX + name;
    }
}
