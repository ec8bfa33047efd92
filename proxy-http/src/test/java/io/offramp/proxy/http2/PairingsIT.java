package io.offramp.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.http1.HttpFront;
import io.offramp.proxy.http1.ProxyFixture;
import io.offramp.proxy.http2.client.Http2Front;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A proxy between a client and a server of Node, in all pairings of the versions of HTTP: what each sees is the same.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PairingsIT {
    private static final Path NODE = Path.of("/usr/bin/node");

    private static final String SEEN = """
            get {"status":200,"interim":[],"fields":{"date":"there","set-cookie":["a=1","b=2"]},\
            "seen":{"method":"GET","host":"a.example","cookie":"a=1; b=2","te":"trailers","via":"VIA offramp",\
            "hop":[],"body":""},"trailers":{"x-after":"yes"},"whole":true}
            post {"status":200,"interim":[],"fields":{"date":"there","set-cookie":["a=1","b=2"]},\
            "seen":{"method":"POST","host":"a.example","te":"trailers","via":"VIA offramp",\
            "hop":[],"body":"hello","sum":"17"},"trailers":{"x-after":"yes"},"whole":true}
            expect {"status":200,"interim":[100,100],"fields":{"date":"there","set-cookie":["a=1","b=2"]},\
            "seen":{"method":"POST","host":"a.example","te":"trailers","via":"VIA offramp",\
            "hop":[],"body":"hello"},"trailers":{"x-after":"yes"},"whole":true}
            hints {"status":200,"interim":[103],"fields":{"date":"there","set-cookie":["a=1","b=2"]},\
            "seen":{"method":"GET","host":"a.example","te":"trailers","via":"VIA offramp",\
            "hop":[],"body":""},"trailers":{"x-after":"yes"},"whole":true}
            head {"status":200,"interim":[],"fields":{"content-length":"5","date":"there"},"seen":"","whole":true}
            length {"status":200,"interim":[],"fields":{"content-length":"5","date":"there"},\
            "seen":"hello","whole":true}
            empty {"status":204,"interim":[],"fields":{"date":"there"},"seen":"","whole":true}
            same {"status":304,"interim":[],"fields":{"date":"there","etag":"\\"1\\""},"seen":"","whole":true}
            early {"status":413,"interim":[],"fields":{"date":"there","x-early":"yes"},"seen":"too much","whole":true}
            cut false
            leave 1
            """;

    @ParameterizedTest
    @CsvSource({"http1, HTTP1", "http1, H2C", "http2, HTTP1", "http2, H2C"})
    void shouldKeepTheMeaningOfMessages(String client, UpstreamProtocol spoken) throws Exception {
        // Given
        assumeTrue(Files.isExecutable(NODE), "Node is not installed");
        int port = freePort();
        Process server = node("server", spoken == UpstreamProtocol.H2C ? "http2" : "http1", port)
                .start();
        try {
            awaitServer(port);
            ProxyFixture.Settings settings = new ProxyFixture.Settings().to(spoken, new HostPort("127.0.0.1", port));
            try (ProxyFixture proxy = new ProxyFixture(settings, (channel, fixture) -> {
                HttpFrontSettings http = HttpFrontSettings.builder(
                                List.of(new RouteConfig(null, "/", "app")), fixture.upstreams())
                        .build();
                if (client.equals("http2")) {
                    Http2Front.install(channel.pipeline(), http);
                } else {
                    HttpFront.install(channel.pipeline(), http);
                }
            })) {
                // When
                Process asking = node("client", client, proxy.port()).start();
                String seen = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

                // Then
                assertThat(seen).isEqualTo(SEEN.replace("VIA", client.equals("http2") ? "2.0" : "1.1"));
            }
        } finally {
            server.destroy();
        }
    }

    private static ProcessBuilder node(String role, String version, int port) throws Exception {
        String script =
                new File(PairingsIT.class.getResource("/http2/pairings.js").toURI()).getPath();
        return new ProcessBuilder(NODE.toString(), script, role, version, Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    private static void awaitServer(int port) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThatCode(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                        .doesNotThrowAnyException());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
