package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.Version;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Where they differ, all works until the first peer resets its connection: UnsatisfiedLinkError, then
 * NoClassDefFoundError.
 */
class NettyVersionsTest {
    @Test
    void shouldHaveNativeCodeOfTheVersionOfItsJavaSide() {
        Map<String, Version> artifacts = Version.identify();

        String natives = version(artifacts, "netty-transport-native-epoll");
        assertThat(version(artifacts, "netty-transport-classes-epoll")).isEqualTo(natives);
        assertThat(version(artifacts, "netty-transport-native-unix-common")).isEqualTo(natives);
    }

    private static String version(Map<String, Version> artifacts, String name) {
        return Objects.requireNonNull(artifacts.get(name), name).artifactVersion();
    }
}
