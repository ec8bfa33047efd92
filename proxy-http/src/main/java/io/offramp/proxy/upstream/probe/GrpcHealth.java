package io.offramp.proxy.upstream.probe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.message.Fields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of {@code grpc.health.v1.Health/Check}, each with the five bytes in front that gRPC gives it. */
final class GrpcHealth {
    static final String PATH = "/grpc.health.v1.Health/Check";

    private static final int PREFIX_BYTES = 5;
    private static final int MAX_ANSWER_BYTES = 64;
    private static final byte[] STATUS_FIELD = "grpc-status".getBytes(StandardCharsets.US_ASCII);
    private static final List<String> STATES = List.of("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN");
    private static final int SERVING = 1;
    /** Protocol buffers: field 1, of a string and of a number. */
    private static final int SERVICE_TAG = 1 << 3 | 2;

    private static final int STATUS_TAG = 1 << 3;

    private final ByteBuf answer = Unpooled.buffer(MAX_ANSWER_BYTES, MAX_ANSWER_BYTES);
    private @Nullable String headStatus;

    /** @param service of at most 100 bytes; empty for the whole server */
    static ByteBuf request(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        int length = name.length == 0 ? 0 : 2 + name.length;
        ByteBuf message = Unpooled.buffer(PREFIX_BYTES + length).writeByte(0).writeInt(length);
        return length == 0
                ? message
                : message.writeByte(SERVICE_TAG).writeByte(name.length).writeBytes(name);
    }

    /** An answer that is nothing but trailers has its status in the head. */
    void onHead(Fields fields) {
        headStatus = status(fields);
    }

    /** A piece of the answer, which stays the caller's. */
    void onBody(ByteBuf piece) {
        answer.writeBytes(piece, Math.min(piece.readableBytes(), answer.writableBytes()));
    }

    /** What the server said: null for SERVING, else in words. */
    @Nullable
    String problem(Fields trailers) {
        String inTrailers = status(trailers);
        String status = inTrailers == null ? headStatus : inTrailers;
        if (status == null || !status.equals("0")) {
            return "grpc-status " + status;
        }
        int state = state();
        return state == SERVING ? null : state >= 0 && state < STATES.size() ? STATES.get(state) : "state " + state;
    }

    /** Protocol buffers leave out a number that is 0; a negative number for no message. */
    private int state() {
        if (answer.readableBytes() < PREFIX_BYTES || answer.getByte(0) != 0) {
            return -1;
        }
        int at = PREFIX_BYTES;
        int end = Math.min(answer.writerIndex(), at + answer.getInt(1));
        return end - at >= 2 && answer.getByte(at) == STATUS_TAG ? answer.getByte(at + 1) : 0;
    }

    private static @Nullable String status(Fields fields) {
        int index = fields.indexOf(STATUS_FIELD);
        return index < 0 ? null : fields.value(index);
    }
}
