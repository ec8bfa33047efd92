package io.offramp.proxy.flow;

import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.UpstreamSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The settings of {@link Handlers}, where a test has no others. */
final class ModelSettings {
    /** Times that are short enough for a model, and all different. */
    static final HttpSettings HTTP = HttpSettings.builder()
            .headTimeout(Duration.ofSeconds(3))
            .requestTimeout(Duration.ofSeconds(60))
            .idleTimeout(Duration.ofSeconds(20))
            .tunnelTimeout(Duration.ofSeconds(15))
            .bodyTimeout(Duration.ofSeconds(6))
            .answerTimeout(Duration.ofSeconds(10))
            .pauseTimeout(Duration.ofSeconds(10))
            .upgrades(List.of("websocket", "chat"))
            .build();

    static final UpstreamSettings SERVERS = UpstreamSettings.builder()
            .connectTimeout(Duration.ofSeconds(2))
            .idleTimeout(Duration.ofSeconds(20))
            .build();

    static final int FIRST_PORT = 8080;

    private ModelSettings() {}

    /** Servers at one port after the other. */
    static UpstreamConfig app(UpstreamProtocol spoken, int servers) {
        return new UpstreamConfig(
                "app",
                spoken,
                IntStream.range(FIRST_PORT, FIRST_PORT + servers)
                        .mapToObj(ModelSettings::server)
                        .toList());
    }

    static HostPort server(int port) {
        return new HostPort("127.0.0.1", port);
    }
}
