package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.route.HostCondition;
import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.Regex;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.route.ValueCondition;
import io.offramp.proxy.rule.ErrorPages;
import io.offramp.proxy.rule.LocationRewrite;
import io.offramp.proxy.rule.RouteRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        List<RouteConfig> routes = routes("    https-redirect: true\n    hsts: true\n    upstream: 'a:2'\n"
                + "    routes: [{path: /a, upstream: 'a:1'}, {path: /b, upstream: 'a:1', https-redirect: "
                + "false, hsts: false}]\n");

        assertThat(routes.getFirst().rules().request()).hasSize(1);
        assertThat(routes.get(1).rules()).isEqualTo(RouteRules.NONE);
        assertThat(routes.getLast().rules().request()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redirect: ftp://a | redirect: expected a URL or a path, which may have variables such as {host}, "
                        + "is \"ftp://a\"",
                "redirect: '/{hots}' | redirect: unknown variable {hots}; known are client, host, method, path, query, "
                        + "request-id, scheme, sni, tls-cipher, tls-version, uri, user",
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
                        "offramp.yaml:4:86: listeners[0].routes[1].name: \"x\" is the name of "
                                + "listeners[0].routes[0] already",
                        "offramp.yaml:5:75: listeners[1].hsts: a tcp listener passes bytes, and has no rules for "
                                + "requests");
    }

    @Test
    void shouldReadAllConditions() throws IOException {
        RouteConditions read = routes(
                        "    upstream: 'a:1'\n    routes:\n      - upstream: [{to: 'a:1', weight: 3}, {to: 'b:1'}]\n"
                                + "        host: [A.example, '*.b.example', {regex: 'c[0-9]'}]\n        path: "
                                + "{regex: '/(?P<id>x+)/(.*)'}\n"
                                + "        method: [GET, HEAD]\n        header: {X-A: b, X-C: {present: false}}\n"
                                + "        query: {v: {regex: '[12]'}, w: {is: x}}\n        client: [10.0.0.0/8]\n")
                .getFirst()
                .when();

        assertThat(read)
                .isEqualTo(new RouteConditions(
                        List.of(
                                new HostCondition.Name("a.example"),
                                new HostCondition.Below(".b.example"),
                                new HostCondition.Matching(new Regex("c[0-9]"))),
                        new PathCondition.Matching(new Regex("/(?P<id>x+)/(.*)")),
                        Set.of("GET", "HEAD"),
                        Map.of("x-a", new ValueCondition.Text("b"), "x-c", new ValueCondition.Present(false)),
                        Map.of("v", new ValueCondition.Matching(new Regex("[12]")), "w", new ValueCondition.Text("x")),
                        List.of(Cidr.parse("10.0.0.0/8"))));
        assertThat(read.groups()).containsExactly("1", "2", "id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host: {regex: '('} | host.regex: not a regular expression of RE2: error parsing regexp: missing "
                        + "closing ): `(`",
                "path: {regex: '(?=x)'} | path.regex: not a regular expression of RE2: error parsing regexp: "
                        + "invalid or "
                        + "unsupported Perl syntax: `(?=`",
                "path: {prefix: /a, exact: /b} | path: takes one of prefix, exact, regex",
                "path: a | path: expected a path such as /api, without query, is \"a\"",
                "host: a/b | host: expected a host name such as www.example.com or *.example.com, is \"a/b\"",
                "method: 'G T' | method: expected a method such as GET, in capitals, is \"G T\"",
                "header: {'a b': x} | header.a b: not a header that a condition can ask for",
                "header: {Connection: x} | header.Connection: not a header that a condition can ask for",
                "query: {a: {is: x, present: true}} | query.a: takes one of is, regex, present",
                "client: [10.0.0.1/8] | client[0]: \"10.0.0.1/8\" has bits behind its prefix; 10.0.0.0/8 would not",
                "strip-prefix: true | strip-prefix: needs a path that is a prefix, such as path: /api",
                "path: /a, strip-prefix: true, rewrite: /x | takes one of strip-prefix, replace-prefix, rewrite",
                "rewrite: x | rewrite: expected a path, which may have variables such as {path}, is \"x\"",
                "path: {regex: '/(?P<a>x)'}, rewrite: '/{b}' | rewrite: unknown variable {b}; known are client, "
                        + "host, method, "
                        + "path, query, request-id, scheme, sni, tls-cipher, tls-version, uri, user; groups of this "
                        + "route are 1, a",
                "request-headers: {set: {Content-Length: '1'}} | request-headers.set.Content-Length: Content-Length "
                        + "belongs to "
                        + "this proxy: see forwarding; a rule cannot change it",
                "request-headers: {remove: [Transfer_Encoding]} | request-headers.remove[0]: Transfer_Encoding "
                        + "belongs to this "
                        + "proxy: see forwarding; a rule cannot change it",
                "request-headers: {add: {Host: x}} | request-headers.add.Host: a request has one Host: only set "
                        + "gives it another",
                "request-headers: {remove: [host]} | request-headers.remove[0]: a request has one Host: only set "
                        + "gives it another",
                "request-headers: {set: {Host: a/b}} | request-headers.set.Host: expected host and port, which may "
                        + "have variables such as {host}, is \"a/b\"",
                "answer-headers: {set: {Host: a}} | answer-headers.set.Host: Host belongs to this proxy: it frames "
                        + "answers; a rule cannot change it",
                "path: /a, replace-prefix: /größe | replace-prefix: expected a path such as /v2 of printable ASCII, "
                        + "without query and escapes, is \"/größe\"",
                "split: sticky | split: nothing to split: upstream has to be a list of several, such as [{to: app, "
                        + "weight: 9}, …]",
                "request-headers: {set: {X-Forwarded-For: x}} | request-headers.set.X-Forwarded-For: "
                        + "X-Forwarded-For belongs to "
                        + "this proxy: see forwarding; a rule cannot change it",
                "request-headers: {set: {':path': x}} | request-headers.set.:path: expected the name of a header, "
                        + "is \":path\"",
                "answer-headers: {set: {Connection: close}} | answer-headers.set.Connection: Connection belongs to "
                        + "this proxy: it "
                        + "frames answers; a rule cannot change it",
                "cookies: {same-site: all} | cookies.same-site: expected strict or lax or none, is \"all\"",
                "location: {origins: ['a:1']} | location.origins[0]: expected scheme, host and port of a server, "
                        + "such as "
                        + "http://app.internal:8080, is \"a:1\"",
                "errors: {pages: {600: a.html}} | errors.pages.600: expected a status from 400 to 599, 4xx or 5xx, "
                        + "is \"600\"",
                "errors: {intercept: true} | errors: missing \"pages\": files by status, such as {502: 502.html}",
            })
    void shouldSayWhatIsWrongWithAConditionOrAChange(String rule, String message) throws IOException {
        assertThat(file.problems(LISTENER + "    routes: [{upstream: 'a:1', " + rule + "}]\n"))
                .singleElement()
                .asString()
                .startsWith("offramp.yaml:4:")
                .contains(": listeners[0].routes[0]")
                .endsWith(message);
    }

    @Test
    void shouldReadPagesWithTheConfigurationAndSayOnceWhatIsMissing() throws IOException {
        Files.writeString(directory.resolve("502.html"), "later");
        String routes = "    routes: [{path: /a, upstream: 'a:1'}, {path: /b, upstream: 'a:1'}]\n";

        ErrorPages pages = routes("    errors: {pages: {502: 502.html, 5xx: 502.html}}\n" + routes)
                .getFirst()
                .rules()
                .pages();

        assertThat(pages.on(Refusal.BAD_GATEWAY.answer()).body()).asString().isEqualTo("later");
        assertThat(pages.pages()).hasSize(100);
        assertThat(file.problems(LISTENER + "    errors: {pages: {502: gone.html}}\n" + routes))
                .containsExactly("offramp.yaml:4:27: listeners[0].errors.pages.502: no such file: gone.html");
    }

    @Test
    void shouldSayThatAnAnswerLeavesNothingForTheUpstream() throws IOException {
        assertThat(file.problems(LISTENER + "    upstream: 'a:1'\n    answer: 404\n"))
                .containsExactly("offramp.yaml:4:15: listeners[0].upstream: no request comes so far: this listener "
                        + "answers all of them");
    }

    @Test
    void shouldReadAPageOnceAndNothingButFiles() throws IOException {
        Files.writeString(directory.resolve("502.html"), "later");
        String routes = "    routes: [{path: /a, upstream: 'a:1'}, {path: /b, upstream: 'a:1'}]\n";

        List<RouteConfig> read = routes("    errors: {pages: {502: 502.html}}\n" + routes);

        assertThat(read.getFirst().rules().pages().pages().get(502))
                .isSameAs(read.getLast().rules().pages().pages().get(502));
        assertThat(file.problems(LISTENER + "    errors: {pages: {502: /dev/null}}\n" + routes))
                .containsExactly("offramp.yaml:4:27: listeners[0].errors.pages.502: is not a regular file: /dev/null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "strip-prefix: false, "})
    void shouldUndoNoPrefixThatIsNotRewritten(String rewrite) throws IOException {
        RouteRules rules = routes("    routes: [{path: /a, upstream: 'a:1', " + rewrite
                        + "location: {origins: ['http://a:1']}}]\n")
                .getFirst()
                .rules();

        assertThat(rules)
                .isEqualTo(new RouteRules.Builder()
                        .answer(new LocationRewrite(List.of("http://a:1"), "", ""))
                        .build());
    }

    @Test
    void shouldWarnOfARouteThatNeverMatches() throws IOException {
        assertThat(file.warnings(LISTENER + "    upstream: 'a:1'\n    routes:\n"
                        + "      - {host: '*.example', upstream: 'a:1'}\n"
                        + "      - {host: a.example, path: {exact: /x}, upstream: 'b:1'}\n"
                        + "      - {path: {regex: /x.}, method: [GET, HEAD], client: [10.0.0.0/8], upstream: 'a:1'}\n"
                        + "      - {path: {regex: /x.}, method: GET, client: [10.1.0.0/16], header: {A: b}, "
                        + "upstream: 'b:1'}\n"
                        + "      - {path: {regex: /x.}, upstream: 'b:1'}\n"))
                .containsExactly(
                        "offramp.yaml:7:9: listeners[0].routes[1]: never used: an earlier route takes *.example, /",
                        "offramp.yaml:9:9: listeners[0].routes[3]: never used: an earlier route takes any host, ~/x.");
    }

    @Test
    void shouldTakeAListenerWithoutTls() throws IOException {
        ListenerConfig plain = file.loaded("listeners: [{bind: ':80', tls: off, https-redirect: true, answer: 404}]\n")
                .listeners()
                .getFirst();

        assertThat(plain.isSecure()).isFalse();
        assertThat(file.problems("listeners: [{bind: ':80', tls: on, answer: 404}]\n"))
                .containsExactly(
                        "offramp.yaml:1:32: listeners[0].tls: expected a mapping such as {cert: site.pem}, or off, "
                                + "is \"on\"");
        assertThat(file.problems("listeners: [{bind: ':80', tls: off, answer: 404, offload: {backend: sw}}]\n"))
                .containsExactly("offramp.yaml:1:59: listeners[0].offload: a listener without TLS has no records");
    }

    @Test
    void shouldBeTheSameWhenItIsReadAgain() throws IOException {
        Files.writeString(directory.resolve("502.html"), "later");
        String lines = "    https-redirect: true\n    hsts: true\n    errors: {pages: {502: 502.html}}\n    "
                + "upstream: 'a:1'\n"
                + "    routes:\n      - {path: /a, redirect: 'https://{host}/{uri}'}\n      - {path: /b, answer: "
                + "{body: x}}\n"
                + "      - {path: {regex: /c}, rewrite: '/x{path}', location: {}, cookies: {secure: true}, "
                + "upstream: 'a:1',\n"
                + "         request-headers: {set: {A: '{client}'}}, answer-headers: {remove: [B]}, header: {C: "
                + "{regex: d}}}\n";

        assertThat(routes(lines)).isEqualTo(routes(lines));
        assertThat(routes(lines)).isNotEqualTo(routes(lines.replace("{client}", "{host}")));
        assertThat(routes(lines)).isNotEqualTo(routes(lines.replace("body: x", "body: y")));
    }
}
