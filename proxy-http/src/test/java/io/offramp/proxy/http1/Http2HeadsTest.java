package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http1.HeaderRules.Persistence;
import io.offramp.proxy.http2.AnswerFields;
import io.offramp.proxy.http2.FieldBlock;
import io.offramp.proxy.http2.Received;
import io.offramp.proxy.http2.RequestFields;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.RequestHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Heads that came in HTTP/2, as HTTP/1.1 sends them. */
class Http2HeadsTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("192.0.2.1", 1);
    private static final ClientFields CLIENT = ClientFields.of(new Connection(1, "test", ADDRESS, ADDRESS), List.of());
    private static final String GET = ":method=GET|:scheme=https|:authority=a|:path=/x?y";

    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "x=1|cookie=a=1|y=2|cookie=b=2 -> false -> x: 1|y: 2|cookie: a=1; b=2|Transfer-Encoding: chunked",
                "x=1 -> true -> x: 1",
                "content-length=5|x=1 -> false -> x: 1|Content-Length: 5",
                "content-length=0|x=1 -> true -> x: 1|Content-Length: 0",
                "te=trailers|x=1 -> true -> x: 1|TE: trailers|Connection: TE",
                "http2-settings=x|x=1 -> true -> x: 1",
                "host=a|x=1 -> true -> x: 1",
                "expect=100-continue|content-length=1 -> false -> expect: 100-continue|Content-Length: 1"
            })
    void shouldWriteARequest(String fields, boolean ended, String lines) {
        String text = written(GET + "|" + fields, ended, null, null);

        assertThat(text)
                .startsWith("GET /x?y HTTP/1.1|Host: a|" + lines + "|X-Forwarded-For: 192.0.2.1|")
                .endsWith("|Via: 2.0 offramp||");
    }

    @Test
    void shouldMakeTheHandshakeOfAWebSocket() {
        String text = written(
                ":method=CONNECT|:protocol=websocket|:scheme=https|:authority=a|:path=/chat|sec-websocket-key=x|"
                        + "sec-websocket-version=13",
                false,
                "websocket",
                "KEY");

        assertThat(text)
                .startsWith("GET /chat HTTP/1.1|Host: a|sec-websocket-version: 13|Upgrade: websocket|"
                        + "Connection: Upgrade|Sec-WebSocket-Key: KEY|X-Forwarded-For: ");
    }

    private static String written(String list, boolean ended, @Nullable String upgrade, @Nullable String key) {
        Received.OfRequest received = RequestFields.head(FieldBlock.received(list), ended);
        assertThat(received).isInstanceOf(Received.Request.class);
        RequestHead request = ((Received.Request) received).head();
        ByteBuf out = Unpooled.buffer();
        HeaderRules.writeRequest(request, CLIENT, "s", upgrade, key, out);
        return lines(out);
    }

    private static String lines(ByteBuf out) {
        String text = out.toString(StandardCharsets.ISO_8859_1).replace("\r\n", "|");
        out.release();
        return text;
    }

    @Test
    void shouldWriteAnAnswer() {
        AnswerHead head = answer(":status=200|x=1|content-length=5", null);
        ByteBuf out = Unpooled.buffer();

        HttpDate date = new HttpDate(InstantSource.fixed(Instant.EPOCH));
        HeaderRules.writeAnswer(head.message(), head.options(), Persistence.DEFAULT, head.length(), false, date, out);

        assertThat(lines(out)).isEqualTo("HTTP/1.1 200 |x: 1|Date: Thu, 01 Jan 1970 00:00:00 GMT|Content-Length: 5||");
    }

    @Test
    void shouldWriteTheSuccessOfATunnelAs101() {
        AnswerHead head = answer(":status=200|x=1", "websocket");
        ByteBuf out = Unpooled.buffer();

        HeaderRules.writeSwitching(head.message(), head.options(), "PROOF", out);

        assertThat(lines(out))
                .isEqualTo("HTTP/1.1 101 |x: 1|upgrade: websocket|Sec-WebSocket-Accept: PROOF|Connection: Upgrade||");
    }

    private static AnswerHead answer(String list, @Nullable String upgrade) {
        Received.OfAnswer received = AnswerFields.head(FieldBlock.received(list), false, false, upgrade);
        assertThat(received).isInstanceOf(Received.Answer.class);
        return ((Received.Answer) received).head();
    }
}
