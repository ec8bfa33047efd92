package io.offramp.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Exception;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http2.AnswerFields;
import io.offramp.proxy.http2.FieldDecoder;
import io.offramp.proxy.http2.FieldEncoder;
import io.offramp.proxy.http2.Received;
import io.offramp.proxy.http2.RequestFields;
import io.offramp.proxy.http2.SentFields;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.RequestHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Field lists of HTTP/2 as one connection sees them again and again: decoded and judged, and made of a head and
 * encoded. ns per list; {@code -prof gc} says what a list allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-XX:+UseCompactObjectHeaders",
            "-Dio.netty.leakDetection.level=disabled"
        })
public class FieldListBenchmark {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("192.0.2.1", 1);
    private static final String REQUEST = """
            :method: GET
            :scheme: https
            :authority: www.example.com
            :path: /assets/page.css?v=20261129
            user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
            Safari/537.36
            accept: text/css,*/*;q=0.1
            accept-encoding: gzip, deflate, br, zstd
            accept-language: en-GB,en;q=0.9
            referer: https://www.example.com/
            sec-fetch-dest: style
            sec-fetch-mode: no-cors
            sec-fetch-site: same-origin
            cookie: session=0123456789abcdef0123456789abcdef
            cookie: theme=dark
            """;
    private static final String ANSWER = """
            :status: 200
            server: nginx
            date: Sun, 29 Nov 2026 12:00:00 GMT
            content-type: text/css
            content-length: 1024
            last-modified: Sun, 29 Nov 2026 11:00:00 GMT
            etag: "692ad0f0-400"
            cache-control: max-age=3600
            accept-ranges: bytes
            """;

    private final ClientFields client = ClientFields.of(new Connection(1, "bench", ADDRESS, ADDRESS), List.of());
    private final HttpDate date = new HttpDate(InstantSource.system());
    private final FieldDecoder decoder = new FieldDecoder(HeadLimits.DEFAULTS);
    private final FieldEncoder encoder = new FieldEncoder();
    private final SentFields sent = new SentFields();
    private final ByteBuf requestBlock = Unpooled.directBuffer();
    private final ByteBuf answerBlock = Unpooled.directBuffer();
    private final ByteBuf out = Unpooled.directBuffer(4096);
    private RequestHead request;
    private AnswerHead answer;

    /** Makes the blocks that a connection sees after its first ones: indices, mostly. */
    @Setup
    public void setUp() throws Http2Exception {
        request = ((Received.Request) request(literals(REQUEST, requestBlock))).head();
        answer = ((Received.Answer) answer(literals(ANSWER, answerBlock))).head();
        for (int i = 0; i < 2; i++) {
            encoder.encodeHeaders(1, sent.request(request, client, "s", null), requestBlock.clear());
            decoder.decodeHeaders(1, requestBlock.duplicate());
            encoder.encodeHeaders(1, sent.answer(answer, date), answerBlock.clear());
            decoder.decodeHeaders(1, answerBlock.duplicate());
        }
        encoder.encodeHeaders(1, sent.request(request, client, "s", null), requestBlock.clear());
        encoder.encodeHeaders(1, sent.answer(answer, date), answerBlock.clear());
    }

    private static ByteBuf literals(String list, ByteBuf block) {
        block.clear();
        for (String line : list.strip().split("\n")) {
            int colon = line.indexOf(": ");
            block.writeByte(0);
            literal(line.substring(0, colon), block);
            literal(line.substring(colon + 2), block);
        }
        return block;
    }

    private static void literal(String text, ByteBuf block) {
        if (text.length() < 0x7F) {
            block.writeByte(text.length());
        } else {
            block.writeByte(0x7F).writeByte(text.length() - 0x7F);
        }
        block.writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    private Received.OfRequest request(ByteBuf block) throws Http2Exception {
        decoder.decodeHeaders(1, block.duplicate());
        return RequestFields.head(decoder.fields(), true);
    }

    private Received.OfAnswer answer(ByteBuf block) throws Http2Exception {
        decoder.decodeHeaders(1, block.duplicate());
        return AnswerFields.head(decoder.fields(), false, false, null);
    }

    /** A request from a client: HPACK, rules, target. */
    @Benchmark
    public Received.OfRequest decodeRequest() throws Http2Exception {
        return request(requestBlock);
    }

    /** An answer from a server. */
    @Benchmark
    public Received.OfAnswer decodeAnswer() throws Http2Exception {
        return answer(answerBlock);
    }

    /** A request to a server, with the fields that a proxy adds. */
    @Benchmark
    public ByteBuf encodeRequest() throws Http2Exception {
        encoder.encodeHeaders(1, sent.request(request, client, "s", null), out.clear());
        return out;
    }

    /** An answer to a client. */
    @Benchmark
    public ByteBuf encodeAnswer() throws Http2Exception {
        encoder.encodeHeaders(1, sent.answer(answer, date), out.clear());
        return out;
    }
}
