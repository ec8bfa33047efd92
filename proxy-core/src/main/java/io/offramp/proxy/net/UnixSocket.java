package io.offramp.proxy.net;

import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A Unix socket as written: {@code unix:/run/app.sock}.
 *
 * @param file absolute
 */
public record UnixSocket(Path file) implements ServerAddress {
    private static final String PREFIX = "unix:";

    /** sun_path of unix(7), without its last NUL. */
    private static final int MAX_BYTES = 107;

    /** True if the text names a Unix socket, rightly or not. */
    static boolean isForm(String text) {
        return text.startsWith(PREFIX);
    }

    static UnixSocket parse(String text, Function<String, Path> files) {
        if (text.length() == PREFIX.length()) {
            throw new IllegalArgumentException("expected " + EXPECTED + ", is \"" + text + "\"");
        }
        Path file = files.apply(text.substring(PREFIX.length())).toAbsolutePath();
        int bytes = file.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the path of a Unix socket has at most " + MAX_BYTES + " bytes, " + file + " has " + bytes);
        }
        return new UnixSocket(file);
    }

    @Override
    public List<UnixDomainSocketAddress> resolveAll() {
        return List.of(UnixDomainSocketAddress.of(file));
    }

    @Override
    public boolean isName() {
        return false;
    }

    /** A file is no host. */
    @Override
    public String authority() {
        return "localhost";
    }

    @Override
    public String toString() {
        return PREFIX + file;
    }
}
