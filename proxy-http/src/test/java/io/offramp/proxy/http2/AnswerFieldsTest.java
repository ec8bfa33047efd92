package io.offramp.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Forwarding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerFieldsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                ":status=101",
                ":status=20",
                ":status=2000",
                ":status=099",
                ":status=2x0",
                ":status=",
                ":status=200|:status=200",
                ":status=200|:path=/",
                ":path=/|:status=200",
                ":status=200|x=1|:status=200",
                ":method=GET|:scheme=https|:authority=a|:path=/",
                ":x=1|:status=200",
                ":status=200|X=1",
                ":status=200|x y=1",
                ":status=200|x=a\r\nb: c",
                ":status=200|x= a",
                ":status=200|connection=close",
                ":status=200|keep-alive=1",
                ":status=200|proxy-connection=close",
                ":status=200|transfer-encoding=chunked",
                ":status=200|upgrade=h2c",
                ":status=200|content-length=+4",
                ":status=200|content-length=",
                ":status=200|content-length=4|content-length=5",
                ":status=200|content-length=4|content-length=4",
                "x=1",
                ""
            })
    void shouldTreatAsMalformed(String list) {
        assertMalformed(list, false, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {":status=103|link=x", ":status=100", ":status=200|content-length=1"})
    void shouldTreatAnEarlyEndAsMalformed(String list) {
        assertMalformed(list, true, null);
        assertThat(answer(list, false, false, null).status()).isPositive();
    }

    @Test
    void shouldTreatAListAboveTheLimitAsMalformed() {
        assertMalformed(":status=200|x=" + "y".repeat(1000), false, null);
    }

    private static void assertMalformed(String list, boolean ended, @Nullable String upgrade) {
        assertThat(AnswerFields.head(FieldBlock.received(list), ended, false, upgrade))
                .isInstanceOf(Received.Malformed.class);
    }

    @ParameterizedTest
    @CsvSource({
        ":status=200, false, false, -1",
        ":status=200, true, false, 0",
        ":status=200|content-length=7, false, false, 7",
        ":status=200|content-length=0, false, false, -1",
        ":status=200|content-length=0, true, false, 0",
        ":status=200|content-length=7, true, true, 0",
        ":status=200|content-length=7, false, true, 0",
        ":status=204, true, false, 0",
        ":status=304|content-length=7, true, false, 0",
        ":status=103, false, false, 0"
    })
    void shouldGiveTheLengthOfTheBody(String list, boolean ended, boolean toHead, long length) {
        assertThat(answer(list, ended, toHead, null).length()).isEqualTo(length);
    }

    @ParameterizedTest
    @CsvSource({"200, false, 1, true", "200, true, 1, false", "204, false, 1, false", "304, false, 1, false"})
    void shouldTakeNoBodyWhereNoneMayBe(int status, boolean toHead, int bytes, boolean taken) {
        Received.OfAnswer received = AnswerFields.head(FieldBlock.received(":status=" + status), false, toHead, null);

        assertThat(received)
                .isInstanceOfSatisfying(
                        Received.Answer.class,
                        answer -> assertThat(answer.body().take(bytes)).isEqualTo(taken));
    }

    @Test
    void shouldMakeASwitchOfASuccess() {
        AnswerHead head = answer(":status=201|sec-websocket-protocol=x", false, false, "websocket, tcp");

        assertThat(head.status()).isEqualTo(101);
        assertThat(head.options().upgrade()).isTrue();
        assertThat(FieldBlock.lines(head.message())).isEqualTo("sec-websocket-protocol: x\r\nupgrade: websocket\r\n");
    }

    @Test
    void shouldLeaveARefusalOfATunnelAsItIs() {
        AnswerHead head = answer(":status=403|content-length=3", false, false, "websocket");

        assertThat(head.status()).isEqualTo(403);
        assertThat(head.length()).isEqualTo(3);
    }

    private static AnswerHead answer(String list, boolean ended, boolean toHead, @Nullable String upgrade) {
        Received.OfAnswer received = AnswerFields.head(FieldBlock.received(list), ended, toHead, upgrade);
        assertThat(received).isInstanceOf(Received.Answer.class);
        return ((Received.Answer) received).head();
    }

    @ParameterizedTest
    @ValueSource(strings = {":status=200", "x=1|:path=/", "X=1", "x=a\nb", "connection=close", "te=gzip"})
    void shouldTreatTrailersAsMalformed(String list) {
        assertThat(AnswerFields.trailers(FieldBlock.received(list))).isInstanceOf(Received.Malformed.class);
        assertThat(RequestFields.trailers(FieldBlock.received(list))).isInstanceOf(Received.Malformed.class);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "grpc-status=0|grpc-message=ok, grpc-status=0|grpc-message=ok",
                "content-length=1|host=a|x=1|cookie=a, x=1",
                "content-length=1, -",
                "content_type=a, -",
                "x-request-id=1|traceparent=2|tracestate=3, x-request-id=1|traceparent=2|tracestate=3",
                "'', -"
            })
    void shouldPassTrailersThatMayStandBehindABody(String list, @Nullable String passed) {
        Received.OfTrailers received = AnswerFields.trailers(FieldBlock.received(list));

        assertThat(received).isInstanceOfSatisfying(Received.Trailers.class, trailers -> {
            SentFields sent = SentFields.trailers(trailers.fields(), Forwarding.NONE);
            assertThat(sent == null ? null : FieldBlock.sent(sent)).isEqualTo(passed);
        });
    }
}
