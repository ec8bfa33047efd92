package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.exchange.Http2Rules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code http2} of a listener. */
class Http2ConfigTest {
    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeCertificate() throws IOException {
        file = new ConfigFile(directory);
    }

    @Test
    void shouldOfferHttp2ByDefault() throws IOException {
        assertThat(listener("").http().http2()).isEqualTo(Http2Rules.DEFAULTS);
        assertThat(listener("    http2: true\n").secured().alpn().protocols())
                .containsExactly("h2", "http/1.1", "http/1.0");
    }

    @Test
    void shouldNotOfferItWhereItIsOff() throws IOException {
        for (String off : List.of("    http2: false\n", "    http2: {enabled: false}\n")) {
            assertThat(listener(off).secured().alpn().protocols()).containsExactly("http/1.1", "http/1.0");
        }
    }

    @Test
    void shouldTakeAllBounds() throws IOException {
        assertThat(listener("    http2: {streams: 7, window: 64k, connection-window: 128k, max-window: 1m, "
                                + "glitches: 0, max-age: 10m}\n")
                        .http()
                        .http2())
                .isEqualTo(new Http2Rules(true, 7, 64 << 10, 128 << 10, 1 << 20, 0, Duration.ofMinutes(10)));
        assertThat(listener("    http2: {max-window: 128k}\n").http().http2().streamWindow())
                .isEqualTo(128 << 10);
    }

    @Test
    void shouldTellWhatIsWrongWithThem() throws IOException {
        assertThat(file.problems("""
                        listeners:
                          - bind: :8443
                            tls: {cert: site.pem, alpn: [h2]}
                            upstream: 127.0.0.1:80
                            http2: {enabled: false, streams: 0, window: 2m, max-window: 1m, pings: 3}
                          - bind: :8444
                            mode: tcp
                            tls: {cert: site.pem}
                            upstream: 127.0.0.1:80
                            http2: true
                        """))
                .anyMatch(each -> each.startsWith("offramp.yaml:5:") && each.contains("listeners[0].http2.pings"))
                .contains(
                        "offramp.yaml:5:38: listeners[0].http2.streams: must be 1 to 10000, is 0",
                        "offramp.yaml:5:49: listeners[0].http2.window: must not be above max-window, which is 1048576",
                        "offramp.yaml:3:34: listeners[0].tls.alpn[0]: http2 is not enabled for this listener",
                        "offramp.yaml:10:12: listeners[1].http2: a tcp listener passes bytes of any protocol");
    }

    private ListenerConfig listener(String more) throws IOException {
        return file.loaded("""
                listeners:
                  - bind: :8443
                    tls: {cert: site.pem}
                    upstream: 127.0.0.1:80
                """ + more).listeners().getFirst();
    }
}
