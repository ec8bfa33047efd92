package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.tcp.TcpSettings;
import io.offramp.proxy.upstream.ExchangeBounds;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a listener takes from its clients, as it is configured. */
class HttpConfigTest {
    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeCertificate() throws IOException {
        file = new ConfigFile(directory);
    }

    private HttpSettings http(String lines) throws IOException {
        return file.loaded(
                        "listeners:\n  - bind: :8443\n    tls: {cert: site.pem}\n    upstream: 127.0.0.1:80\n" + lines)
                .listeners()
                .getFirst()
                .http();
    }

    @Test
    void shouldTrustNobodyAndPassWebsocketsUnlessSaidOtherwise() throws IOException {
        assertThat(http("")).isEqualTo(HttpSettings.DEFAULTS);
    }

    @Test
    void shouldReadProxiesAndProtocols() throws IOException {
        HttpSettings read = http(
                "    trusted-proxies: [10.0.0.0/8, 192.0.2.7, \"2001:db8::/32\", \"::1\"]\n    upgrade: [WebSocket, "
                        + "tcp]\n");

        assertThat(read.trustedProxies().toString())
                .isEqualTo("[10.0.0.0/8, 192.0.2.7/32, 2001:db8:0:0:0:0:0:0/32, 0:0:0:0:0:0:0:1/128]");
        assertThat(read.upgrades()).containsExactly("websocket", "tcp");
        assertThat(http("    trusted-proxies: []\n    upgrade: []\n    abort-on-fin: false\n"))
                .isEqualTo(HttpSettings.builder()
                        .upgrades(List.of())
                        .abortOnFin(false)
                        .build());
    }

    @Test
    void shouldReadWhatServersLearnOfClients() throws IOException {
        String all = "{x-forwarded: false, forwarded: true, hops: 3, request-id: true, trace: true}";
        assertThat(http("    forwarding: " + all + "\n").forwarding())
                .isEqualTo(new Forwarding(false, true, 3, true, true));
        assertThat(file.problems("""
                        listeners:
                          - {bind: ':1', mode: tcp, tls: {cert: site.pem}, upstream: 'a:1', forwarding: {}}
                          - {bind: ':2', tls: {cert: site.pem}, upstream: 'a:1', forwarding: {hops: 101, trace: 1}}
                        """))
                .containsExactly(
                        "offramp.yaml:2:81: listeners[0].forwarding: a tcp listener sets no fields",
                        "offramp.yaml:3:77: listeners[1].forwarding.hops: must be 0 to 100, is 101",
                        "offramp.yaml:3:89: listeners[1].forwarding.trace: expected true or false, is \"1\"");
    }

