package io.offramp.proxy.access;

import io.offramp.proxy.net.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
        /** For messages. */
        public static final String NO_FILE = "is neither a regular file nor a character device";

        /** For messages. */
        public static final String NO_REGULAR_FILE = "is no regular file, so it cannot rotate";

        private static final int KIND = 0170000;
        private static final int REGULAR = 0100000;
        private static final int CHARACTER_DEVICE = 0020000;

        /** Copies the set. */
        public File {
            mode = Set.copyOf(mode);
        }

        /**
         * Whether it can be opened: it is a regular file, a character device, or not there yet. To open a FIFO means to
         * wait for its reader, for ever if need be.
         */
        public boolean canOpen() {
            try {
                int kind = (int) Files.getAttribute(path, "unix:mode") & KIND;
                return kind == REGULAR || kind == CHARACTER_DEVICE;
            } catch (IOException e) {
                return true; // opening it says why not
            }
        }

        /** Whether it may be renamed: a device or a link must keep its name. */
        public boolean canRotate() {
            return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    || Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
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
