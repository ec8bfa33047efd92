package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The difference between two configurations, and what of it a running process can take. */
class ConfigChangesTest {
    private static final String ALL = """
            listeners:
              - name: web
                bind: 127.0.0.1:8443
                tls:
                  certificates: [{cert: %1$s}]
                  versions: ["1.3"]
                  tickets: {count: 1, lifetime: 1h}
                  record-size: {initial: 1400, max: 8k}
                routes: [{host: a.example.com, path: /v1, upstream: api}]
                upstream: 127.0.0.1:8080
                trusted-proxies: [10.0.0.0/8]
                proxy-protocol: ["2001:db8::1"]
                http2: {streams: 10}
              - {name: db, bind: "127.0.0.1:8444", mode: tcp, tls: {cert: %1$s}, upstream: 127.0.0.1:5432}
            upstreams:
              api:
                servers: [{address: 127.0.0.1:8081, weight: 2}, "unix:/run/api.sock"]
                balance: {policy: hash, key: header:X-User}
                health: {check: {path: /up, interval: 1s}}
              safe: {servers: ["127.0.0.1:8082"], tls: {verify: none}}
            admin: {bind: 127.0.0.1:9090}
            timeouts: {idle: 30s, drain: 5s}
            limits: {head: 32k, connections: 1000}
            logging: {access: {to: stdout, format: "{target} {status}"}}
            threads: 2
            """;

    @TempDir
    private Path dir;

    @BeforeEach
    void makeCertificate() throws IOException {
        DevelopmentCertificate.create(dir);
    }

    @Test
    void shouldFindNothingInAConfigurationThatIsReadTwice() throws Exception {
        assertThat(between(ALL, ALL)).isEmpty();
        assertThat(config(ALL)).isEqualTo(config(ALL));
    }

    @Test
    void shouldNameWhatDiffers() throws Exception {
        String next = ALL.replace("count: 1", "count: 2")
                .replace("/v1", "/v2")
                .replace("weight: 2", "weight: 3")
                .replace("drain: 5s", "drain: 6s")
                .replace("8444", "8445");

        assertThat(between(ALL, next))
                .containsExactlyInAnyOrder(
                        "listener web: changed: tls.tickets.count, routes",
                        "listener db: removed",
                        "listener db: added",
                        "upstream api: changed: servers",
                        "drain: changed");
    }

    @Test
    void shouldNameTheTlsOfAnUpstreamAndAnUpstreamThatIsGone() throws Exception {
        String next = ALL.replace("tls: {verify: none}", "tls: {verify: none, server-name: b.example.com}")
                .replace("routes: [{host: a.example.com, path: /v1, upstream: api}]", "")
                .replace("  api:\n", "  other:\n");

        assertThat(between(ALL, next))
                .contains("upstream safe: changed: tls.server-name", "upstream api: removed", "upstream other: added");
    }

    @Test
    void shouldKeepWhatNeedsARestartAndSaySo() throws Exception {
        ProxyConfig running = config(ALL);
        ProxyConfig next = config(
                ALL.replace("threads: 2", "threads: 3").replace("9090", "9091").replace("drain: 5s", "drain: 6s"));

        FixedSettings.Result result = FixedSettings.keep(running, next, Set.of("sw"));

        assertThat(result.kept()).containsExactly("threads", "admin");
        assertThat(result.problems()).isEmpty();
        assertThat(ConfigChanges.between(running, result.config())).containsExactly("drain: changed");
    }

    @Test
    void shouldRefuseAnAddedListenerWhoseBackendIsNotOpen() throws Exception {
        String one = ALL.replaceFirst("  - \\{name: db.*\n", "");

        FixedSettings.Result result = FixedSettings.keep(config(one), config(ALL), Set.of());

        assertThat(result.kept()).containsExactly("listener web: offload");
        assertThat(result.problems())
                .contains("listener db: offload: this process has not opened sw, which needs a restart");
    }

    private List<String> between(String before, String next) throws IOException {
        return ConfigChanges.between(config(before), config(next));
    }

    private ProxyConfig config(String yaml) throws IOException {
        Path file =
                Files.writeString(dir.resolve("offramp.yaml"), yaml.replace("%1$s", DevelopmentCertificate.FILE_NAME));
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }
}
