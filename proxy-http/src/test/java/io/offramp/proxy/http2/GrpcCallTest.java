package io.offramp.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.ResetCode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcCallTest {
    private static final String POST = ":method=POST|:scheme=https|:authority=a|:path=/p.S/M|te=trailers|";
    private static final HttpDate DATE = new HttpDate(InstantSource.fixed(Instant.EPOCH));

    @ParameterizedTest
    @CsvSource({
        "1H, 3600000000000",
        "2M, 120000000000",
        "3S, 3000000000",
        "4m, 4000000",
        "5u, 5000",
        "6n, 6",
        "0n, 1",
        "99999999H, 9223372036854775807",
        "123456789S, 0",
        "S, 0",
        "1, 0",
        "1s, 0",
        "-1S, 0",
        "'', 0"
    })
    void shouldReadTimeouts(String text, long ns) {
        assertThat(GrpcCall.timeoutNs(new AsciiString(text))).isEqualTo(ns);
    }

    @ParameterizedTest
    @CsvSource({
        "content-type=application/grpc, 0",
        "content-type=application/grpc+proto|grpc-timeout=1S, 1000000000",
        "content-type=Application/GRPC;x=y, 0",
        "content-type=application/grpc-web, -1",
        "content-type=application/json, -1",
        "x=application/grpc, -1"
    })
    void shouldKnowCalls(String fields, long timeoutNs) {
        Received.OfRequest received = RequestFields.head(FieldBlock.received(POST + fields), false);

        assertThat(received).isInstanceOfSatisfying(Received.Request.class, request -> {
            GrpcCall call = request.grpc();
            assertThat(call == null ? -1 : call.timeoutNs()).isEqualTo(timeoutNs);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "400, 0, 13",
        "401, 0, 16",
        "403, 0, 7",
        "404, 0, 12",
        "413, 0, 2",
        "429, 0, 14",
        "502, 0, 14",
        "503, 0, 14",
        "504, 0, 14",
        "504, 1, 4"
    })
    void shouldAnswerWithTrailersAlone(int status, long timeoutNs, int grpcStatus) {
        OwnAnswer own = new OwnAnswer(status, "Reason", "content-type", "text/plain", new byte[] {1}, false);

        SentFields sent = new SentFields().answer(own, new GrpcCall(timeoutNs), DATE);

        assertThat(FieldBlock.sent(sent))
                .isEqualTo(":status=200|content-type=application/grpc|grpc-status=" + grpcStatus + "|grpc-message="
                        + status + " Reason|date=Thu, 01 Jan 1970 00:00:00 GMT");
    }

    @ParameterizedTest
    @CsvSource({"CANCEL, 1", "ENHANCE_YOUR_CALM, 8", "INTERNAL_ERROR, 14"})
    void shouldAnswerAServersResetByItsCode(ResetCode code, int grpcStatus) {
        OwnAnswer own = new OwnAnswer(502, "Reason", List.of(), new byte[] {1}, false, 0, code);

        SentFields sent = new SentFields().answer(own, new GrpcCall(0), DATE);

        assertThat(FieldBlock.sent(sent)).contains("|grpc-status=" + grpcStatus + "|");
    }
}
