package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.rule.RouteRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of routes, as they are configured. */
class RuleConfigTest {
    private static final String LISTENER = "listeners:\n  - bind: :8443\n    tls: {cert: site.pem}\n";

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeCertificate() throws IOException {
        file = new ConfigFile(directory);
    }

    private List<RouteConfig> routes(String lines) throws IOException {
        return file.loaded(LISTENER + lines).listeners().getFirst().routes();
    }

    @Test
    void shouldHaveNoRulesUnlessSaidSo() throws IOException {
        List<RouteConfig> routes =
                routes("    routes: [{host: a.example, path: /x, upstream: 'a:1'}]\n    upstream: 'a:2'\n");

        assertThat(routes).extracting(RouteConfig::rules).containsOnly(RouteRules.NONE);
        assertThat(routes).extracting(RouteConfig::name).containsExactly("a.example/x", "/");
    }

    @Test
    void shouldNeedNoUpstreamWhereARuleAnswers() throws IOException {
        List<RouteConfig> routes = routes(
                "    routes: [{path: /old, redirect: /new}, {name: gone, path: /x, answer: 410}]\n    answer: 404\n");

        assertThat(routes).extracting(RouteConfig::upstream).containsOnlyNulls();
        assertThat(routes).extracting(RouteConfig::name).containsExactly("/old", "gone", "/");
        assertThat(routes)
                .allSatisfy(route -> assertThat(route.rules().request()).hasSize(1));
    }

    @Test
    void shouldTakeRulesOfTheListenerForItsRoutes() throws IOException {
        List<RouteConfig> routes = routes(
                "    https-redirect: true\n    hsts: true\n    upstream: 'a:2'\n"
                        + "    routes: [{path: /a, upstream: 'a:1'}, {path: /b, upstream: 'a:1', https-redirect: false, hsts: false}]\n");

        assertThat(routes.getFirst().rules().request()).hasSize(1);
        assertThat(routes.get(1).rules()).isEqualTo(RouteRules.NONE);
        assertThat(routes.getLast().rules().request()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redirect: ftp://a | redirect: expected a URL or a path, which may have variables such as {host}, is \"ftp://a\"",
                "redirect: '/{hots}' | redirect: unknown variable {hots}; known are client, host, method, path, query, "
                        + "request-id, scheme, sni, tls-cipher, tls-version, uri",
                "redirect: '/{host' | redirect: a { without its } at character 2; write {{ for one",
                "redirect: {to: /x, status: 300} | redirect.status: expected 301, 302, 303, 307 or 308, is \"300\"",
                "redirect: {status: 301} | redirect: missing \"to\": the place, such as https://{host}{uri}",
                "answer: 99 | answer: must be 200 to 599, is 99",
                "answer: {status: 204, body: x} | answer.body: an answer of status 204 has no body",
                "answer: {type: text} | answer.type: expected a media type such as text/plain, is \"text\"",
                "redirect: /x, answer: 200 | answer: a route with redirect has no answer",
                "redirect: /x, upstream: 'a:1' | upstream: no request comes so far: this route answers all of them",
                "upstream: 'a:1', hsts: 1y | hsts: expected true or false, is \"1y\"",
                "upstream: 'a:1', https-redirect: {port: 0} | https-redirect.port: must be 1 to 65535, is 0",
                "upstream: 'a:1', name: a b | name: expected a name of letters, digits and . _ : / * -, of 64 at most, "
                        + "is \"a b\"",
            })
    void shouldSayWhatIsWrongWithARule(String route, String message) throws IOException {
        assertThat(file.problems(LISTENER + "    routes: [{" + route + "}]\n"))
                .singleElement()
                .asString()
                .matches("offramp\\.yaml:4:\\d+: listeners\\[0]\\.routes\\[0]\\..*")
                .endsWith("listeners[0].routes[0]." + message);
    }

    @Test
    void shouldRefuseTwoRoutesOfOneNameAndRulesOfTcp() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: ':1'
                            tls: {cert: site.pem}
                            routes: [{path: /a, upstream: 'a:1', name: x}, {path: /b, upstream: 'a:1', name: x}]
                          - {bind: ':2', mode: tcp, tls: {cert: site.pem}, upstream: 'a:1', hsts: true}
                        """))
                .containsExactly(
                        "offramp.yaml:4:86: listeners[0].routes[1].name: \"x\" is the name of listeners[0].routes[0] already",
                        "offramp.yaml:5:75: listeners[1].hsts: a tcp listener passes bytes, and has no rules for requests");
    }
}
