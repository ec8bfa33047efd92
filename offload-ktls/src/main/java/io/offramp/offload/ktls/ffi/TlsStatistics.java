package io.offramp.offload.ktls.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.offramp.offload.record.Direction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel's TLS counters of a network namespace ({@code /proc/net/tls_stat}, Documentation/networking/tls.rst).
 * Anyone may read it.
 */
final class TlsStatistics {
    /** The counters of this process's namespace. */
    static final Path FILE = Path.of("/proc/net/tls_stat");

    /** Value if the kernel has no such count. */
    static final long UNKNOWN = -1;

    private static final int AF_INET = 2;
    private static final int SOCK_STREAM_CLOEXEC = 0x80001;
    private static final int SOL_SOCKET = 1;
    private static final int SO_NETNS_COOKIE = 71;
    private static final long NO_COOKIE = 0;
    private static final long OWN_COOKIE = ownCookie();

    private TlsStatistics() {}

    /** How many sessions of a direction are on NICs now; {@link #UNKNOWN} if the file is not there, or does not say. */
    static long onDevice(Path file, Direction direction) {
        String name = direction == Direction.TX ? "TlsCurrTxDevice" : "TlsCurrRxDevice";
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                String[] fields = line.split("\\s+");
                if (fields.length == 2 && fields[0].equals(name)) {
                    return Long.parseLong(fields[1]);
                }
            }
            return UNKNOWN;
        } catch (IOException | NumberFormatException e) {
            return UNKNOWN;
        }
    }

    /**
     * Whether the file counts this socket: one that was handed over may be of another namespace. False before Linux
     * 5.14.
     */
    static boolean isOfThisNamespace(int fd) {
        return OWN_COOKIE != NO_COOKIE && cookie(fd) == OWN_COOKIE;
    }

    private static long ownCookie() {
        CallMemory memory = CallMemory.current();
        int fd = Libc.socket(memory.state, AF_INET, SOCK_STREAM_CLOEXEC, 0);
        if (fd < 0) {
            return NO_COOKIE;
        }
        try {
            return cookie(fd);
        } finally {
            Libc.close(memory.state, fd);
        }
    }

    private static long cookie(int fd) {
        CallMemory memory = CallMemory.current();
        int result =
                Libc.getsockopt(memory.state, fd, SOL_SOCKET, SO_NETNS_COOKIE, memory.value, memory.length(Long.BYTES));
        return result < 0 ? NO_COOKIE : memory.value.get(JAVA_LONG, 0);
    }
}
