package io.offramp.proxy.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** A head with one more field. */
class AddedFieldTest {
    @Test
    void shouldKeepAllElseOfAHead() {
        // Given
        byte[] bytes = "HTTP/1.1 200 OK\r\nDate: x\r\nA: 1\r\n\r\n".getBytes(US_ASCII);
        HeadBuilder builder = new HeadBuilder();
        builder.begin();
        builder.version(Version.HTTP_1_1);
        builder.statusLine(9, 15);
        builder.field(bytes, 17, 21);
        builder.value(bytes, 24);
        builder.field(bytes, 26, 27);
        builder.value(bytes, 30);
        AnswerHead head = new AnswerHead(builder.complete(bytes, bytes.length), ConnectionOptions.NONE, 7, 3);

        // When
        AnswerHead longer = head.with("Set-Cookie: a=b\r\n".getBytes(US_ASCII));

        // Then
        assertThat(longer.status()).isEqualTo(200);
        assertThat(longer.length()).isEqualTo(7);
        assertThat(longer.message().version()).isEqualTo(Version.HTTP_1_1);
        Fields fields = longer.message().fields();
        assertThat(fields.has(Field.DATE)).isTrue();
        assertThat(fields.value(2)).isEqualTo("a=b");
        ByteBuf all = Unpooled.buffer();
        fields.write(0, 3, all);
        assertThat(all.toString(US_ASCII)).isEqualTo("Date: x\r\nA: 1\r\nSet-Cookie: a=b\r\n");
        assertThat(head.message().fields().size()).isEqualTo(2);
    }
}
