package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each problem says where it is and what was expected, and all of them are told at once. */
class ConfigProblemsTest {
    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeCertificate() throws IOException {
        file = new ConfigFile(directory);
    }

    @Test
    void shouldTellEverythingAtOnceWhenManyThingsAreWrong() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: 0.0.0.0
                            mode: https
                            tls:
                              cert: missing.pem
                              key: gone.pem
                              versions: ["1.1", 1.3]
                            upstreem: 127.0.0.1:8080
                          - tls: yes
                            upstream: app
                        upstreams:
                          apps: [127.0.0.1:99999, 127.0.0.1:1, 127.0.0.1:1]
                        timeouts: {idle: 10, drain: soon, handshake: 0s}
                        limits: {body: 3 pounds, head: 1g, connections: -1, compression-cpu: 0%, \
                        compression-memory: 64k}
                        logging: {access: yes, level: verbose}
                        admin: 127.0.0.1:9090
                        threads: many
                        warmup: soon
                        upgrade-overlap: 2m
                        """))
                .containsExactly(
                        "offramp.yaml:2:5: listeners[0]: missing \"upstream\": where requests go, a name, "
                                + "host:port, unix:FILE or srv:NAME; or else routes",
                        "offramp.yaml:2:11: listeners[0].bind: expected host:port such as 0.0.0.0:8443 or :8443, is "
                                + "\"0.0.0.0\"",
                        "offramp.yaml:3:11: listeners[0].mode: expected http or tcp, is \"https\"",
                        "offramp.yaml:5:13: listeners[0].tls.cert: no such file: missing.pem",
                        "offramp.yaml:6:12: listeners[0].tls.key: no such file: gone.pem",
                        "offramp.yaml:7:18: listeners[0].tls.versions[0]: expected \"1.2\" or \"1.3\", is \"1.1\"",
                        "offramp.yaml:8:5: listeners[0].upstreem: unknown key, did you mean \"upstream\"?",
                        "offramp.yaml:9:5: listeners[1]: missing \"bind\": where to listen, such as 0.0.0.0:8443",
                        "offramp.yaml:9:10: listeners[1].tls: expected a mapping such as {cert: site.pem}, or off, is "
                                + "\"yes\"",
                        "offramp.yaml:10:15: listeners[1].upstream: unknown upstream \"app\", did you mean \"apps\"? "
                                + "(a server has a port: app:8080)",
                        "offramp.yaml:12:10: upstreams.apps[0]: port must be at most 65535, is 99999",
                        "offramp.yaml:12:40: upstreams.apps[2]: is in the list already",
                        "offramp.yaml:13:18: timeouts.idle: expected a duration such as 10s, 500ms or 1h30m, is \"10\"",
                        "offramp.yaml:13:29: timeouts.drain: "
                                + "expected a duration such as 10s, 500ms or 1h30m, is \"soon\"",
                        "offramp.yaml:13:46: timeouts.handshake: must be at least 1ms, is 0s",
                        "offramp.yaml:14:16: limits.body: "
                                + "expected a size in bytes such as 512, 64k or 1m, is \"3 pounds\"",
                        "offramp.yaml:14:32: limits.head: must be 1k to 16m, is 1g",
                        "offramp.yaml:14:49: limits.connections: must be 1 to 10000000, is -1",
                        "offramp.yaml:14:70: limits.compression-cpu: must be 1% to 100%, is 0%",
                        "offramp.yaml:14:94: limits.compression-memory: must be 1m to 1024g, is 64k",
                        "offramp.yaml:15:19: logging.access: expected true, false or a mapping with to, format and "
                                + "others, is \"yes\"",
                        "offramp.yaml:15:31: logging.level: expected error or warn or info or debug, is \"verbose\"",
                        "offramp.yaml:16:8: admin: expected a mapping with bind, hosts, token-file, is "
                                + "\"127.0.0.1:9090\"",
                        "offramp.yaml:17:10: threads: expected a number, is \"many\"",
                        "offramp.yaml:18:9: warmup: expected a duration such as 10s, 500ms or 1h30m, is \"soon\"",
                        "offramp.yaml:19:18: upgrade-overlap: must be at most 60s, is 2m");
    }

    @Test
    void shouldTellOfBackendsWhenTheyOrTheirSettingsAreUnknown() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem}
                            offload: {backend: devise, rx: fast}
                            upstream: 127.0.0.1:80
                          - bind: :8444
                            tls: {cert: site.pem}
                            offload: {backend: sw, tx: hw, rx: hw-record}
                            upstream: 127.0.0.1:80
                          - bind: :8445
                            tls: {cert: site.pem}
                            offload: {tx: hw}
                            upstream: 127.0.0.1:80
                        offload:
                          dpu: {}
                          device: {context: 1, contexts: 0, engines: [1]}
                        """))
                .containsExactly(
                        "offramp.yaml:4:24: listeners[0].offload.backend: unknown backend \"devise\", did you mean "
                                + "\"device\"?",
                        "offramp.yaml:4:36: listeners[0].offload.rx: expected auto or sw or hw, is \"fast\"",
                        "offramp.yaml:8:32: listeners[1].offload.tx: expected sw, is \"hw\": the backend is sw",
                        "offramp.yaml:8:40: listeners[1].offload.rx: expected auto or sw or hw, is \"hw-record\"",
                        "offramp.yaml:12:14: listeners[2].offload: missing \"backend\": one of device, sw",
                        "offramp.yaml:15:3: offload.dpu: unknown key; known are device, sw",
                        "offramp.yaml:16:12: offload.device.context: unknown key, did you mean \"contexts\"?",
                        "offramp.yaml:16:34: offload.device.contexts: must be at least 1, is 0",
                        "offramp.yaml:16:46: offload.device.engines: expected a text, is a list");
    }

    @Test
    void shouldTellWhenTheModeIsHwRecordAndSomethingIsAgainstIt() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem}
                            offload: {mode: hw-record, tx: hw, rx: auto}
                            upstream: 127.0.0.1:80
                          - bind: :8444
                            tls: {cert: site.pem}
                            offload: {backend: sw, mode: hw-record}
                            upstream: 127.0.0.1:80
                          - bind: :8445
                            tls: {cert: site.pem}
                            offload: {backend: dpu, mode: hw-record}
                            upstream: 127.0.0.1:80
                          - bind: :8446
                            tls: {cert: site.pem}
                            offload: {backend: device, mode: record}
                            upstream: 127.0.0.1:80
                        """))
                .containsExactly(
                        "offramp.yaml:4:36: listeners[0].offload.tx: not with mode hw-record, which is for both "
                                + "directions",
                        "offramp.yaml:4:44: listeners[0].offload.rx: not with mode hw-record, which is for both "
                                + "directions",
                        "offramp.yaml:8:24: listeners[1].offload.backend: sw takes no whole connections, as mode "
                                + "hw-record needs",
                        "offramp.yaml:12:24: listeners[2].offload.backend: unknown backend \"dpu\"; known are device, "
                                + "sw",
                        "offramp.yaml:16:38: listeners[3].offload.mode: expected per-direction or hw-record, is "
                                + "\"record\"");
    }

    @Test
    void shouldTellOfRoutesWhenTheyLeadNowhere() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem}
                            routes:
                              - {host: "a b", path: api, upstream: app}
                              - {path: "/x?y"}
                              - /api
                          - bind: :8444
                            mode: tcp
                            tls: {cert: site.pem}
                            routes: [{upstream: "127.0.0.1:1"}]
                          - bind: :8445
                            tls: {cert: site.pem}
                            upstream: http://127.0.0.1:8080
                          - bind: :8446
                            tls: {cert: site.pem}
                            routes: []
                          - bind: :8447
                            tls: {cert: site.pem}
                            upstream:
                        """))
                .containsExactly(
                        "offramp.yaml:5:16: listeners[0].routes[0].host: expected a host name such as www.example.com "
                                + "or *.example.com, is \"a b\"",
                        "offramp.yaml:5:29: listeners[0].routes[0].path: expected a path such as /api, without query, "
                                + "is \"api\"",
                        "offramp.yaml:5:44: listeners[0].routes[0].upstream: unknown upstream \"app\"; there is none "
                                + "(a server has a port: app:8080)",
                        "offramp.yaml:6:9: listeners[0].routes[1]: missing \"upstream\": where these requests go, a "
                                + "name, host:port, unix:FILE or srv:NAME",
                        "offramp.yaml:6:16: listeners[0].routes[1].path: expected a path such as /api, without query, "
                                + "is \"/x?y\"",
                        "offramp.yaml:7:9: listeners[0].routes[2]: expected a mapping with name, upstream, split, "
                                + "timeouts, limits, host, path, method, header, query, client, https-redirect, hsts, "
                                + "redirect, answer, request-headers, answer-headers, errors, strip-prefix, "
                                + "replace-prefix, rewrite, location, cookies, access, rates, compression, is \"/api\"",
                        "offramp.yaml:8:5: listeners[1]: missing \"upstream\": a tcp listener sends everything to one: "
                                + "a name, host:port, unix:FILE or srv:NAME",
                        "offramp.yaml:11:13: listeners[1].routes: a tcp listener has no routes, only an upstream",
                        "offramp.yaml:14:15: listeners[2].upstream: expected host:port such as 127.0.0.1:8080, "
                                + "unix:FILE or srv:NAME, is \"http://127.0.0.1:8080\"",
                        "offramp.yaml:17:13: listeners[3].routes: expected a list of routes, is an empty list",
                        "offramp.yaml:20:14: listeners[4].upstream: expected the name of an upstream, host:port, "
                                + "unix:FILE or srv:NAME, is empty");
    }

    @Test
    void shouldTellOfUnixSocketsWithoutAFileAndOfThoseInAListTwice() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - {bind: ":8443", tls: {cert: site.pem}, upstream: "unix:"}
                          - {bind: ":8444", tls: {cert: site.pem}, upstream: app}
                        upstreams:
                          app: [unix:app.sock, unix:other.sock, unix:app.sock]
                        """))
                .containsExactly(
                        "offramp.yaml:2:54: listeners[0].upstream: expected host:port such as 127.0.0.1:8080, "
                                + "unix:FILE or srv:NAME, is \"unix:\"",
                        "offramp.yaml:5:41: upstreams.app[2]: is in the list already");
    }

    @Test
    void shouldTellOfDuplicatesWhenNamesOrAddressesAreTaken() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - {name: web, bind: ":8443", tls: {cert: site.pem}, upstream: app}
                          - {name: web, bind: "127.0.0.1:8443", tls: {cert: site.pem}, upstream: app}
                          - {bind: ":8444", bind: ":8445", tls: {cert: site.pem}, upstream: app}
                        upstreams:
                          app: [127.0.0.1:1]
                          app: [127.0.0.1:2]
                          "a b": [127.0.0.1:3]
                          none: {servers: []}
                        admin: {bind: ":8444"}
                        """))
                .containsExactly(
                        "offramp.yaml:3:12: listeners[1].name: \"web\" is the name of listeners[0] already",
                        "offramp.yaml:3:23: listeners[1].bind: 127.0.0.1:8443 is taken by listeners[0].bind "
                                + "(0.0.0.0:8443)",
                        "offramp.yaml:4:21: listeners[2].bind: duplicate key, first on line 4",
                        "offramp.yaml:7:3: upstreams.app: duplicate key, first on line 6",
                        "offramp.yaml:8:10: upstreams.a b: a name has letters, digits, dots, dashes and underscores "
                                + "only",
                        "offramp.yaml:9:19: upstreams.none.servers: expected a list of host:port, unix:FILE or "
                                + "srv:NAME, is an empty list",
                        "offramp.yaml:10:15: admin.bind: 0.0.0.0:8444 is taken by listeners[2].bind");
    }

    @Test
    void shouldTellWhatServersMaySpeak() throws IOException {
        assertThat(file.problems("""
                        listeners: [{bind: ":8443", tls: {cert: site.pem}, upstream: app}]
                        upstreams:
                          app: {servers: ["127.0.0.1:80"], protocol: h2}
                        limits: {upstream-streams: 0}
                        timeouts: {upstream-age: 0s}
                        """))
                .containsExactly(
                        "offramp.yaml:3:46: upstreams.app.protocol: needs \"tls\": it is negotiated there; "
                                + "in clear text, write http1 or h2c",
                        "offramp.yaml:4:28: limits.upstream-streams: must be 1 to 100000, is 0",
                        "offramp.yaml:5:26: timeouts.upstream-age: must be at least 1ms, is 0s");
    }

    @Test
    void shouldTellWhenTheRequestLineIsLargerThanTheHead() throws IOException {
        assertThat(file.problems("""
                        listeners: [{bind: ":8443", tls: {cert: site.pem}, upstream: "127.0.0.1:80"}]
                        limits: {request-line: 64k}
                        """))
                .containsExactly("offramp.yaml:2:9: limits: request-line is 65536 bytes, more than head with 32768, "
                        + "of which it is a part");
    }
}
