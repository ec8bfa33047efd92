package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.Version;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Where they differ, all works until the first peer resets its connection: UnsatisfiedLinkError, then
 * NoClassDefFoundError.
 */
class NettyVersionsTest {
    @Test
    void shouldHaveNativeCodeOfTheVersionOfItsJavaSide() {
        Map<String, Version> artifacts = Version.identify();

        String natives = artifacts.get("netty-transport-native-epoll").artifactVersion();
        assertThat(artifacts.get("netty-transport-classes-epoll").artifactVersion())
                .isEqualTo(natives);
        assertThat(artifacts.get("netty-transport-native-unix-common").artifactVersion())
                .isEqualTo(natives);
    }
}
