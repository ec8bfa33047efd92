package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that two parsers could read differently. The front has no route, so what is accepted is answered with 404.
 */
class SmugglingTest {
    private static final HeadLimits LIMITS = new HeadLimits(200, 1000);

    private final List<AccessEntry> log = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Content-Length and Transfer-Encoding (RFC 9112 §6.1, §6.3)
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                        + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                // what some upstreams take for these
                "POST / HTTP/1.1\r\nHost: a\r\nContent_Length: 5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent.Length: 6\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer~Encoding: x\r\n\r\n0\r\n\r\n",
                // a body that no field announces, in Netty's eyes only
                "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n12345678",
                // lines (RFC 9112 §2.2, §5)
                "GET / HTTP/1.1\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n",
                "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX(: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX\u0000: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\u0000c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\u0001c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: b\u007fc\r\n\r\n",
                // request line (RFC 9112 §3)
                "\u0000GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\r\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\r\rGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\r\n GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\u000bHTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
                "GET /\r\nHost: a\r\n\r\n",
                "GET / http/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1x\r\nHost: a\r\n\r\n",
                "GET / HTTP/11\r\nHost: a\r\n\r\n",
                "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a\u0000b HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://u@a/x HTTP/1.1\r\nHost: a\r\n\r\n",
                // Host (RFC 9112 §3.2)
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
                "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
                "GET http://a/ HTTP/1.1\r\n\r\n",
                // options that only an attacker sends
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: "
                        + "a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a\r\n\r\n",
            })
    void shouldAnswer400AndCloseWhenRequestIsAmbiguous(String request) {
        assertThat(answerTo(request)).startsWith("HTTP/1.1 400 ").contains("Connection: close\r\n");
        assertThat(answerByteByByte(request)).startsWith("HTTP/1.1 400 ").contains("Connection: close\r\n");
        assertThat(log).hasSize(2).allMatch(exchange -> exchange.status() == 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nhOST:a\r\n\r\n",
                "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 000000000000000000000000000000\r\n\r\n",
                "GET /%00?x=|{}^ HTTP/1.1\r\nHost: a.b-c_d:8080\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n",
                "GET / HTTP/1.1\r\nHost:\t a \t\r\nX:\r\nY: \u00e9\tz\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://b:80?x HTTP/1.1\r\nHost: a\r\n\r\n",
                "BREW-2 / HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            })
    void shouldAcceptRequestWhenItIsUnusualButClear(String request) {
        assertThat(answerTo(request)).startsWith("HTTP/1.1 404 ").doesNotContain("Connection:");
        assertThat(answerByteByByte(request)).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void shouldAnswer414WhenRequestLineIsTooLong() {
        assertThat(answerTo("GET /" + "a".repeat(300) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
        assertThat(answerTo("GET /" + "a".repeat(300))).startsWith("HTTP/1.1 414 ");
    }

    @Test
    void shouldAnswer431WhenFieldsAreTooLarge() {
        String head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "b".repeat(1001);
        assertThat(answerTo(head + "\r\n\r\n")).startsWith("HTTP/1.1 431 ");
        assertThat(answerTo(head)).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void shouldAnswer505WhenVersionIsAnother() {
        assertThat(answerTo("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 505 ");
        assertThat(answerTo("GET / HTTP/1.2\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 505 ");
    }

    @Test
    void shouldAnswer501WhenMethodIsConnect() {
        assertThat(answerTo("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 501 ");
    }

    @Test
    void shouldAnswerNothingBehindARefusalWhenMoreFollows() {
        String answer = answerTo("GET / HTTP/1.1\r\nHost : a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(answer.split("HTTP/1.1 4", -1)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "00", "0\r\nX: y"})
    void shouldAnswerByOurselvesWhenNoForwardIsLeft(String zero) {
        String options = answerTo("OPTIONS /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: " + zero + "\r\n\r\n");
        assertThat(options)
                .startsWith("HTTP/1.1 200 ")
                .contains("Content-Length: 0\r\n")
                .contains("Date: ")
                .endsWith("\r\n\r\n");
        String trace =
                answerTo("TRACE /x?y HTTP/1.1\r\nHost: a\r\nCookie: secret\r\nX-Z: 1\r\nAuthorization: secret\r\n"
                        + "Proxy-Authorization: secret\r\n"
                        + "Max-Forwards: " + zero + "\r\n\r\n");
        assertThat(trace)
                .startsWith("HTTP/1.1 200 ")
                .contains("Content-Type: message/http\r\n")
                .contains("\r\n\r\nTRACE /x?y HTTP/1.1\r\nHost: a\r\nX-Z: 1\r\nMax-Forwards: " + zero.substring(0, 1))
                .doesNotContain("secret")
                .endsWith("\r\n\r\n");
        String body = trace.substring(trace.indexOf("\r\n\r\n") + 4);
        assertThat(trace).contains("Content-Length: " + body.length() + "\r\n");
        assertThat(log).hasSize(2).allMatch(exchange -> exchange.upstream() == null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS 1", "TRACE 1", "GET 0", "HEAD 0", "POST x"})
    void shouldGoOnWhenAForwardIsLeftOrNoneIsCounted(String request) {
        String[] parts = request.split(" ");
        assertThat(answerTo(parts[0] + " / HTTP/1.1\r\nHost: a\r\nMax-Forwards: " + parts[1] + "\r\n\r\n"))
                .startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "", "1 2", "1,2", "+1", "1\r\nMax-Forwards: 1"})
    void shouldRefuseForwardsThatCannotBeCounted(String value) {
        for (String method : List.of("OPTIONS", "TRACE")) {
            assertThat(answerTo(method + " / HTTP/1.1\r\nHost: a\r\nMax-Forwards: " + value + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "x, h2c", "IRC/6.9", "h2c\r\nUpgrade: y", "websockets"})
    void shouldRefuseAnUpgradeVisiblyWhenItIsNotAllowed(String protocols) {
        String fields = " / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: " + protocols + "\r\n";
        assertThat(answerTo("GET" + fields + "\r\n")).startsWith("HTTP/1.1 501 ");
        assertThat(answerTo("POST" + fields + "Content-Length: 2\r\n\r\nab")).startsWith("HTTP/1.1 501 ");
        assertThat(log)
                .hasSize(2)
                .allMatch(exchange -> String.valueOf(exchange.abort()).startsWith("upgrade to "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "h2c", "websocket, x", "HTTP/2.0", "TLS/1.0, h2c", ""})
    void shouldGoOnWithoutAnUpgradeThatAClientCanDoWithout(String protocols) {
        assertThat(answerTo("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocols
                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 404 ");
    }

    @Test
    void shouldDateOurOwnAnswers() {
        assertThat(answerTo("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
                .containsPattern("\r\nDate: \\w{3}, \\d\\d \\w{3} \\d{4} [0-9:]{8} GMT\r\n");
        assertThat(answerTo("GET / HTTP/1.2\r\nHost: a\r\n\r\n")).containsPattern("\r\nDate: ");
    }

    private String answerTo(String request) {
        EmbeddedChannel channel = open();
        channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1));
        return answerOf(channel);
    }

    private String answerByteByByte(String request) {
        EmbeddedChannel channel = open();
        for (byte b : request.getBytes(StandardCharsets.ISO_8859_1)) {
            channel.writeInbound(Unpooled.buffer(1).writeByte(b));
        }
        return answerOf(channel);
    }

    private EmbeddedChannel open() {
        Upstreams none = new Upstreams(
                Map.of(), spoken -> new Http1Protocol(LIMITS), UpstreamSettings.DEFAULTS, name -> UpstreamEvents.NONE);
        EmbeddedChannel channel = new EmbeddedChannel();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        channel.attr(Connection.KEY).set(new Connection(1, "test", address, address));
        HttpFront.install(
                channel.pipeline(),
                HttpFrontSettings.builder(List.of(), none)
                        .http(HttpSettings.builder().heads(LIMITS).build())
                        .accessLog(log::add)
                        .build());
        return channel;
    }

    private static String answerOf(EmbeddedChannel channel) {
        StringBuilder answer = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            answer.append(out.toString(StandardCharsets.ISO_8859_1));
            assertThat(out.release()).isTrue();
        }
        channel.finishAndReleaseAll();
        return answer.toString();
    }
}
