package io.offramp.proxy.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerMemoryTest {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path root;

    @Test
    void shouldFindWhatIsBuiltInWhereNoGroupHasALimit() throws IOException {
        write("proc/meminfo", "MemTotal:        1048576 kB\nMemFree:          5 kB\n");
        write("proc/self/cgroup", "4:memory:/\n0::/\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory.max", "max\n");

        assertThat(ContainerMemory.read(root)).isEqualTo(1024 * MIB);
    }

    @Test
    void shouldFindTheLeastLimitOfAGroupAndThoseAboveItInVersion2() throws IOException {
        write("proc/meminfo", "MemTotal:        1048576 kB\n");
        write("proc/self/cgroup", "0::/kube/pod/main\n");
        write("sys/fs/cgroup/kube/memory.max", "max\n");
        write("sys/fs/cgroup/kube/pod/memory.max", "" + 100 * MIB);
        write("sys/fs/cgroup/kube/pod/main/memory.max", "" + 200 * MIB);

        assertThat(ContainerMemory.read(root)).isEqualTo(100 * MIB);
    }

    @Test
    void shouldFindTheLimitOfVersion1BesideOtherControllers() throws IOException {
        write("proc/meminfo", "MemTotal:        1048576 kB\n");
        write("proc/self/cgroup", "9:name=systemd:/a\n5:cpu,cpuacct:/a\n4:hugetlb,memory:/a/b\n0::/\n");
        write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "" + 64 * MIB);
        write("sys/fs/cgroup/cpu/a/memory.limit_in_bytes", "1");

        assertThat(ContainerMemory.read(root)).isEqualTo(64 * MIB);
    }

    @Test
    void shouldTakeTheMountForTheGroupWhereThePathIsTheHosts() throws IOException {
        write("proc/meminfo", "MemTotal:        1048576 kB\n");
        write("proc/self/cgroup", "0::/../../outside\n");
        write("sys/fs/cgroup/memory.max", "" + 32 * MIB);

        assertThat(ContainerMemory.read(root)).isEqualTo(32 * MIB);
    }

    @Test
    void shouldSayThatItIsNotKnownWhereNothingCanBeRead() {
        assertThat(ContainerMemory.read(root)).isEqualTo(Long.MAX_VALUE);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
