package io.offramp.proxy.exchange.sketch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.proxy.message.Fields;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One message as its receiver got it. */
final class Received {
    final List<Integer> interims = new ArrayList<>();
    final List<String> fields = new ArrayList<>();
    final List<String> trailers = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    /** Method and path, or status; null before. */
    @Nullable
    String start;

    /** {@code end}, or why there was none; null before. */
    @Nullable
    String end;

    void body(ByteBuf piece) {
        body.writeBytes(ByteBufUtil.getBytes(piece));
        piece.release();
    }

    void end(Fields last) {
        trailers.addAll(lines(last));
        end = "end";
    }

    int bytes() {
        return body.size();
    }

    String hash() {
        return hash(body.toByteArray());
    }

    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<String> lines(Fields fields) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            lines.add(fields.name(i) + ": " + fields.value(i));
        }
        return lines;
    }
}
