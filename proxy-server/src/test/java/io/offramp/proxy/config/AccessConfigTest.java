package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.compress.Coding;
import io.offramp.proxy.compress.CompressionConfig;
import io.offramp.proxy.guard.AddressList;
import io.offramp.proxy.guard.ForwardAuthConfig;
import io.offramp.proxy.guard.GuardConfig;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.rate.RateKey;
import io.offramp.proxy.rate.RateLimit;
import io.offramp.proxy.rate.RateLimit.What;
import io.offramp.proxy.route.RouteConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code access}, {@code rates} and {@code compression}, as they are configured. */
class AccessConfigTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeFiles() throws IOException {
        file = new ConfigFile(directory);
        Files.writeString(
                directory.resolve("users"), "alice:$2y$04$I0pYNTSfe9XB/pa/hNvD4uQUyKBqEwPmYuIRz4tST1PzRqPWtOQ8y\n");
        Files.writeString(directory.resolve("old"), "alice:$2y$04$I0pYNTSfe9XB\nbob:{SHA}abc\n");
    }

    private List<RouteConfig> routes(String lines) throws IOException {
        return file.loaded(
                        "listeners:\n  - bind: :8443\n    tls: {cert: site.pem}\n    upstream: 127.0.0.1:80\n" + lines)
                .listeners()
                .getFirst()
                .routes();
    }

    @Test
    void shouldLetEverybodyPassAndCompressNothingUnlessSaidOtherwise() throws IOException {
        RouteConfig only = routes("").getFirst();

        assertThat(only.protection().guard()).isEqualTo(GuardConfig.NONE);
        assertThat(only.protection().rates()).isEmpty();
        assertThat(only.protection().compression()).isEqualTo(CompressionConfig.OFF);
    }

    @Test
    void shouldTakeThePartsOfTheListenerForThoseThatARouteDoesNotWrite() throws IOException {
        // When
        List<RouteConfig> routes = routes("""
                    access: {addresses: [{allow: 10.0.0.0/8}, {deny: all}]}
                    compression: on
                    rates: [{requests: 5/s}]
                    routes:
                      - path: /a
                        upstream: 127.0.0.1:80
                        access: {basic-auth: {file: users, remember: 1m}}
                      - {path: /b, upstream: 127.0.0.1:80, access: {addresses: off}, compression: off, rates: []}
                """);

        // Then
        AddressList office = new AddressList(List.of(
                new AddressList.Line(true, List.of(Cidr.parse("10.0.0.0/8"))),
                new AddressList.Line(false, List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")))));
        assertThat(routes.get(0).protection().guard().addresses()).isEqualTo(office);
        assertThat(routes.get(0).protection().guard().basicAuth()).isNotNull();
        assertThat(routes.get(0).protection().guard().basicAuth().remember()).isEqualTo(Duration.ofMinutes(1));
        assertThat(routes.get(0).protection().compression()).isEqualTo(CompressionConfig.ON);
        assertThat(routes.get(1).protection().guard()).isEqualTo(GuardConfig.NONE);
        assertThat(routes.get(1).protection().compression()).isEqualTo(CompressionConfig.OFF);
        assertThat(routes.get(1).protection().rates()).isEmpty();
        assertThat(routes.get(2).protection().guard().addresses()).isEqualTo(office);
        assertThat(routes.get(2).protection().rates())
                .isEqualTo(routes.get(0).protection().rates());
    }

    @Test
    void shouldReadForwardAuthentication() throws IOException {
        assertThat(routes("    access: {forward-auth: {upstream: 'a:1', path: /v, timeout: 1s, copy: [Remote-User]}}\n")
                        .getFirst()
                        .protection()
                        .guard()
                        .forwardAuth())
                .isEqualTo(new ForwardAuthConfig("a:1", "/v", Duration.ofSeconds(1), List.of("Remote-User")));
    }

    @Test
    void shouldReadRates() throws IOException {
        assertThat(routes("""
                    rates:
                      - {requests: 100/s}
                      - {name: few, requests: 6/m, burst: 3, by: all, dry-run: true, clients: 10}
                      - {bytes: 10m/s, by: "header:X-Key"}
                """).getFirst().protection().rates())
                .containsExactly(
                        new RateLimit(
                                "listeners[0].rates[0]",
                                What.REQUESTS,
                                100,
                                SECOND,
                                100,
                                new RateKey.Address(),
                                false,
                                16_384),
                        new RateLimit("few", What.REQUESTS, 6, 60 * SECOND, 3, new RateKey.All(), true, 10),
                        new RateLimit(
                                "listeners[0].rates[2]",
                                What.BYTES,
                                10 << 20,
                                SECOND,
                                10 << 20,
                                new RateKey.Header("X-Key"),
                                false,
                                16_384));
    }

    @Test
    void shouldLetASecondOfALargeRateComeAtOnce() throws IOException {
        assertThat(routes("    rates: [{bytes: 10g/h}, {bytes: 1024g/h}, {bytes: 1m/m}, {requests: 10/h}]\n")
                        .getFirst()
                        .protection()
                        .rates())
                .extracting(RateLimit::burst)
                .containsExactly((10L << 30) / 3600, (1L << 40) / 3600, 64L << 10, 1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Client-Cert", "X-Forwarded-For", "Via", "Max-Forwards", "HTTP2-Settings"})
    void shouldCopyNoFieldOfThisProxy(String field) throws IOException {
        assertThat(file.problems("listeners:\n  - bind: :8443\n    tls: {cert: site.pem}\n    upstream: 127.0.0.1:80\n"
                        + "    access: {forward-auth: {upstream: 'a:1', copy: [" + field + "]}}\n"))
                .singleElement()
                .asString()
                .endsWith("copy[0]: \"" + field + "\" belongs to this proxy");
    }

    @Test
    void shouldReadCompression() throws IOException {
        assertThat(routes("    compression: {codings: [gzip], types: [text/*], gzip-level: 9, zstd-level: 1, "
                                + "least-size: 2k}\n")
                        .getFirst()
                        .protection()
                        .compression())
                .isEqualTo(new CompressionConfig(List.of(Coding.GZIP), 9, 1, Set.of("text/*"), 2048));
    }

    @Test
    void shouldTellWhatIsWrong() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem}
                            upstream: 127.0.0.1:80
                            access:
                              addresses: [{allow: 10.0.0.1/8}, {allow: all, deny: all}]
                              client-certificate: required
                              basic-auth: {file: old}
                              forward-auth: {upstream: nobody, copy: [Host]}
                            rates:
                              - {requests: 5}
                              - {requests: 5/s, bytes: 1m/s}
                              - {name: x, requests: 5/s, by: cookie}
                              - {name: x, requests: 5/s}
                            compression: {codings: [br], gzip-level: 10, types: [text]}
                        """))
                .containsExactly(
                        "offramp.yaml:6:27: listeners[0].access.addresses[0].allow: \"10.0.0.1/8\" has bits behind its "
                                + "prefix; 10.0.0.0/8 would not",
                        "offramp.yaml:6:40: listeners[0].access.addresses[1]: expected either allow or deny",
                        "offramp.yaml:7:27: listeners[0].access.client-certificate: the listener asks no client for a "
                                + "certificate; set tls.client-auth.mode",
                        "offramp.yaml:8:26: listeners[0].access.basic-auth.file: old, line 1: the hash of \"alice\" is "
                                + "none of bcrypt ($2y$); htpasswd -B makes one",
                        "offramp.yaml:9:32: listeners[0].access.forward-auth.upstream: unknown upstream \"nobody\"; "
                                + "there is none (a server has a port: nobody:8080)",
                        "offramp.yaml:11:20: listeners[0].rates[0].requests: expected a rate such as 100/s, 600/m or "
                                + "10/h, is \"5\"",
                        "offramp.yaml:12:9: listeners[0].rates[1]: expected either requests or bytes, such as "
                                + "requests: 100/s",
                        "offramp.yaml:13:38: listeners[0].rates[2].by: expected address, certificate, user, all or "
                                + "header:NAME, is \"cookie\"",
                        "offramp.yaml:14:16: listeners[0].rates[3].name: \"x\" is the name of listeners[0].rates[2] "
                                + "already",
                        "offramp.yaml:15:29: listeners[0].compression.codings[0]: expected zstd or gzip, is \"br\"",
                        "offramp.yaml:15:46: listeners[0].compression.gzip-level: must be 1 to 9, is 10",
                        "offramp.yaml:15:58: listeners[0].compression.types[0]: expected a media type such as "
                                + "text/html or text/*, is \"text\"");
    }
}
