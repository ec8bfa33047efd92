package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates replaced under a real process: by itself, by SIGHUP, by {@code POST /reload}. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ReloadIT {
    @TempDir
    private Path directory;

    private Path certs;
    private DemoUpstream upstream;
    private ProxyProcess proxy;

    @BeforeEach
    void start() throws Exception {
        for (String tool : List.of("/usr/bin/curl", "/usr/bin/openssl")) {
            assumeTrue(Files.isExecutable(Path.of(tool)), tool + " is not installed");
        }
        certs = Files.createDirectory(directory.resolve("certs.d"));
        certificate("a");
        upstream = DemoUpstream.start(0);
        Path config = Files.writeString(directory.resolve("offramp.yaml"), """
                listeners:
                  - name: web
                    bind: 127.0.0.1:0
                    tls: {certificates: certs.d}
                    upstream: 127.0.0.1:%d
                admin: {bind: 127.0.0.1:0}
                """.formatted(upstream.port()));
        proxy = new ProxyProcess(config);
    }

    @AfterEach
    void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
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
        assertThat(proxy.admin("GET", "/metrics").body())
                .contains("offramp_certificate_reloads_total{listener=\"web\",result=\"success\"} 2.0")
                .contains("offramp_certificate_not_after_seconds{listener=\"web\",name=\"b.test\",serial=\"");
    }

    @Test
    void shouldRefuseABrokenOneWithOneLineAndTakeItWhenItIsComplete() throws Exception {
        Path trusted = Files.copy(certs.resolve("a.pem"), directory.resolve("trusted.pem"));
        certificate("a");
        String complete = Files.readString(certs.resolve("a.pem"));
        Files.writeString(certs.resolve("a.pem"), complete.substring(0, complete.length() / 2));

        await().until(() -> proxy.hasLogged("refused, the current one stays in use"));
        await("some looks")
                .during(Duration.ofMillis(2_500))
                .until(() -> refusals().size() == 1);
        assertThat(refusals()).singleElement().asString().contains("a.pem");
        assertThat(curl("a", trusted)).isZero();

        Files.writeString(certs.resolve("a.pem"), complete);
        await().until(() -> curl("a") == 0);
        assertThat(proxy.admin("GET", "/metrics").body())
                .contains("offramp_certificate_reloads_total{listener=\"web\",result=\"failure\"} 1.0");
    }

    @Test
    void shouldReadEverythingAgainOnSighup() throws Exception {
        certificate("a");
        proxy.hangUp();
        await().until(() -> proxy.hasLogged("SIGHUP: all files are in order"));
        assertThat(curl("a")).isZero();

        Files.writeString(certs.resolve("b.pem"), "broken");
        proxy.hangUp();
        await().until(() -> proxy.hasLogged("SIGHUP: some files were refused"));
        assertThat(proxy.hasLogged("no certificate in " + certs.resolve("b.pem")))
                .isTrue();
        assertThat(proxy.isAlive()).isTrue();
    }

    @Test
    void shouldAnswerAPostWithWhatCameOfIt() throws Exception {
        certificate("b");
        HttpResponse<String> taken = proxy.admin("POST", "/reload");
        assertThat(curl("b")).isZero();
        assertThat(taken.statusCode()).isEqualTo(200);
        assertThat(taken.body()).startsWith("offramp.yaml: configuration: unchanged\n");

        Files.writeString(certs.resolve("b.pem"), "broken");
        HttpResponse<String> refused = proxy.admin("POST", "/reload");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body())
                .startsWith("offramp.yaml: configuration: error: ")
                .contains("no certificate in " + certs.resolve("b.pem"));
        assertThat(proxy.admin("GET", "/healthz").statusCode()).isEqualTo(200);
    }

    /** Makes or replaces {@code name.pem} for {@code name.test} in one step. */
    private void certificate(String name) throws Exception {
        Path cert = directory.resolve("cert");
        Path key = directory.resolve("key");
        assertThat(run(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=" + name + ".test",
                        "-addext",
                        "subjectAltName=DNS:" + name + ".test",
                        "-keyout",
                        key.toString(),
                        "-out",
                        cert.toString()))
                .isZero();
        Path next = Files.writeString(directory.resolve("next"), Files.readString(cert) + Files.readString(key));
        Files.move(next, certs.resolve(name + ".pem"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Zero if the served certificate is the one in the file. */
    private int curl(String name) throws Exception {
        return curl(name, certs.resolve(name + ".pem"));
    }

    private int curl(String name, Path trusted) throws Exception {
        String host = name + ".test:" + proxy.port();
        return run(
                "curl",
                "-sS",
                "-o",
                "/dev/null",
                "--cacert",
                trusted.toString(),
                "--resolve",
                host + ":127.0.0.1",
                "https://" + host + "/bytes/10");
    }

    private List<String> refusals() {
        return proxy.log().stream()
                .filter(line -> line.contains("refused, the current one stays in use"))
                .toList();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
