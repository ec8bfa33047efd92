package io.offramp.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.offramp.proxy.message.Refusal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldDecoderTest {
    private static final String GET = ":method=GET|:scheme=https|:authority=a|:path=/";

    private final FieldDecoder decoder = new FieldDecoder(FieldBlock.LIMITS);

    /** One field of nearly the size of the table, then an index of one byte for each repetition (RFC 7541 §2.3.2). */
    @ParameterizedTest
    @ValueSource(strings = {"cookie", "x"})
    void shouldStoreNoMoreThanTheLimitOfABlockThatRepeatsAField(String name) throws Http2Exception {
        ByteBuf block = FieldBlock.encoded(GET);
        block.writeByte(0x40);
        block.writeByte(name.length()).writeCharSequence(name, StandardCharsets.US_ASCII);
        block.writeByte(100).writeZero(100);
        for (int i = 0; i < 100; i++) {
            block.setByte(block.writerIndex() - 1 - i, 'y');
        }
        for (int i = 0; i < 10_000; i++) {
            block.writeByte(0x80 | 62);
        }

        decoder.decodeHeaders(1, block);

        assertThat(RequestFields.head(decoder.fields(), true))
                .isInstanceOfSatisfying(Received.Refused.class, refused -> {
                    assertThat(refused.refusal()).isEqualTo(Refusal.HEAD_TOO_LARGE);
                    assertThat(refused.head())
                            .isNotNull()
                            .satisfies(head -> assertThat(head.message().heldBytes())
                                    .isLessThan(2 * FieldBlock.LIMITS.headBytes()));
                });
        block.release();
    }

    @Test
    void shouldKeepTheTableBehindAListThatIsRefused() throws Http2Exception {
        ByteBuf first = FieldBlock.encoded(GET + "|X=upper|y=" + "z".repeat(1000));
        first.writeByte(0x40).writeByte(1).writeByte('a').writeByte(1).writeByte('b');
        ByteBuf second = FieldBlock.encoded(GET);
        second.writeByte(0x80 | 62);

        decoder.decodeHeaders(1, first);
        assertThat(RequestFields.head(decoder.fields(), true)).isInstanceOf(Received.Malformed.class);
        decoder.decodeHeaders(3, second);

        assertThat(RequestFields.head(decoder.fields(), true))
                .isInstanceOfSatisfying(
                        Received.Request.class,
                        request -> assertThat(FieldBlock.lines(request.head().message()))
                                .isEqualTo("host: a\r\na: b\r\n"));
        first.release();
        second.release();
    }

    @Test
    void shouldAnnounceTheLimitAndNotEnforceItByAnError() throws Http2Exception {
        decoder.configuration().maxHeaderListSize(1, 2);

        assertThat(decoder.configuration().maxHeaderListSize()).isEqualTo(FieldBlock.LIMITS.headBytes());
        assertThat(decoder.configuration().maxHeaderListSizeGoAway()).isBetween(1000L, 2000L);
        assertThat(RequestFields.head(FieldBlock.received(decoder, GET), true)).isInstanceOf(Received.Request.class);
    }

    @Test
    void shouldEndTheConnectionForABlockThatIsNotHpack() {
        ByteBuf block = Unpooled.wrappedBuffer(new byte[] {(byte) 0x80});

        assertThatThrownBy(() -> decoder.decodeHeaders(1, block))
                .isInstanceOfSatisfying(
                        Http2Exception.class, e -> assertThat(e.error()).isEqualTo(Http2Error.COMPRESSION_ERROR));
        block.release();
    }
}
