package io.offramp.proxy.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port as written: {@code 127.0.0.1:8080}, {@code [::1]:8080}, {@code [fe80::1%eth0]:8080},
 * {@code app.internal:80}; {@code :8443} binds all addresses.
 *
 * @param host name or address, without brackets, with its zone (RFC 4007 §11); {@code 0.0.0.0} if left out
 * @param port 0 to 65,535; 0 only to bind
 */
public record HostPort(String host, int port) implements ServerAddress {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]{1,32})?)]|([A-Za-z0-9._-]*)):(\\d{1,5})");
    private static final Pattern NUMERIC = Pattern.compile("[0-9][0-9.]*");
    private static final String ALL = "0.0.0.0";
    private static final String FORM_TEXT = "host:port such as 127.0.0.1:8080";

    /**
     * Reads an address to connect to.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static HostPort parse(String text) {
        return parse(text, FORM_TEXT);
    }

    /** @param expected for messages, where other forms are possible */
    static HostPort parse(String text, String expected) {
        HostPort parsed = read(text, expected);
        if (parsed.host.isEmpty() || parsed.port == 0) {
            throw expected(expected, text);
        }
        return parsed;
    }

    /**
     * Reads an address to listen on: the host may be left out, port 0 takes any free one.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static HostPort parseBind(String text) {
        HostPort parsed = read(text, "host:port such as 0.0.0.0:8443 or :8443");
        return parsed.host.isEmpty() ? new HostPort(ALL, parsed.port) : parsed;
    }

    /** Unresolved if the host is a name. */
    public InetSocketAddress unresolved() {
        return InetSocketAddress.createUnresolved(host, port);
    }

    /** Resolved now; blocks, so never on an event loop. */
    public InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    /**
     * All addresses, resolved now, with the families in turn (RFC 8305 §4); a single unresolved one for an unknown
     * name. Blocks, so never on an event loop.
     */
    @Override
    public List<InetSocketAddress> resolveAll() {
        try {
            return inTurn(InetAddress.getAllByName(host), port);
        } catch (UnknownHostException e) {
            return List.of(unresolved());
        }
    }

    @Override
    public boolean isName() {
        return !NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host);
    }

    /** A zone means nothing to others (RFC 4007 §6). */
    @Override
    public String authority() {
        return text(plainHost());
    }

    /** The host without its zone. */
    public String plainHost() {
        int zone = host.indexOf('%');
        return zone < 0 ? host : host.substring(0, zone);
    }

    /** Its addresses where these were found for its name, with the families in turn (RFC 8305 §4). */
    public List<InetSocketAddress> at(List<InetAddress> found) {
        return inTurn(found.toArray(InetAddress[]::new), port);
    }

    static List<InetSocketAddress> inTurn(InetAddress[] found, int port) {
        ArrayDeque<InetAddress> preferred = new ArrayDeque<>();
        ArrayDeque<InetAddress> others = new ArrayDeque<>();
        for (InetAddress address : found) {
            (address.getClass() == found[0].getClass() ? preferred : others).add(address);
        }
        List<InetSocketAddress> all = new ArrayList<>(found.length);
        while (all.size() < found.length) {
            boolean othersTurn = preferred.isEmpty() || all.size() % 2 == 1 && !others.isEmpty();
            all.add(new InetSocketAddress((othersTurn ? others : preferred).removeFirst(), port));
        }
        return List.copyOf(all);
    }

    /** True if a socket bound to one prevents binding the other. */
    public boolean overlaps(HostPort other) {
        return port != 0 && port == other.port && (host.equals(other.host) || isWildcard() || other.isWildcard());
    }

    private boolean isWildcard() {
        return host.equals(ALL) || host.equals("::");
    }

    @Override
    public String toString() {
        return text(host);
    }

    private String text(String shown) {
        return shown.indexOf(':') >= 0 ? "[" + shown + "]:" + port : shown + ":" + port;
    }

    private static HostPort read(String text, String expected) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw expected(expected, text);
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port > 65_535) {
            throw new IllegalArgumentException("port must be at most 65535, is " + port);
        }
        return new HostPort(host(matcher.group(1), matcher.group(2)), port);
    }

    /** Digits and dots, or brackets, are never a name: a wrong number is found here, not by a search in the DNS. */
    private static String host(@Nullable String bracketed, String plain) {
        if (bracketed != null) {
            require(NetUtil.isValidIpV6Address(bracketed), "[" + bracketed + "] is no IPv6 address");
            return bracketed;
        }
        boolean isNumeric = NUMERIC.matcher(plain).matches();
        require(!isNumeric || NetUtil.isValidIpV4Address(plain), plain + " is no IPv4 address");
        return plain;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    private static IllegalArgumentException expected(String expected, String text) {
        return new IllegalArgumentException("expected " + expected + ", is \"" + text + "\"");
    }
}
