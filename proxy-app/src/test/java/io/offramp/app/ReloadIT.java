package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates replaced under a real process: by itself, by SIGHUP, by {@code POST /reload}. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ReloadIT {
    private static final Pattern LISTENING = Pattern.compile("listening on /?127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern ADMIN = Pattern.compile("admin on 127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    private Path directory;

    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private Path certs;
    private DemoUpstream upstream;
    private Process proxy;
    private int port;
    private int admin;

    @BeforeEach
    void start() throws Exception {
        for (String tool : List.of("/usr/bin/curl", "/usr/bin/openssl")) {
            assumeTrue(Files.isExecutable(Path.of(tool)), tool + " is not installed");
        }
        certs = Files.createDirectory(directory.resolve("certs.d"));
        certificate("a");
        upstream = DemoUpstream.start(0);
        Path config = Files.writeString(
                directory.resolve("offramp.yaml"),
                """
                listeners:
                  - name: web
                    bind: 127.0.0.1:0
                    tls: {certificates: certs.d}
                    upstream: 127.0.0.1:%d
                admin: {bind: 127.0.0.1:0}
                """
                        .formatted(upstream.port()));
        proxy = StartScript.start(StartScript.ofDistribution(), directory, "run", config.toString());
        BufferedReader output = proxy.inputReader();
        Thread.ofVirtual().start(() -> output.lines().forEach(log::add));
        await().atMost(30, TimeUnit.SECONDS).until(() -> hasLogged("serving;") || !proxy.isAlive());
        port = logged(LISTENING);
        admin = logged(ADMIN);
    }

    @AfterEach
    void stop() throws Exception {
        if (proxy != null) {
            proxy.destroyForcibly().waitFor();
        }
        if (upstream != null) {
            upstream.close();
        }
    }

    @Test
    void shouldTrustWhatIsOnDiskWhenItIsReplacedByItself() throws Exception {
        certificate("a");
        await().until(() -> curl("a") == 0);

        certificate("b");
        await().until(() -> curl("b") == 0);
        assertThat(curl("a")).isZero();
        assertThat(admin("GET", "/metrics").body())
                .contains("offramp_certificate_reloads_total{listener=\"web\",result=\"success\"} 2.0")
                .contains("offramp_certificate_not_after_seconds{listener=\"web\",name=\"b.test\",serial=\"");
    }

    @Test
    void shouldRefuseABrokenOneWithOneLineAndTakeItWhenItIsComplete() throws Exception {
        Path trusted = Files.copy(certs.resolve("a.pem"), directory.resolve("trusted.pem"));
        certificate("a");
        String complete = Files.readString(certs.resolve("a.pem"));
        Files.writeString(certs.resolve("a.pem"), complete.substring(0, complete.length() / 2));

        await().until(() -> hasLogged("not replaced, what is in use stays"));
        Thread.sleep(2_500); // some looks
        assertThat(log).filteredOn(line -> line.contains("not replaced")).singleElement().asString().contains("a.pem");
        assertThat(curl("a", trusted)).isZero();

        Files.writeString(certs.resolve("a.pem"), complete);
        await().until(() -> curl("a") == 0);
        assertThat(admin("GET", "/metrics").body())
                .contains("offramp_certificate_reloads_total{listener=\"web\",result=\"failure\"} 1.0");
    }

    @Test
    void shouldReadEverythingAgainOnSighup() throws Exception {
        certificate("a");
        hangUp();
        await().until(() -> hasLogged("SIGHUP: all is in order; the configuration itself is not read again: restart for that"));
        assertThat(curl("a")).isZero();

        Files.writeString(certs.resolve("b.pem"), "broken");
        hangUp();
        await().until(() -> hasLogged("SIGHUP: not all is in order"));
        assertThat(hasLogged("no certificate in " + certs.resolve("b.pem"))).isTrue();
        assertThat(proxy.isAlive()).isTrue();
    }

    @Test
    void shouldAnswerAPostWithWhatCameOfIt() throws Exception {
        certificate("b");
        HttpResponse<String> taken = admin("POST", "/reload");
        assertThat(curl("b")).isZero();
        assertThat(taken.statusCode()).isEqualTo(200);
        assertThat(taken.body()).contains("the configuration itself is not read again");

        Files.writeString(certs.resolve("b.pem"), "broken");
        HttpResponse<String> refused = admin("POST", "/reload");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).startsWith("web: certificate: error: no certificate in " + certs.resolve("b.pem"));
        assertThat(admin("GET", "/healthz").statusCode()).isEqualTo(200);
    }

    /** Makes or replaces {@code name.pem} for {@code name.test} in one step. */
    private void certificate(String name) throws Exception {
        Path cert = directory.resolve("cert");
        Path key = directory.resolve("key");
        assertThat(run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=" + name + ".test", "-addext", "subjectAltName=DNS:" + name + ".test",
                "-keyout", key.toString(), "-out", cert.toString())).isZero();
        Path next = Files.writeString(directory.resolve("next"), Files.readString(cert) + Files.readString(key));
        Files.move(next, certs.resolve(name + ".pem"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Zero if the certificate that is served is the one in the file. */
    private int curl(String name) throws Exception {
        return curl(name, certs.resolve(name + ".pem"));
    }

    private int curl(String name, Path trusted) throws Exception {
        String host = name + ".test:" + port;
        return run("curl", "-sS", "-o", "/dev/null", "--cacert", trusted.toString(), "--resolve", host + ":127.0.0.1",
                "https://" + host + "/bytes/10");
    }

    private void hangUp() throws Exception {
        assertThat(run("kill", "-HUP", "" + proxy.pid())).isZero();
    }

    private HttpResponse<String> admin(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private boolean hasLogged(String part) {
        return log.stream().anyMatch(line -> line.contains(part));
    }

    private int logged(Pattern pattern) {
        return log.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not in " + log));
    }
}
