package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.route.ShareBy;
import io.offramp.proxy.rule.Template;
import io.offramp.proxy.rule.UpstreamHost;
import io.offramp.proxy.upstream.balance.HashKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Splits that clients stay with, hosts for servers, and what has no effect on a route. */
class SplitConfigTest {
    private static final String LISTENER =
            "listeners:\n  - bind: :8443\n    tls: {cert: site.pem}\n    upstream: 'a:1'\n";
    private static final String SPLIT = "upstream: [{to: 'a:1', weight: 9}, {to: 'a:2'}]";

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeFile() throws IOException {
        file = new ConfigFile(directory);
        Files.writeString(
                directory.resolve("users"), "alice:$2y$04$I0pYNTSfe9XB/pa/hNvD4uQUyKBqEwPmYuIRz4tST1PzRqPWtOQ8y\n");
    }

    private RouteConfig route(String keys) throws IOException {
        return file.loaded(LISTENER + "    routes: [{path: /x, " + keys + "}]\n")
                .listeners()
                .getFirst()
                .routes()
                .getFirst();
    }

    @Test
    void shouldDrawByLotUnlessSaidOtherwise() throws IOException {
        assertThat(route(SPLIT).shareBy()).isEqualTo(ShareBy.LOT);
        assertThat(route(SPLIT + ", split: random").shareBy()).isEqualTo(ShareBy.LOT);
    }

    @Test
    void shouldKeepClientsWithTheirShare() throws IOException {
        assertThat(route(SPLIT + ", split: sticky").shareBy()).isEqualTo(new ShareBy.Cookie("offramp-share"));
        assertThat(route(SPLIT + ", split: {policy: sticky, cookie: c}").shareBy())
                .isEqualTo(new ShareBy.Cookie("c"));
        assertThat(route(SPLIT + ", split: {policy: hash, key: address}").shareBy())
                .isEqualTo(new ShareBy.Hash(new HashKey.Address()));
        assertThat(route(SPLIT + ", split: {policy: hash, key: 'header:X-Tenant'}")
                        .shareBy())
                .isEqualTo(new ShareBy.Hash(new HashKey.Header("x-tenant")));
    }

    @Test
    void shouldReadAHostForServers() throws IOException {
        assertThat(route("upstream: 'a:1', request-headers: {set: {host: '{host}.internal:81'}}")
                        .rules()
                        .request())
                .containsExactly(new UpstreamHost(Template.parse("{host}.internal:81", Set.of())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "split: hash | split: hash needs a key: {policy: hash, key: address}",
                "split: {policy: hash} | split: missing \"key\": address, uri, header:NAME or cookie:NAME",
                "split: {policy: sticky, key: address} | split.key: only the policy hash has it",
                "split: round | split: unknown policy \"round\"",
                "rates: [{requests: 1/s, by: user}] | rates: by: user needs access.basic-auth; behind forward-auth, "
                        + "write by: header:NAME of its copy",
                "rates: [{requests: 1/s, by: 'header:Client-Cert'}] | rates[0].by: \"Client-Cert\" is of the "
                        + "connection or of this proxy: no request that is routed has it; write by: address or "
                        + "by: certificate",
            })
    void shouldSayWhatIsWrong(String keys, String message) throws IOException {
        assertThat(file.problems(LISTENER + "    routes: [{path: /x, " + SPLIT + ", " + keys + "}]\n"))
                .singleElement()
                .asString()
                .contains(": listeners[0].routes[0]." + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "answer: 200, strip-prefix: true | strip-prefix: without effect: this route answers all requests, no "
                        + "server gets one",
                "answer: 200, request-headers: {remove: [A]} | request-headers: without effect: this route answers all "
                        + "requests, no server gets one",
                "redirect: /y, location: {prefix: true} | location: without effect: this route answers all "
                        + "requests, no server gets one",
                "upstream: 'a:1', cookies: {same-site: none} | cookies.same-site: browsers drop a cookie of same-site: "
                        + "none that is not secure; add secure: true",
                "upstream: 'a:1', rates: [{requests: 1/s, by: certificate}] | rates: by: certificate counts by address "
                        + "here: the listener asks no client for a certificate",
            })
    void shouldWarnOfWhatHasNoEffect(String keys, String message) throws IOException {
        assertThat(file.warnings(LISTENER + "    routes: [{path: /x, " + keys + "}]\n"))
                .singleElement()
                .asString()
                .endsWith("listeners[0].routes[0]." + message);
    }

    @Test
    void shouldKnowUsersBehindAPassword() throws IOException {
        assertThat(file.problems(LISTENER + "    routes: [{path: /x, upstream: 'a:1', "
                        + "access: {basic-auth: {file: users}}, rates: [{requests: 1/s, by: user}]}]\n"))
                .isEmpty();
    }
}
