package io.offramp.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.offramp.proxy.admin.AdminAccess.Refusal;
import io.offramp.proxy.config.AdminAddress;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.config.AdminToken;
import io.offramp.proxy.net.HostPort;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminAccessTest {
    private static final String TOKEN = "0123456789abcdef0123";
    private static final InetSocketAddress LOCAL = new InetSocketAddress("192.0.2.1", 9090);

    private final AdminAccess open = access(new AdminAddress.Tcp(new HostPort("0.0.0.0", 9090)), null);

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:9090",
                "LOCALHOST",
                "localhost.",
                "localhost.:9090",
                "127.0.0.1:9090",
                "127.8.9.1",
                "[::1]:9090",
                "[::1]",
                "192.0.2.1",
                "192.0.2.1:9090",
                "proxy.example",
                "Proxy.Example:9090"
            })
    void shouldAnswerToItsOwnNames(String host) {
        assertThat(check(open, get("Host", host))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "localhost.evil.example",
                "evillocalhost",
                "192.0.2.2",
                "[2001:db8::1]",
                "10.0.0.1:9090",
                "127.0.0.1.evil.example",
                "other.proxy.example"
            })
    void shouldAnswerToNoOtherName(String host) {
        assertThat(check(open, get("Host", host))).isEqualTo(Refusal.HOST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost:", "localhost:x", "local host", "localhost/x", "user@localhost", "[::1", "::1"})
    void shouldRefuseAHostThatIsNone(String host) {
        assertThat(check(open, get("Host", host))).isIn(Refusal.MALFORMED, Refusal.HOST);
    }

    @Test
    void shouldWantOneHostOfHttp11() {
        HttpRequest two = get("Host", "localhost");
        two.headers().add("Host", "localhost");

        assertThat(check(open, new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/")))
                .isEqualTo(Refusal.MALFORMED);
        assertThat(check(open, two)).isEqualTo(Refusal.MALFORMED);
        assertThat(check(open, new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/")))
                .isNull();
    }

    @Test
    void shouldAnswerToTheAddressThatItIsBoundTo() {
        AdminAccess bound = access(new AdminAddress.Tcp(new HostPort("admin.internal", 9090)), null);

        assertThat(check(bound, get("Host", "admin.internal:9090"))).isNull();
    }

    @Test
    void shouldNotMindTheHostOnAUnixSocketWhichNoBrowserReaches() {
        AdminAccess unix = access(new AdminAddress.Unix(Path.of("/run/offramp/admin.sock")), null);

        assertThat(unix.check(get("Host", "anything.example"), "/", null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "http://localhost",
                "http://localhost:9091",
                "http://localhost:90900",
                "ftp://localhost:9090",
                "",
                "http://localhost:9090.evil.example"
            })
    void shouldRefuseEveryOriginButItsOwn(String origin) {
        assertThat(check(open, get("Host", "localhost:9090", "Origin", origin))).isEqualTo(Refusal.ORIGIN);
        assertThat(check(open, request(HttpMethod.POST, "Host", "localhost:9090", "Origin", origin)))
                .isEqualTo(Refusal.ORIGIN);
    }

    @Test
    void shouldTakeItsOwnOriginAndClientsThatHaveNone() {
        assertThat(check(open, request(HttpMethod.POST, "Host", "localhost:9090", "Origin", "http://localhost:9090")))
                .isNull();
        assertThat(check(open, request(HttpMethod.POST, "Host", "localhost:9090", "Origin", "https://LOCALHOST:9090")))
                .isNull();
        assertThat(check(open, request(HttpMethod.POST, "Host", "localhost:9090")))
                .isNull();
    }

    @Test
    void shouldSetNothingOffForAPageOfAnotherSite() {
        assertThat(check(open, request(HttpMethod.POST, "Host", "localhost", "Sec-Fetch-Site", "cross-site")))
                .isEqualTo(Refusal.ORIGIN);
        assertThat(check(open, request(HttpMethod.POST, "Host", "localhost", "Sec-Fetch-Site", "same-site")))
                .isEqualTo(Refusal.ORIGIN);
        assertThat(check(open, request(HttpMethod.POST, "Host", "localhost", "Sec-Fetch-Site", "same-origin")))
                .isNull();
        assertThat(check(open, get("Host", "localhost", "Sec-Fetch-Site", "cross-site")))
                .as("a link")
                .isNull();
    }

    @Test
    void shouldAskForItsTokenEverywhereButForHealth() throws Exception {
        AdminAccess guarded = access(new AdminAddress.Tcp(new HostPort("127.0.0.1", 9090)), token(TOKEN));

        assertThat(check(guarded, get("Host", "localhost", "Authorization", "Bearer " + TOKEN)))
                .isNull();
        assertThat(check(guarded, get("Host", "localhost", "Authorization", "bearer  " + TOKEN)))
                .isNull();
        assertThat(check(guarded, get("Host", "localhost"))).isEqualTo(Refusal.TOKEN);
        for (String wrong :
                new String[] {TOKEN, "Bearer", "Bearer " + TOKEN + "x", "Bearer " + TOKEN.substring(1), "Basic " + TOKEN
                }) {
            assertThat(check(guarded, get("Host", "localhost", "Authorization", wrong)))
                    .as(wrong)
                    .isEqualTo(Refusal.TOKEN);
        }
        for (String health : new String[] {"/healthz", "/healthz/live", "/healthz/ready"}) {
            assertThat(guarded.check(get("Host", "localhost"), health, LOCAL)).isNull();
        }
        assertThat(guarded.check(request(HttpMethod.POST, "Host", "localhost"), "/healthz", LOCAL))
                .isEqualTo(Refusal.TOKEN);
        assertThat(guarded.check(get("Host", "evil.example"), "/healthz", LOCAL))
                .isEqualTo(Refusal.HOST);
        assertThat(guarded.check(get("Host", "evil.example", "Authorization", "Bearer " + TOKEN), "/", LOCAL))
                .isEqualTo(Refusal.HOST);
    }

    @Test
    void shouldAskForTheTokenOfTheDay() throws Exception {
        AdminAccess guarded = access(new AdminAddress.Tcp(new HostPort("127.0.0.1", 9090)), token(TOKEN));

        guarded.replace(token("another-token-of-the-next-day"));

        assertThat(check(guarded, get("Host", "localhost", "Authorization", "Bearer " + TOKEN)))
                .isEqualTo(Refusal.TOKEN);
        assertThat(check(guarded, get("Host", "localhost", "Authorization", "Bearer another-token-of-the-next-day")))
                .isNull();
    }

    private AdminToken token(String text) throws Exception {
        return AdminToken.read(Files.writeString(dir.resolve("token"), text + "\n"));
    }

    private static AdminAccess access(AdminAddress bind, @Nullable AdminToken token) {
        return new AdminAccess(new AdminConfig(bind, Set.of("proxy.example"), null), token);
    }

    private static @Nullable Refusal check(AdminAccess access, HttpRequest request) {
        return access.check(request, "/connections", LOCAL);
    }

    private static HttpRequest get(String... fields) {
        return request(HttpMethod.GET, fields);
    }

    private static HttpRequest request(HttpMethod method, String... fields) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/connections");
        for (int i = 0; i < fields.length; i += 2) {
            request.headers().add(fields[i], fields[i + 1]);
        }
        return request;
    }
}
