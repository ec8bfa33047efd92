package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.InvalidChunkExtensionException;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.offramp.offload.tck.fuzz.Bounds;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a client or an upstream may send. The first byte of an input says whose bytes follow, the second in which pieces
 * they come. What this reader takes for messages, Netty's strict decoder must take for the same messages, bodies and
 * fields included. Fields of framing are not compared: Netty drops some where they mean nothing. This reader may refuse
 * more than Netty, never less. Exception: Netty alone refuses lines of chunks that the grammar allows (RFC 9112
 * §7.1.1): obs-text, blanks, sizes of more than 31 bits. Up to there both must agree.
 */
public final class MessagesFuzz {
    private static final long MAX_HEAP_BYTES = 4 << 20;
    private static final int LIMIT = 2000;
    /** Where Netty stopped. */
    private static final String CHUNK_LINE = "refused the line of a chunk";

    private MessagesFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length < 2) {
            return;
        }
        boolean requests = (data[0] & 1) == 0;
        int step = (data[1] & 0xFF) + 1;
        byte[] stream = Arrays.copyOfRange(data, 2, data.length);
        Bounds.check(MAX_HEAP_BYTES, () -> compare(requests, stream, step));
    }

    private static void compare(boolean requests, byte[] stream, int step) {
        List<String> whole = ours(requests, stream, stream.length);
        List<String> cut = ours(requests, stream, step);
        if (!whole.equals(cut)) {
            throw new IllegalStateException("in one piece " + whole + ", in pieces of " + step + " " + cut);
        }
        List<String> theirs = netty(requests, stream);
        if (!theirs.isEmpty() && theirs.getLast().equals(CHUNK_LINE)) {
            theirs.removeLast();
            whole = whole.subList(0, Math.min(whole.size(), theirs.size()));
        }
        if (theirs.size() < whole.size() || !theirs.subList(0, whole.size()).equals(whole)) {
            throw new IllegalStateException("ours " + whole + ", Netty's " + theirs);
        }
    }

    /** Heads, each with its fields, and bodies, as far as they are complete. */
    private static List<String> ours(boolean requests, byte[] stream, int step) {
        MessageReader reader =
                requests ? MessageReader.ofRequests(LIMIT, LIMIT) : MessageReader.ofAnswers(LIMIT, LIMIT);
        List<String> told = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        for (int at = 0; at < stream.length; at += step) {
            ByteBuf in = Unpooled.wrappedBuffer(stream, at, Math.min(step, stream.length - at));
            boolean more = true;
            while (more && in.isReadable()) {
                switch (reader.read(in)) {
                    case MORE -> {}
                    case HEAD -> {
                        if (reader.refusal() == MessageReader.Refused.NOT) {
                            Head head = reader.takeHead();
                            told.add(head(requests, head));
                            // What follows is a body without an end, or no HTTP.
                            more = requests || reader.framing() != Framing.UNTIL_CLOSE && head.status() != 101;
                            end(reader, body, told);
                        }
                    }
                    case PIECE -> {
                        ByteBuf piece = reader.takePiece();
                        body.append(piece.toString(StandardCharsets.ISO_8859_1));
                        piece.release();
                        end(reader, body, told);
                    }
                    case END -> {
                        end(reader, body, told);
                    }
                    case REFUSED -> {
                        return told;
                    }
                }
            }
            if (!more) {
                return told;
            }
        }
        return told;
    }

    private static void end(MessageReader reader, StringBuilder body, List<String> told) {
        if (reader.isComplete()) {
            told.add("body " + body);
            body.setLength(0);
        }
    }

    private static String head(boolean request, Head head) {
        StringBuilder text = new StringBuilder(request ? head.method() + " " + head.target() : "" + head.status());
        text.append(head.modern());
        Fields fields = head.fields();
        for (int i = 0; i < fields.size(); i++) {
            append(text, fields.name(i), fields.value(i));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!lower.equals("transfer-encoding") && !lower.equals("content-length")) {
            text.append('\n').append(lower).append(':').append(value);
        }
    }

    private static List<String> netty(boolean requests, byte[] stream) {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(LIMIT + 2)
                .setMaxHeaderSize(LIMIT + 2)
                .setMaxChunkSize(1 << 20)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setValidateHeaders(false);
        EmbeddedChannel channel =
                new EmbeddedChannel(requests ? new HttpRequestDecoder(config) : new HttpResponseDecoder(config));
        channel.writeInbound(Unpooled.wrappedBuffer(stream));
        List<String> told = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        while (channel.inboundMessages().peek() instanceof HttpObject) {
            HttpObject object = channel.readInbound();
            boolean good = object.decoderResult().isSuccess();
            if (good && object instanceof HttpMessage message) {
                told.add(head(message));
            }
            if (good && object instanceof HttpContent content) {
                body.append(content.content().toString(StandardCharsets.ISO_8859_1));
            }
            if (good && object instanceof LastHttpContent) {
                told.add("body " + body);
                body.setLength(0);
            }
            ReferenceCountUtil.release(object);
            if (!good && isChunkLine(object.decoderResult().cause())) {
                told.add(CHUNK_LINE);
            }
            if (!good) {
                break;
            }
        }
        channel.finishAndReleaseAll();
        return told;
    }

    private static boolean isChunkLine(Throwable cause) {
        return cause instanceof InvalidChunkExtensionException
                || cause instanceof NumberFormatException
                || cause instanceof IndexOutOfBoundsException; // of obs-text
    }

    private static String head(HttpMessage message) {
        StringBuilder text = new StringBuilder(
                message instanceof HttpRequest request
                        ? request.method().name() + " " + request.uri()
                        : "" + ((HttpResponse) message).status().code());
        text.append(message.protocolVersion().minorVersion() == 1);
        for (Map.Entry<String, String> field : message.headers()) {
            append(text, field.getKey(), field.getValue());
        }
        return text.toString();
    }
}