    @Test
    void shouldReadBoundsOfRoutes() throws IOException {
        HttpSettings usual = http("timeouts: {upstream-answer: 7s, upstream-pause: 3s, total: 1m}\n");
        assertThat(usual.answerTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(usual.pauseTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(usual.totalTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(http("timeouts: {upstream-answer: 7s}\n").pauseTimeout()).isEqualTo(Duration.ofSeconds(7));

        RouteConfig route = file.loaded("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem}
                            routes:
                              - upstream: 127.0.0.1:80
                                timeouts: {answer: 1s, pause: 2s, total: 3s, tunnel: 4s}
                                limits: {body: 5k}
                        """).listeners().getFirst().routes().getFirst();

        assertThat(route.bounds())
                .isEqualTo(new ExchangeBounds(1_000_000_000, 2_000_000_000, 3_000_000_000L, 4_000_000_000L, 5 << 10));
    }

    @Test
    void shouldReadTimesOfOneListenerOverThoseOfAll() throws IOException {
        List<ListenerConfig> listeners = file.loaded("""
                        listeners:
                          - bind: ':1'
                            tls: {cert: site.pem}
                            upstream: 127.0.0.1:80
                            timeouts: {request-head: 1s, request: 2s, upstream-answer: 5m, tunnel: 4s}
                          - {bind: ':2', tls: {cert: site.pem}, upstream: 127.0.0.1:80}
                          - {bind: ':3', mode: tcp, tls: {cert: site.pem}, upstream: 127.0.0.1:80, timeouts: {body: 6s}}
                        timeouts: {request-head: 9s, idle: 7s, tunnel: 8s}
                        """).listeners();

        HttpSettings own = listeners.get(0).http();
        HttpSettings usual = listeners.get(1).http();
        assertThat(own.headTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(own.requestTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(own.answerTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(own.pauseTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(own.tunnelTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(own.idleTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(usual)
                .isEqualTo(HttpSettings.builder()
                        .headTimeout(Duration.ofSeconds(9))
                        .idleTimeout(Duration.ofSeconds(7))
                        .tunnelTimeout(Duration.ofSeconds(8))
                        .build());
        assertThat(listeners.get(2).tcp()).isEqualTo(new TcpSettings(Duration.ofSeconds(8), Duration.ofSeconds(6)));
        assertThat(file.problems("""
                        listeners:
                          - {bind: ':1', mode: tcp, tls: {cert: site.pem}, upstream: 'a:1', timeouts: {request: 1s}}
                        """))
                .containsExactly(
                        "offramp.yaml:2:80: listeners[0].timeouts.request: unknown key; known are tunnel, " + "body");
    }

    @Test
    void shouldTellWhatIsWrongWithThem() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem}
                            upstream: 127.0.0.1:80
                            trusted-proxies: [10.0.0.1/8, 10.0.0.0/33, proxy.local, 10.0.0.0/, 1.2.3, 10.0.0.1, \
                        10.0.0.1]
                            upgrade: [h2c, HTTP, "a b"]
                            abort-on-fin: perhaps
                          - bind: :8444
                            mode: tcp
                            tls: {cert: site.pem}
                            upstream: 127.0.0.1:80
                            trusted-proxies: [10.0.0.0/8]
                            upgrade: [websocket]
                            abort-on-fin: true
                        """))
                .containsExactly(
                        "offramp.yaml:5:23: listeners[0].trusted-proxies[0]: \"10.0.0.1/8\" has bits behind its "
                                + "prefix; "
                                + "10.0.0.0/8 would not",
                        "offramp.yaml:5:35: listeners[0].trusted-proxies[1]: a prefix has 0 to 32 bits, is "
                                + "\"10.0.0.0/33\"",
                        "offramp.yaml:5:48: listeners[0].trusted-proxies[2]: expected addresses such as 10.0.0.0/8 or "
                                + "2001:db8::1, "
                                + "is \"proxy.local\"",
                        "offramp.yaml:5:61: listeners[0].trusted-proxies[3]: a prefix has 0 to 32 bits, is "
                                + "\"10.0.0.0/\"",
                        "offramp.yaml:5:72: listeners[0].trusted-proxies[4]: expected addresses such as 10.0.0.0/8 or "
                                + "2001:db8::1, "
                                + "is \"1.2.3\"",
                        "offramp.yaml:5:89: listeners[0].trusted-proxies[6]: is in the list already",
                        "offramp.yaml:6:15: listeners[0].upgrade[0]: \"h2c\" is not passed on: requests in it would "
                                + "pass by routes, "
                                + "limits and log",
                        "offramp.yaml:6:20: listeners[0].upgrade[1]: \"HTTP\" is not passed on: requests in it would "
                                + "pass by routes, "
                                + "limits and log",
                        "offramp.yaml:6:26: listeners[0].upgrade[2]: expected the name of a protocol such as "
                                + "websocket, is \"a b\"",
                        "offramp.yaml:7:19: listeners[0].abort-on-fin: expected true or false, is \"perhaps\"",
                        "offramp.yaml:12:22: listeners[1].trusted-proxies: a tcp listener reads no fields, so it "
                                + "trusts none",
                        "offramp.yaml:13:14: listeners[1].upgrade: a tcp listener passes bytes of any protocol",
                        "offramp.yaml:14:19: listeners[1].abort-on-fin: a tcp listener passes the end of each "
                                + "direction on");
    }

    @Test
    void shouldSayThatAServerNeedsAPortAndAStarMatchesItself() throws IOException {
        assertThat(file.problems(
                        "listeners:\n  - {bind: \":8443\", tls: {cert: site.pem}, upstream: backend.internal}\n"))
                .containsExactly(
                        "offramp.yaml:2:54: listeners[0].upstream: unknown upstream \"backend.internal\"; there is "
                                + "none "
                                + "(a server has a port: backend.internal:8080)");
        assertThat(file.warnings("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem}
                            routes:
                              - {path: /api/*, upstream: "127.0.0.1:1"}
                              - {path: "/*", upstream: "127.0.0.1:1"}
                              - {path: "/a*b", upstream: "127.0.0.1:1"}
                              - {path: /api, upstream: "127.0.0.1:1"}
                        """))
                .containsExactly(
                        "offramp.yaml:5:16: listeners[0].routes[0].path: the star is taken as it is, it matches "
                                + "nothing else; "
                                + "/api has all that is below it",
                        "offramp.yaml:6:16: listeners[0].routes[1].path: the star is taken as it is, it matches "
                                + "nothing else; "
                                + "/ has all that is below it",
                        "offramp.yaml:7:16: listeners[0].routes[2].path: the star is taken as it is, it matches "
                                + "nothing else");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.200, true",
        "192.0.2.4/31, 192.0.2.5, true",
        "192.0.2.4/31, 192.0.2.6, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 8.8.8.8, false",
        "::/0, 2001:db8::1, true",
        "2001:db8::/33, 2001:db8:7fff::, true",
        "2001:db8::/33, 2001:db8:8000::, false",
        "::1, ::1, true",
        "127.0.0.1, ::ffff:127.0.0.1, true"
    })
    void shouldKnowWhichAddressesAreMeant(String addresses, String address, boolean meant) {
        assertThat(Cidr.parse(addresses).contains(InetAddress.ofLiteral(address)))
                .isEqualTo(meant);
    }
}
