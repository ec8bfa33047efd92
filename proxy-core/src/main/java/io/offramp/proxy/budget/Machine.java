package io.offramp.proxy.budget;

import io.netty.util.internal.PlatformDependent;
import java.nio.file.Path;

/**
 * The resources of this process.
 *
 * @param heapBytes largest heap, {@code -Xmx}
 * @param directBytes largest direct memory for the buffers of connections
 * @param descriptors files and sockets that may be open at once, RLIMIT_NOFILE
 * @param ownDescriptors of them, those that are open without any client
 * @param containerBytes memory of the container, or of the machine; {@link Long#MAX_VALUE} if unknown
 */
public record Machine(long heapBytes, long directBytes, long descriptors, int ownDescriptors, long containerBytes) {
    /** The resources of this process. Reads files; blocks. */
    public static Machine read() {
        return new Machine(
                Runtime.getRuntime().maxMemory(),
                PlatformDependent.maxDirectMemory(),
                OpenFiles.limit(),
                OpenFiles.own(),
                ContainerMemory.read(Path.of("/")));
    }
}
