package io.offramp.proxy.config;

import io.offramp.proxy.access.Facility;
import io.offramp.proxy.access.LogTarget;
import io.offramp.proxy.access.Rotation;
import io.offramp.proxy.net.HostPort;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code logging.access.to}. */
final class LogTargets {
    private static final int SYSLOG_PORT = 514;

    private LogTargets() {}

    /**
     * A destination by its written form.
     *
     * @param files finds a file by its name
     * @param mode of a file
     * @param rotation of a file
     * @param facility of syslog
     * @return null if it has another form
     * @throws IllegalArgumentException saying what is wrong
     */
    static @Nullable LogTarget parse(
            String text,
            Function<String, Path> files,
            Set<PosixFilePermission> mode,
            @Nullable Rotation rotation,
            Facility facility) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String rest = text.substring(colon + 1);
        if (colon < 0 || rest.isEmpty()) {
            return switch (text) {
                case "off" -> new LogTarget.Off();
                case "stdout" -> new LogTarget.Stdout();
                default -> null;
            };
        }
        return switch (kind) {
            case "file" -> new LogTarget.File(files.apply(rest).toAbsolutePath(), mode, rotation);
            case "unix" -> new LogTarget.Datagram(files.apply(rest).toAbsolutePath());
            case "syslog" ->
                rest.startsWith("/")
                        ? new LogTarget.LocalSyslog(Path.of(rest), facility)
                        : new LogTarget.Syslog(server(rest), facility);
            default -> null;
        };
    }

    /** The port may be left out. */
    private static HostPort server(String text) {
        boolean hasPort = text.lastIndexOf(':') > text.lastIndexOf(']');
        return HostPort.parse(hasPort ? text : text + ":" + SYSLOG_PORT);
    }
}
