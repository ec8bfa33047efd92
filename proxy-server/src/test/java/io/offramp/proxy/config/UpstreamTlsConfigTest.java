package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.config.UpstreamTlsConfig.Verify;
import io.offramp.proxy.session.OffloadConfig.PerDirection;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpstreamTlsConfigTest {
    private static final String LISTENER = """
            listeners:
              - {bind: "127.0.0.1:0", tls: {cert: site.pem}, upstream: %s}
            """;

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void prepare() throws Exception {
        file = new ConfigFile(directory);
    }

    private static String api(String upstream) {
        return LISTENER.formatted("api") + "upstreams:\n  api: " + upstream + "\n";
    }

    @Test
    void shouldReadTheWholeSection() throws Exception {
        ProxyConfig config = file.loaded(api("""
                {servers: ["127.0.0.1:8443"], protocol: auto, tls: {server-name: api.example, alpn: [h2], \
                cert: site.pem, offload: {backend: device, tx: hw, rx: auto}}}""".replace("\\\n", "")));

        UpstreamTlsConfig tls = config.upstreamTls().get("api");
        assertThat(tls).isNotNull();
        assertThat(tls.verify()).isEqualTo(Verify.FULL);
        assertThat(tls.serverName()).isEqualTo("api.example");
        assertThat(tls.alpn()).containsExactly("h2");
        assertThat(tls.identity()).isNotNull();
        assertThat(tls.offload()).isEqualTo(new PerDirection("device", Policy.HW, Policy.AUTO));
        assertThat(Objects.requireNonNull(config.upstreams().get("api")).protocol())
                .isEqualTo(UpstreamProtocol.AUTO);
    }

    @Test
    void shouldTakeHttpsInFrontOfServersForTheDefaults() throws Exception {
        assertThat(file.loaded(LISTENER.formatted("https://api.example:8443")).upstreamTls())
                .containsEntry("https://api.example:8443", UpstreamTlsConfig.DEFAULTS);
        ProxyConfig named = file.loaded(api("[\"https://127.0.0.1\", \"https://127.0.0.2:8443\"]"));
        assertThat(named.upstreamTls()).containsEntry("api", UpstreamTlsConfig.DEFAULTS);
        assertThat(Objects.requireNonNull(named.upstreams().get("api"))
                        .servers()
                        .toString())
                .contains("443")
                .contains("8443");
        assertThat(file.loaded(LISTENER.formatted("127.0.0.1:8443")).upstreamTls())
                .isEmpty();
    }

    @Test
    void shouldWarnWhereServersAreNotVerified() throws Exception {
        assertThat(file.warnings(api("{servers: [\"127.0.0.1:8443\"], tls: {verify: none}}")))
                .containsExactly("offramp.yaml:4:52: upstreams.api.tls.verify: servers are not verified: "
                        + "whoever is on the way can read and change everything");
    }

    @Test
    void shouldNameWhatDoesNotFit() throws Exception {
        assertThat(file.problems(api("[\"https://127.0.0.1\", \"127.0.0.2:80\"]")))
                .containsExactly("offramp.yaml:4:8: upstreams.api: all servers of an upstream need https://, or none: "
                        + "see \"tls\"");
        assertThat(file.problems(api("{servers: [\"127.0.0.1:1\"], protocol: h2c, tls: {}}")))
                .containsExactly("offramp.yaml:4:45: upstreams.api.protocol: is HTTP/2 in clear text; "
                        + "over TLS, write h2 or auto");
        assertThat(file.problems(api("{servers: [\"127.0.0.1:1\"], protocol: auto}")))
                .containsExactly("offramp.yaml:4:45: upstreams.api.protocol: needs \"tls\": it is negotiated there; "
                        + "in clear text, write http1 or h2c");
        assertThat(file.problems(api("{servers: [\"unix:/run/app.sock\"], tls: {}}")))
                .containsExactly("offramp.yaml:4:18: upstreams.api.servers: a Unix socket has no TLS");
        assertThat(file.problems(api("{servers: [\"127.0.0.1:1\"], tls: {crl: no.pem, key: site.pem, verify: no}}")))
                .contains(
                        "offramp.yaml:4:46: upstreams.api.tls.crl: needs \"ca\": "
                                + "the lists are those of its certificates",
                        "offramp.yaml:4:59: upstreams.api.tls.key: needs \"cert\"",
                        "offramp.yaml:4:77: upstreams.api.tls.verify: expected full or none, is \"no\"");
        assertThat(file.problems(api("{servers: [\"127.0.0.1:1\"], tls: {server-name: .}}")))
                .singleElement()
                .asString()
                .contains("upstreams.api.tls.server-name: expected a host name or an address, is \".\"");
        assertThat(file.problems(
                        api("{servers: [\"127.0.0.1:1\"], tls: {offload: {backend: device, mode: hw-record}}}")))
                .singleElement()
                .asString()
                .contains("upstreams.api.tls.offload.mode: unknown key");
    }
}
