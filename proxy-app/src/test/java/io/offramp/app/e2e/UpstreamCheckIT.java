package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.config.ListenerConfig.Mode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks in TLS of a server that has one certificate for requests, and another for the name node.test. */
class UpstreamCheckIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String USUAL = "{kind: tcp, interval: 200ms, timeout: 30s}";

    @TempDir
    private Path dir;

    private TlsServers servers;
    private Path forRequests;
    private Path forChecks;

    @BeforeEach
    void makeCertificates() throws Exception {
        Tools.require("openssl");
        servers = new TlsServers(dir);
        forRequests = servers.certificate("localhost", "subjectAltName=DNS:localhost");
        forChecks = servers.certificate("node", "subjectAltName=DNS:node.test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "http"})
    void shouldAskForTheServerNameOfTheCheckAndVerifyIt(String kind) throws Exception {
        try (TlsServers.Running server = server();
                RunningProxy proxy = proxy(server.port(), kind, "node.test")) {
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(proxy.metric("offramp_upstream_handshakes_total"))
                            .isGreaterThan(1));
            assertThat(proxy.admin("/upstreams")).contains("\"state\":\"up\"");
            assertThat(get(proxy).statusCode()).isEqualTo(200);
            assertThat(proxy.metric("offramp_upstream_handshake_failures_total"))
                    .isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "http"})
    void shouldTakeAServerWithoutThatNameForDown(String kind) throws Exception {
        try (TlsServers.Running server = server();
                RunningProxy proxy = proxy(server.port(), kind, "other.test")) {
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(proxy.admin("/upstreams"))
                            .contains("\"state\":\"down\"")
                            .contains("server_certificate_name")
                            .contains("is for localhost"));
            assertThat(get(proxy).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void shouldCheckByTheNameOfRequestsWithoutOneOfItsOwn() throws Exception {
        try (TlsServers.Running server = server();
                RunningProxy proxy = RunningProxy.to(Mode.HTTP, yaml(server.port(), USUAL))) {
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(proxy.metric("offramp_upstream_handshakes_total"))
                            .isGreaterThan(1));
            assertThat(get(proxy).statusCode()).isEqualTo(200);
        }
    }

    private TlsServers.Running server() throws Exception {
        return servers.openssl(
                forRequests, "-servername", "node.test", "-cert2", "" + forChecks, "-key2", "" + forChecks);
    }

    private RunningProxy proxy(int port, String kind, String name) throws Exception {
        String check = "{kind: %s, server-name: %s, interval: 200ms, timeout: 30s}".formatted(kind, name);
        return RunningProxy.to(Mode.HTTP, yaml(port, check));
    }

    private String yaml(int port, String check) {
        return "{servers: [\"127.0.0.1:%d\"], tls: {server-name: localhost, ca: %s}, health: {check: %s}}"
                .formatted(port, servers.ca(), check);
    }

    private static HttpResponse<String> get(RunningProxy proxy) throws Exception {
        URI page = URI.create("https://127.0.0.1:" + proxy.port() + "/");
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(Clients.trustsAll()).build()) {
            return client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
        }
    }
}
