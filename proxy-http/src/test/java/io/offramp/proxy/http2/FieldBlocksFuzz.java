package io.offramp.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import io.offramp.offload.tck.fuzz.Bounds;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http1.MessageReader;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.RequestHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * A field block that a client or a server may send. The first byte of an input says by its lowest bit whose block it
 * is, and by the next whether the stream ends with it.
 *
 * <p>Netty's strict decoder refuses nothing that is taken here. What is taken means the same to the reader of HTTP/1.1,
 * line by line, and what is sent for it in HTTP/2 is valid.
 */
public final class FieldBlocksFuzz {
    private static final long MAX_HEAP_BYTES = 4 << 20;
    private static final HeadLimits LIMITS = new HeadLimits(2000, 2000);
    private static final HeadLimits SENT_LIMITS = new HeadLimits(8000, 8000);
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("192.0.2.1", 1);
    private static final ClientFields CLIENT = ClientFields.of(new Connection(1, "fuzz", ADDRESS, ADDRESS), List.of());
    private static final HttpDate DATE = new HttpDate(InstantSource.fixed(Instant.EPOCH));

    private FieldBlocksFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length > 0) {
            Bounds.check(MAX_HEAP_BYTES, () -> judge(data, (data[0] & 1) == 0, (data[0] & 2) != 0));
        }
    }

    private static void judge(byte[] data, boolean request, boolean ended) {
        FieldDecoder decoder = new FieldDecoder(LIMITS);
        ByteBuf block = Unpooled.wrappedBuffer(data, 1, data.length - 1);
        boolean whole = decodes(decoder, block.duplicate());
        boolean strict = decodes(new DefaultHttp2HeadersDecoder(true, LIMITS.headBytes()), block);
        if (!whole) {
            require(!strict, "Netty alone decodes it");
        } else if (request) {
            if (RequestFields.head(decoder.fields(), ended) instanceof Received.Request valid) {
                require(strict, "Netty alone refuses it");
                RequestHead head = valid.head();
                compare(head.message(), MessageReader.ofRequests(4000, 4000), " HTTP/1.1\r\n");
                String upgrade = head.needsUpgrade() ? "websocket" : null;
                SentFields sent = new SentFields().request(head, CLIENT, "s", upgrade);
                require(again(sent, head, ended), "its like is refused");
            }
        } else if (AnswerFields.head(decoder.fields(), ended, false, null) instanceof Received.Answer valid) {
            require(strict, "Netty alone refuses it");
            AnswerHead head = valid.head();
            compare(head.message(), MessageReader.ofAnswers(4000, 4000), "\r\n");
            FieldDecoder next = decoded(new SentFields().answer(head, DATE));
            require(
                    AnswerFields.head(next.fields(), ended, false, null) instanceof Received.Answer,
                    "its like is refused");
        }
    }

    private static boolean decodes(Http2HeadersDecoder decoder, ByteBuf block) {
        try {
            decoder.decodeHeaders(1, block);
            return true;
        } catch (Http2Exception e) {
            return false;
        }
    }

    private static void compare(Head head, MessageReader reader, String lineEnd) {
        ByteBuf in = Unpooled.buffer();
        Fields fields = head.fields();
        if (lineEnd.length() > 2) {
            head.writeMethod(in);
            in.writeCharSequence(head.target() + lineEnd, StandardCharsets.ISO_8859_1);
        } else {
            in.writeCharSequence("HTTP/1.1 ", StandardCharsets.US_ASCII);
            head.writeStatus(in);
            in.writeCharSequence(lineEnd, StandardCharsets.US_ASCII);
        }
        if (fields.size() > 0) {
            fields.write(0, fields.size(), in);
        }
        in.writeByte('\r').writeByte('\n');
        require(reader.read(in) == MessageReader.Step.HEAD && !in.isReadable(), "HTTP/1.1 reads another head");
        Fields read = reader.takeHead().fields();
        require(read.size() == fields.size(), "HTTP/1.1 reads other fields");
        for (int i = 0; i < fields.size(); i++) {
            boolean same = read.name(i).equals(fields.name(i))
                    && read.value(i).equals(fields.value(i))
                    && read.kind(i) == fields.kind(i);
            require(same, "HTTP/1.1 reads another field");
        }
    }

    private static boolean again(SentFields sent, RequestHead head, boolean ended) {
        Received.OfRequest received = RequestFields.head(decoded(sent).fields(), ended);
        return received instanceof Received.Request valid
                && valid.head().target().equals(head.target())
                && valid.head().message().method().equals(head.message().method());
    }

    private static FieldDecoder decoded(SentFields sent) {
        FieldDecoder decoder = new FieldDecoder(SENT_LIMITS);
        ByteBuf block = Unpooled.buffer();
        try {
            new FieldEncoder().encodeHeaders(1, sent, block);
            decoder.decodeHeaders(1, block);
        } catch (Http2Exception e) {
            throw new IllegalStateException("sent what cannot be decoded", e);
        }
        return decoder;
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalStateException(problem);
        }
    }
}
