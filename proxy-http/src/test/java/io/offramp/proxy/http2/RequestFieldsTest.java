package io.offramp.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestFieldsTest {
    private static final String GET = ":method=GET|:scheme=https|:authority=a.example|:path=/x?y=1";

    @Test
    void shouldMakeAHeadInTheFormOfHttp1() {
        RequestHead head = valid(GET + "|accept=*/*|cookie=a=1|x-y=z|cookie=b=2", true);

        assertThat(head.message().version()).isEqualTo(Version.HTTP_2);
        assertThat(head.message().isGet()).isTrue();
        assertThat(head.target().originForm()).isEqualTo("/x?y=1");
        assertThat(head.target().authority()).isEqualTo("a.example");
        assertThat(head.length()).isZero();
        assertThat(FieldBlock.lines(head.message()))
                .isEqualTo("host: a.example\r\naccept: */*\r\nx-y: z\r\ncookie: a=1; b=2\r\n");
    }

    @ParameterizedTest
    @CsvSource({"false,,-1", "true,,0", "false,0,-1", "true,0,0", "false,5,5"})
    void shouldGiveTheLengthOfTheBody(boolean ended, String declared, long length) {
        String field = declared == null ? "" : "|content-length=" + declared;

        assertThat(valid(GET + field, ended).length()).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GET + "|X-Y=1",
                GET + "|x y=1",
                GET + "|=1",
                GET + "|x=a\rb",
                GET + "|x=a\nb",
                GET + "|x=a\0b",
                GET + "|x=\u007f",
                GET + "|x= a",
                GET + "|x=a ",
                GET + "|x=\ta",
                GET + "|connection=close",
                GET + "|keep-alive=1",
                GET + "|proxy-connection=close",
                GET + "|transfer-encoding=chunked",
                GET + "|upgrade=websocket",
                GET + "|te=gzip",
                GET + "|:x=1",
                GET + "|:path=/",
                GET + "|x=1|:path=/",
                GET + "|:status=200",
                ":method=GET|:scheme=https|:authority=a",
                ":method=GET|:path=/|:authority=a",
                ":scheme=https|:path=/|:authority=a",
                ":method=G T|:scheme=https|:authority=a|:path=/",
                ":method=GET|:scheme=ftp|:authority=a|:path=/",
                ":method=GET|:scheme=https://evil/?|:authority=a|:path=/",
                ":method=GET|:scheme=https|:authority=a|:path=/ HTTP/1.1",
                ":method=GET|:scheme=https|:authority=a|:path=",
                ":method=GET|:scheme=https|:authority=a|:path=x",
                ":method=GET|:scheme=https|:authority=a|:path=*",
                ":method=GET|:scheme=https|:authority=a|:path=/#f",
                ":method=GET|:scheme=https|:authority=a b|:path=/",
                ":method=GET|:scheme=https|:authority=|:path=/",
                ":method=GET|:scheme=https|:authority=a|:path=/|:protocol=websocket",
                ":method=CONNECT|:authority=a|:path=/",
                ":method=CONNECT|:scheme=https|:path=/|:protocol=websocket",
                ":status=200",
                "x=1",
                ""
            })
    void shouldTreatAsMalformed(String list) {
        assertThat(RequestFields.head(FieldBlock.received(list), true)).isInstanceOf(Received.Malformed.class);
    }

    @Test
    void shouldTreatABodyThatIsMissingAsMalformed() {
        assertThat(RequestFields.head(FieldBlock.received(GET + "|content-length=1"), true))
                .isInstanceOf(Received.Malformed.class);
    }

    @ParameterizedTest
    @CsvSource({
        "content-length=+4,BAD_REQUEST",
        "content-length=4|content-length=5,BAD_REQUEST",
        "content_length=4,BAD_REQUEST",
        "host=b.example,BAD_REQUEST",
        "host=a.example|host=a.example,BAD_REQUEST"
    })
    void shouldRefuseWhatHttp1Refuses(String fields, Refusal refusal) {
        assertRefused(GET + "|" + fields, refusal);
    }

    private static void assertRefused(String list, Refusal refusal) {
        assertThat(RequestFields.head(FieldBlock.received(list), false))
                .isInstanceOfSatisfying(
                        Received.Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(refusal));
    }

    @Test
    void shouldRefuseARequestWithoutAnyHost() {
        assertRefused(":method=GET|:scheme=https|:path=/", Refusal.BAD_REQUEST);
        assertRefused(":method=GET|:scheme=https|:path=/|:authority=u@a", Refusal.BAD_REQUEST);
        assertRefused(":method=CONNECT|:authority=a:443", Refusal.NOT_IMPLEMENTED);
    }

    @Test
    void shouldBoundLinesAndLists() {
        assertRefused(":method=GET|:scheme=https|:authority=a|:path=/" + "x".repeat(200), Refusal.LINE_TOO_LONG);
        assertRefused(GET + "|x=" + "y".repeat(1000), Refusal.HEAD_TOO_LARGE);
        assertRefused(GET + "|cookie=a".repeat(40), Refusal.HEAD_TOO_LARGE);
    }

    @Test
    void shouldMakeAnUpgradeOfAConnectWithAProtocol() {
        RequestHead head = valid(
                ":method=CONNECT|:protocol=websocket|:scheme=https|:authority=a|:path=/chat|sec-websocket-version=13",
                false);

        assertThat(head.message().method()).isEqualTo("GET");
        assertThat(head.asksForUpgrade()).isTrue();
        assertThat(head.length()).isZero();
        assertThat(FieldBlock.lines(head.message()))
                .isEqualTo("host: a\r\nsec-websocket-version: 13\r\nupgrade: websocket\r\n");
    }

    private static RequestHead valid(String list, boolean ended) {
        Received.OfRequest received = RequestFields.head(FieldBlock.received(list), ended);
        assertThat(received).isInstanceOf(Received.Request.class);
        return ((Received.Request) received).head();
    }
}
