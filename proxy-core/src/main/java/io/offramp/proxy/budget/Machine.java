package io.offramp.proxy.budget;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What there is.
 *
 * @param heapBytes most that the heap grows to, {@code -Xmx}
 * @param directBytes most direct memory that the buffers of connections take
 * @param descriptors files and sockets that may be open at once, RLIMIT_NOFILE
 * @param containerBytes memory of the container, or of the machine; {@link Long#MAX_VALUE} where it is not known
 */
public record Machine(long heapBytes, long directBytes, long descriptors, long containerBytes) {
    private static final Pattern OPEN_FILES = Pattern.compile("^Max open files +(\\d+)", Pattern.MULTILINE);

    /** This process's. Reads files; blocks. */
    public static Machine read() {
        return new Machine(
                Runtime.getRuntime().maxMemory(),
                PlatformDependent.maxDirectMemory(),
                descriptors(Path.of("/proc/self/limits")),
                ContainerMemory.read(Path.of("/")));
    }

    /** The soft limit, which the JVM has raised as far as it may. */
    private static long descriptors(Path limits) {
        try {
            Matcher found = OPEN_FILES.matcher(Files.readString(limits));
            return found.find() ? Long.parseLong(found.group(1)) : Long.MAX_VALUE; // "unlimited"
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
