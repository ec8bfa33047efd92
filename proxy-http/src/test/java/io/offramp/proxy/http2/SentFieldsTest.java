package io.offramp.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.RequestHead;
import java.net.InetSocketAddress;
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
        ":status=200|x=1, true, false, :status=200|x=1|date|content-length=0",
        ":status=200|content-length=5, false, false, :status=200|date|content-length=5",
        ":status=200, false, false, :status=200|date",
        ":status=200|content-length=5, true, true, :status=200|date|content-length=5",
        ":status=304|content-length=5, true, false, :status=304|date|content-length=5",
        ":status=204|content-length=5, true, false, :status=204|date",
        ":status=103|link=x, false, false, :status=103|link=x"
    })
    void shouldPassAnAnswer(String list, boolean ended, boolean toHead, String passed) {
        Received.OfAnswer received = AnswerFields.head(FieldBlock.received(list), ended, toHead, null);
        assertThat(received).isInstanceOf(Received.Answer.class);
        AnswerHead head = ((Received.Answer) received).head();

        assertThat(FieldBlock.sent(new SentFields().answer(head, toHead, DATE)))
                .isEqualTo(passed.replace("|date", EPOCH));
    }

    @Test
    void shouldMakeASuccessOfATunnel() {
        ReceivedFields fields = FieldBlock.received(":status=200|x=1");
        Received.OfAnswer received = AnswerFields.head(fields, false, false, "websocket");
        assertThat(received).isInstanceOf(Received.Answer.class);
        AnswerHead head = ((Received.Answer) received).head();

        assertThat(head.status()).isEqualTo(101);
        assertThat(FieldBlock.sent(new SentFields().answer(head, false, DATE))).isEqualTo(":status=200|x=1" + EPOCH);
    }

    private static RequestHead request(String list, boolean ended) {
        Received.OfRequest received = RequestFields.head(FieldBlock.received(list), ended);
        assertThat(received).isInstanceOf(Received.Request.class);
        return ((Received.Request) received).head();
    }
}
