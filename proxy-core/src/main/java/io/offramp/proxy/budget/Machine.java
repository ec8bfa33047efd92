package io.offramp.proxy.budget;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The resources of this process.
 *
 * @param heapBytes largest heap, {@code -Xmx}
 * @param directBytes largest direct memory for the buffers of connections
 * @param descriptors files and sockets that may be open at once, RLIMIT_NOFILE
 * @param containerBytes memory of the container, or of the machine; {@link Long#MAX_VALUE} if unknown
 */
public record Machine(long heapBytes, long directBytes, long descriptors, long containerBytes) {
    private static final Pattern OPEN_FILES = Pattern.compile("^Max open files +(\\d+)", Pattern.MULTILINE);

    /** The resources of this process. Reads files; blocks. */
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
