package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http1.MessageReader.Step;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.net.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields about a client that pass, by sender, and the trailers that pass. */
class HeaderRulesTest {
    private static final List<Cidr> PROXIES = List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("2001:db8::/32"));
    private static final String STRANGER = "192.0.2.7";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded: for=1.2.3.4",
                "X-Forwarded-For: 1.2.3.4",
                "X-Forwarded-Proto: gopher",
                "X-Forwarded-Host: evil",
                "X-Forwarded-Port: 1",
                "X-Forwarded-Prefix: /x",
                "X-Forwarded-Ssl: on",
                "X-Forwarded-Client-Cert: Hash=1",
                "X-Real-IP: 1.2.3.4",
                "True-Client-IP: 1.2.3.4",
                "CF-Connecting-IP: 1.2.3.4",
                "X-Original-URL: /admin",
                "X-Rewrite-URL: /admin",
                "SSL-Client-Verify: SUCCESS"
            })
    void shouldDropWhatAStrangerSaysOfItselfAndPassWhatAProxySays(String field) {
        for (String proxy : List.of("10.1.2.3", "2001:db8::5")) {
            assertThat(forwarded(proxy, field)).as(proxy).contains(field).contains("Via: 1.1 offramp\r\n");
        }
        for (String stranger : List.of(STRANGER, "11.0.0.1", "2001:db9::5", "::1")) {
            assertThat(forwarded(stranger, field).split("\r\n")).as(stranger).doesNotContain(field);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X_Forwarded_For: 1.2.3.4",
                "X-Forwarded_Proto: gopher",
                "X_Real_IP: 1.2.3.4",
                "X.Forwarded.Port: 1",
                "Forwarded_: x",
                "Client-Cert: :AA==:",
                "Client_Cert: :AA==:",
                "X-Client-Cert-Subject: CN=x",
                "Proxy: x",
                "Proxy_Connection: x",
                "Keep_Alive: 5"
            })
    void shouldDropFromAnyoneWhatNoProxyInFrontWouldHaveRemoved(String field) {
        assertThat(forwarded("10.1.2.3", field).split("\r\n")).doesNotContain(field);
        assertThat(forwarded(STRANGER, field).split("\r\n")).doesNotContain(field);
    }

    @Test
    void shouldBeTheFirstToSayWhoAStrangerIs() {
        assertThat(forwarded(STRANGER, "X-Forwarded-For: 10.0.0.1\r\nx-forwarded-for: 10.0.0.2\r\nX: y"))
                .isEqualTo(
                        "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\n"
                                + "X-Forwarded-Host: a\r\nVia: 1.1 offramp\r\n\r\n");
    }

    @Test
    void shouldGoOnBehindWhatAProxySaid() {
        assertThat(forwarded(
                        "10.1.2.3",
                        "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 10.9.9.9"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.7, "
                        + "10.9.9.9, 10.1.2.3\r\n"
                        + "X-Forwarded-Host: a\r\nVia: 1.1 offramp\r\n\r\n");
        assertThat(forwarded("10.1.2.3", "X-Forwarded-Host: b"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: b\r\nX-Forwarded-For: 10.1.2.3\r\n"
                        + "X-Forwarded-Proto: http\r\n"
                        + "Via: 1.1 offramp\r\n\r\n");
    }

    @Test
    void shouldNameThePortThatAClientUsedIfItIsNotTheSchemesOwn() {
        for (String host : List.of("a:8443", "[2001:db8::1]:8443")) {
            assertThat(forwarded(STRANGER, "GET", host, "X: y"))
                    .contains("X-Forwarded-Host: " + host + "\r\nX-Forwarded-Port: 8443\r\n");
        }
        for (String host : List.of("a", "a:", "[2001:db8::1]")) {
            assertThat(forwarded(STRANGER, "GET", host, "X-Forwarded-Port: 1")).doesNotContain("X-Forwarded-Port");
        }
        assertThat(forwarded("10.1.2.3", "GET", "a:8443", "X-Forwarded-Port: 443"))
                .containsOnlyOnce("X-Forwarded-Port")
                .contains("X-Forwarded-Port: 443\r\n");
    }

    @Test
    void shouldSetNoCommaBehindAProxyThatSaidNothing() {
        assertThat(forwarded("10.1.2.3", "X-Forwarded-For: \r\nX-Forwarded-For: 192.0.2.7"))
                .contains("X-Forwarded-For: 192.0.2.7, 10.1.2.3\r\n");
        assertThat(forwarded("10.1.2.3", "X-Forwarded-For:")).contains("X-Forwarded-For: 10.1.2.3\r\n");
    }

    @Test
    void shouldPassFromAnswersWhatIsMeantForAllHops() {
        MessageReader reader = MessageReader.ofAnswers(1000, 1000);
        ByteBuf in = bytes("HTTP/1.1 502 Bad\r\nproxy-status: b;error=dns_error\r\nProxy-Authenticate: Basic\r\n"
                + "Proxy-Connection: close\r\nX-Forwarded-Y: z\r\nDate: d\r\n\r\n");
        assertThat(reader.read(in)).isEqualTo(Step.HEAD);
        Head head = reader.takeHead();
        ByteBuf out = Unpooled.buffer();

        HeaderRules.writeAnswer(
                head,
                ConnectionOptions.of(head.fields()),
                HeaderRules.Persistence.DEFAULT,
                0,
                false,
                new HttpDate(InstantSource.system()),
                out);

        assertThat(text(in, out))
                .isEqualTo("HTTP/1.1 502 Bad\r\nproxy-status: b;error=dns_error\r\nX-Forwarded-Y: z\r\nDate: d\r\n"
                        + "Content-Length: 0\r\n\r\n");
    }

    @Test
    void shouldKeepWhatAProxySaidWhenConnectionNamesIt() {
        assertThat(forwarded(
                        "10.1.2.3", "Connection: X-Real-IP, X-Forwarded-For, X-Hop\r\nX-Real-IP: 1.2.3.4\r\nX-Hop: 1"))
                .contains("X-Real-IP: 1.2.3.4\r\n")
                .contains("X-Forwarded-For: 10.1.2.3\r\n")
                .doesNotContain("X-Hop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "Host",
                "Transfer-Encoding",
                "Content-Length",
                "Content_Length",
                "Set-Cookie",
                "Cookie",
                "Cache-Control",
                "If-Match",
                "Range",
                "X-Forwarded-For",
                "X_Real_IP",
                "Forwarded",
                "Client-Cert",
                "Max-Forwards",
                "Expect",
                "TE",
                "Connection",
                "Upgrade",
                "Trailer",
                "Content-Type",
                "content_encoding",
                "Location",
                "Date",
                "Vary",
                "Proxy-Authorization",
                "Keep-Alive",
                "AUTHORIZATION",
                "X-HTTP-Method-Override",
                "Via"
            })
    void shouldLeaveOutATrailerThatBelongsIntoAHead(String name) {
        assertThat(trailers("X-Sum: 1\r\n" + name + ": x\r\ngrpc-status: 0\r\n"))
                .isEqualTo("X-Sum: 1\r\ngrpc-status: 0\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grpc-message",
                "Digest",
                "Content-Digest",
                "ETag",
                "Server-Timing",
                "Authentication-Info",
                "X-Checksum"
            })
    void shouldPassATrailerThatMayBeKnownLate(String name) {
        assertThat(trailers(name + ": x\r\n")).isEqualTo(name + ": x\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "OPTIONS, 5, 4",
        "TRACE, 1, 0",
        "TRACE, 010, 9",
        "OPTIONS, 99999999999999999999, 999999",
        "GET, 5, 5",
        "GET, 0, 0",
        "POST, x, x"
    })
    void shouldForwardOneLessWhereForwardsAreCounted(String method, String came, String goes) {
        assertThat(forwarded(STRANGER, method, "max-forwards: " + came)
                        .toLowerCase(Locale.ROOT)
                        .split("\r\n"))
                .filteredOn(line -> line.startsWith("max-forwards"))
                .containsExactly("max-forwards: " + goes);
    }

    private static String forwarded(String from, String fields) {
        return forwarded(from, "GET", fields);
    }

    private static String forwarded(String from, String method, String fields) {
        return forwarded(from, method, "a", fields);
    }

    private static String forwarded(String from, String method, String host, String fields) {
        MessageReader reader = MessageReader.ofRequests(1000, 1000);
        ByteBuf in = bytes(method + " / HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n\r\n");
        assertThat(reader.read(in)).isEqualTo(Step.HEAD);
        Head head = reader.takeHead();
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(from), 1);
        ByteBuf out = Unpooled.buffer();
        RequestHead request =
                new RequestHead(head, RequestTarget.of(head), ConnectionOptions.of(head.fields()), reader.framing());
        HeaderRules.writeRequest(
                request,
                ClientFields.of(new Connection(1, "test", address, address), PROXIES),
                "upstream:1",
                null,
                null,
                out);
        return text(in, out);
    }

    @Test
    void shouldForwardTheClientThatAProxyNamesAndNotTheSocketsPeer() {
        Connection connection = new Connection(
                1, "test", new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("192.0.2.7", 51234));
        connection.onClient(new InetSocketAddress("198.51.100.9", 4711));

        ClientFields fields = ClientFields.of(connection, PROXIES);

        assertThat(fields.address().toString()).isEqualTo("198.51.100.9");
    }

    @Test
    void shouldPassTrailersOfTracesWhereThisProxySetsNone() {
        String lines = "X-Request-Id: 1\r\ntraceparent: 2\r\ntracestate: 3\r\n";

        assertThat(trailers(lines)).isEqualTo(lines);
        assertThat(trailers(lines, new Forwarding(false, false, 0, true, false)))
                .isEqualTo("traceparent: 2\r\ntracestate: 3\r\n");
        assertThat(trailers(lines, new Forwarding(false, false, 0, false, true)))
                .isEqualTo("X-Request-Id: 1\r\n");
    }

    private static String trailers(String lines) {
        return trailers(lines, Forwarding.NONE);
    }

    private static String trailers(String lines, Forwarding ours) {
        MessageReader reader = MessageReader.ofRequests(1000, 1000);
        ByteBuf in = bytes("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + lines + "\r\n");
        assertThat(reader.read(in)).isEqualTo(Step.HEAD);
        assertThat(reader.read(in)).isEqualTo(Step.END);
        ByteBuf out = Unpooled.buffer();
        HeaderRules.writeTrailers(reader.trailers(), ours, out);
        return text(in, out);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static String text(ByteBuf in, ByteBuf out) {
        String text = out.toString(StandardCharsets.ISO_8859_1);
        assertThat(in.release()).isTrue();
        assertThat(out.release()).isTrue();
        return text;
    }
}
