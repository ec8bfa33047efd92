package io.offramp.proxy.access;

import io.offramp.proxy.net.HostPort;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where lines go. */
public sealed interface LogTarget {
    /** For messages. */
    String EXPECTED = "off, stdout, file:FILE, unix:SOCKET, syslog:HOST:PORT or syslog:/dev/log";

    /** Nowhere. */
    record Off() implements LogTarget {
        @Override
        public String toString() {
            return "off";
        }
    }

    /** Standard output. */
    record Stdout() implements LogTarget {
        @Override
        public String toString() {
            return "standard output";
        }
    }

    /**
     * A file, which lines are appended to.
     *
     * @param mode of a file that is made
     * @param rotation null for none
     */
    record File(
            Path path,
            Set<PosixFilePermission> mode,
            @Nullable Rotation rotation) implements LogTarget {
        /** Copies the set. */
        public File {
            mode = Set.copyOf(mode);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A Unix datagram socket; each line is a datagram. */
    record Datagram(Path socket) implements LogTarget {
        @Override
        public String toString() {
            return "unix:" + socket;
        }
    }

    /** A syslog server: RFC 5424 by UDP (RFC 5426). */
    record Syslog(HostPort server, Facility facility) implements LogTarget {
        @Override
        public String toString() {
            return "syslog:" + server;
        }
    }

    /** The syslog of this machine, in the form that its C library uses (RFC 3164 §4.1, without the host). */
    record LocalSyslog(Path socket, Facility facility) implements LogTarget {
        @Override
        public String toString() {
            return "syslog:" + socket;
        }
    }
}
