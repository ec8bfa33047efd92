package io.offramp.proxy.budget;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory that this process may take of its machine: the least of the installed memory and of the limits of its
 * control group and of all groups above it, as in the JVM. Read from files, because the JVM's own bean makes the start
 * longer. Both hierarchies of the kernel's documentation: {@code memory.max} (cgroup-v2.rst) and
 * {@code memory.limit_in_bytes} (cgroup-v1/memory.rst).
 */
final class ContainerMemory {
    private static final String V1_CONTROLLER = "memory";
    private static final String NO_LIMIT = "max";

    private ContainerMemory() {}

    /**
     * Reads the files once. Blocks.
     *
     * @param root directory of {@code proc} and {@code sys}: {@code /}
     * @return bytes; {@link Long#MAX_VALUE} if nothing can be read
     */
    static long read(Path root) {
        long least = machine(root.resolve("proc/meminfo"));
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3); // number, controllers, path
            if (parts.length == 3) {
                least = Math.min(least, group(root.resolve("sys/fs/cgroup"), List.of(parts[1].split(",")), parts[2]));
            }
        }
        return least;
    }

    private static long machine(Path meminfo) {
        return lines(meminfo).stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private static long group(Path mount, List<String> controllers, String path) {
        if (controllers.contains(V1_CONTROLLER)) {
            return upwards(mount.resolve(V1_CONTROLLER), path, "memory.limit_in_bytes");
        }
        if (!controllers.equals(List.of(""))) {
            return Long.MAX_VALUE;
        }
        return Math.min(upwards(mount, path, "memory.max"), upwards(mount.resolve("unified"), path, "memory.max"));
    }

    /** In a container the path may be the host's and not exist: the mount itself is then the container's group. */
    private static long upwards(Path mount, String path, String file) {
        long least = limit(mount.resolve(file));
        Path group = mount;
        for (Path name : Path.of(path)) {
            group = group.resolve(name);
            least = Math.min(least, limit(group.resolve(file)));
        }
        return least;
    }

    private static long limit(Path file) {
        List<String> lines = lines(file);
        try {
            return lines.isEmpty() || lines.getFirst().equals(NO_LIMIT)
                    ? Long.MAX_VALUE
                    : Long.parseLong(lines.getFirst());
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // no kernel writes such a limit
        }
    }

    /** No lines if it cannot be read: a kernel without control groups, or a file system that hides them. */
    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
