package io.offramp.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HeadLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Field lists as text: {@code :method=GET|:path=/|x=1}, in that order and with all faults. */
public final class FieldBlock {
    /** Small ones. */
    public static final HeadLimits LIMITS = new HeadLimits(200, 1000);

    private FieldBlock() {}

    /** Decodes a list from its HPACK bytes. */
    public static ReceivedFields received(String list) {
        return received(new FieldDecoder(LIMITS), list);
    }

    static ReceivedFields received(FieldDecoder decoder, String list) {
        ByteBuf block = encoded(list);
        try {
            decoder.decodeHeaders(1, block);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        } finally {
            block.release();
        }
        return decoder.fields();
    }

    /** Literals without indexing and without Huffman coding (RFC 7541 §6.2.2). */
    static ByteBuf encoded(String list) {
        ByteBuf block = Unpooled.buffer();
        for (String field : list.isEmpty() ? new String[0] : list.split("\\|", -1)) {
            int end = field.indexOf('=');
            block.writeByte(0);
            literal(field.substring(0, end), block);
            literal(field.substring(end + 1), block);
        }
        return block;
    }

    private static void literal(String text, ByteBuf out) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 0x7F) {
            out.writeByte(bytes.length);
        } else {
            out.writeByte(0x7F);
            int rest = bytes.length - 0x7F;
            for (; rest >= 0x80; rest >>>= 7) {
                out.writeByte(rest & 0x7F | 0x80);
            }
            out.writeByte(rest);
        }
        out.writeBytes(bytes);
    }

    /** The field lines of a head. */
    public static String lines(Head head) {
        ByteBuf out = Unpooled.buffer();
        head.fields().write(0, head.fields().size(), out);
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        return text;
    }

    /** The list that an encoder makes of these, by Netty's decoder. */
    public static String sent(SentFields fields) {
        List<String> text = new ArrayList<>();
        ByteBuf block = Unpooled.buffer();
        try {
            new FieldEncoder().encodeHeaders(1, fields, block);
            Http2Headers decoded = new DefaultHttp2HeadersDecoder(true).decodeHeaders(1, block);
            decoded.forEach(field -> text.add(field.getKey() + "=" + field.getValue()));
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        } finally {
            block.release();
        }
        return String.join("|", text);
    }
}
