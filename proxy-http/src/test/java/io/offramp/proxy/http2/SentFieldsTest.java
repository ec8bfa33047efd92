package io.offramp.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Exception;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http1.MessageReader;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentFieldsTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("192.0.2.1", 1);
    private static final ClientFields CLIENT = ClientFields.of(new Connection(1, "test", ADDRESS, ADDRESS), List.of());
    private static final HttpDate DATE = new HttpDate(InstantSource.fixed(Instant.EPOCH));
    private static final String EPOCH = "|date=Thu, 01 Jan 1970 00:00:00 GMT";
    private static final String GET = ":method=GET|:scheme=https|:authority=a|:path=/x";
    private static final String ADDED =
            "|x-forwarded-for=192.0.2.1|x-forwarded-proto=http|x-forwarded-host=a|via=2.0 offramp";

    @ParameterizedTest
    @CsvSource({
        "x=1|te=trailers, x=1|te=trailers",
        "proxy-authorization=x|client-cert=x|forwarded=x|x-forwarded-for=x|x=1, x=1",
        "content-length=7, content-length=7",
        "cookie=a=1|cookie=b=2, cookie=a=1; b=2"
    })
    void shouldPassARequest(String fields, String passed) {
        String sent = FieldBlock.sent(new SentFields().request(request(GET + "|" + fields, false), CLIENT, "s", null));

        assertThat(sent).isEqualTo(":method=GET|:scheme=http|:authority=a|:path=/x|" + passed + ADDED);
    }

    @Test
    void shouldAskForATunnel() {
        RequestHead request =
                request(":method=CONNECT|:protocol=websocket|:scheme=https|:authority=a|:path=/x|y=1", false);

        String sent = FieldBlock.sent(new SentFields().request(request, CLIENT, "s", "websocket"));

        assertThat(sent)
                .isEqualTo(":method=CONNECT|:protocol=websocket|:scheme=http|:authority=a|:path=/x|y=1" + ADDED);
    }

    @ParameterizedTest
    @CsvSource({
        ":status=200|x=1, true, false, :status=200|x=1|date",
        ":status=200|content-length=5, false, false, :status=200|date|content-length=5",
        ":status=200, false, false, :status=200|date",
        ":status=200|content-length=5, true, true, :status=200|date|content-length=5",
        ":status=304|content-length=5, true, false, :status=304|date|content-length=5",
        ":status=200|content-length=0, false, false, :status=200|date|content-length=0",
        ":status=204|content-length=5, true, false, :status=204|date",
        ":status=103|link=x, false, false, :status=103|link=x"
    })
    void shouldPassAnAnswer(String list, boolean ended, boolean toHead, String passed) {
        Received.OfAnswer received = AnswerFields.head(FieldBlock.received(list), ended, toHead, null);
        assertThat(received).isInstanceOf(Received.Answer.class);
        AnswerHead head = ((Received.Answer) received).head();

        assertThat(FieldBlock.sent(new SentFields().answer(head, DATE))).isEqualTo(passed.replace("|date", EPOCH));
    }

    @Test
    void shouldMakeASuccessOfATunnel() {
        ReceivedFields fields = FieldBlock.received(":status=200|x=1");
        Received.OfAnswer received = AnswerFields.head(fields, false, false, "websocket");
        assertThat(received).isInstanceOf(Received.Answer.class);
        AnswerHead head = ((Received.Answer) received).head();

        assertThat(head.status()).isEqualTo(101);
        assertThat(FieldBlock.sent(new SentFields().answer(head, DATE))).isEqualTo(":status=200|x=1" + EPOCH);
    }

    /** Names in lower case; nothing of the hop; forms of the target that HTTP/2 does not have. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "GET /x HTTP/1.1|Host: a|X-Y: Z|ETag: q -> GET|a|/x|x-y=Z|etag=q",
                "GET http://b/y HTTP/1.1|Host: a|X: 1 -> GET|b|/y|x=1",
                "OPTIONS * HTTP/1.1|Host: a|X: 1 -> OPTIONS|a|*|x=1",
                "GET /x HTTP/1.0|X: 1 -> GET|s|/x|x=1",
                "GET / HTTP/1.1|Host: a|Connection: close, x|X: 1|Keep-Alive: 5|Upgrade: h2c|Y: 1 -> GET|a|/|y=1",
                "GET / HTTP/1.1|Host: a|TE: gzip, trailers|Connection: TE -> GET|a|/|te=trailers",
                "GET / HTTP/1.1|Host: a|HTTP2-Settings: x|Y: 1 -> GET|a|/|y=1",
                "POST / HTTP/1.1|Host: a|Content-Length: 5 -> POST|a|/|content-length=5",
                "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Y: 1 -> POST|a|/|y=1"
            })
    void shouldPassARequestOfHttp1(String lines, String passed) {
        MessageReader reader = MessageReader.ofRequests(1000, 1000);
        ByteBuf in = Unpooled.copiedBuffer(lines.replace("|", "\r\n") + "\r\n\r\n", StandardCharsets.ISO_8859_1);
        assertThat(reader.read(in)).isEqualTo(MessageReader.Step.HEAD);
        Head head = reader.takeHead();
        in.release();
        RequestHead request =
                new RequestHead(head, RequestTarget.of(head), ConnectionOptions.of(head.fields()), reader.framing());

        String sent = FieldBlock.sent(new SentFields().request(request, CLIENT, "s", null));

        String[] parts = passed.split("\\|", 4);
        assertThat(sent)
                .startsWith(":method=" + parts[0] + "|:scheme=http|:authority=" + parts[1] + "|:path=" + parts[2] + "|"
                        + parts[3] + "|x-forwarded-for=");
    }

    @Test
    void shouldNotPassTheKeyOfAWebSocketToAnotherVersion() {
        RequestHead request = request(
                ":method=CONNECT|:protocol=websocket|:scheme=https|:authority=a|:path=/x|sec-websocket-key=k", false);

        assertThat(FieldBlock.sent(new SentFields().request(request, CLIENT, "s", "websocket")))
                .doesNotContain("websocket-key");
    }

    /** RFC 7541 §7.1.3. */
    @ParameterizedTest
    @CsvSource({
        "authorization=Basic eHl6, true",
        "cookie=short, true",
        "cookie=long-enough-not-to-be-guessed, false",
        "x=1, false"
    })
    void shouldNeverIndexSecrets(String field, boolean never) throws Http2Exception {
        ByteBuf block = Unpooled.buffer();
        FieldEncoder encoder = new FieldEncoder();
        SentFields list = new SentFields();
        encoder.encodeHeaders(1, list.request(request(GET + "|" + field, true), CLIENT, "s", null), block);
        int first = block.readableBytes();
        encoder.encodeHeaders(3, list.request(request(GET + "|" + field, true), CLIENT, "s", null), block);
        int second = block.readableBytes() - first;
        block.release();

        // All other fields of the second list are a byte each.
        assertThat(second > 9).isEqualTo(never);
    }

    private static RequestHead request(String list, boolean ended) {
        Received.OfRequest received = RequestFields.head(FieldBlock.received(list), ended);
        assertThat(received).isInstanceOf(Received.Request.class);
        return ((Received.Request) received).head();
    }
}
