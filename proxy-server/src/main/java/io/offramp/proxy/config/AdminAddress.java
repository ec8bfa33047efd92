package io.offramp.proxy.config;

import io.offramp.proxy.net.HostPort;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.function.Function;

/** Address of the admin listener: {@code 127.0.0.1:9090}, {@code unix:/run/offramp/admin.sock}. */
public sealed interface AdminAddress {
    /** For messages. */
    String EXPECTED = "host:port such as 127.0.0.1:9090, or unix:FILE";

    /** A TCP port; 0 for any free one. */
    record Tcp(HostPort hostPort) implements AdminAddress {
        /** True if only this machine reaches it; false for names other than localhost, which may be anywhere. */
        @Override
        public boolean isLocal() {
            return hostPort.host().equals("localhost") || isLoopback(hostPort.host());
        }

        @Override
        public String toString() {
            return hostPort.toString();
        }
    }

    /** A Unix socket, by its file. */
    record Unix(Path socket) implements AdminAddress {
        @Override
        public boolean isLocal() {
            return true;
        }

        @Override
        public String toString() {
            return PREFIX + socket;
        }
    }

    /** Form of a Unix socket's address. */
    String PREFIX = "unix:";

    /** True if only this machine reaches it. */
    boolean isLocal();

    /**
     * Reads an address to listen on.
     *
     * @param files finds a file by its name
     * @throws IllegalArgumentException saying what was expected
     */
    static AdminAddress parseBind(String text, Function<String, Path> files) {
        return text.startsWith(PREFIX) ? unix(text, files) : new Tcp(HostPort.parseBind(text));
    }

    /**
     * Reads an address to connect to.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    static AdminAddress parse(String text) {
        return text.startsWith(PREFIX) ? unix(text, Path::of) : new Tcp(HostPort.parse(text));
    }

    /** True for a loopback address; false for names. */
    static boolean isLoopback(String host) {
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) { // a name
            return false;
        }
    }

    private static Unix unix(String text, Function<String, Path> files) {
        if (text.length() == PREFIX.length()) {
            throw new IllegalArgumentException("expected " + EXPECTED + ", is \"" + text + "\"");
        }
        return new Unix(files.apply(text.substring(PREFIX.length())).toAbsolutePath());
    }
}
