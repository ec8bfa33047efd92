package io.offramp.proxy.http.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.offramp.proxy.http.codec.HeadCheck.Kind;
import io.offramp.proxy.http.codec.HeadCheck.Progress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one direction of a connection, one object at a time: a head, pieces of body, a last piece. Netty's
 * decoder does the reading, but is asked step by step instead of standing in a pipeline, so that who reads can stop
 * between any two objects, and what is behind them stays bytes. A head reaches the decoder only when {@link HeadCheck}
 * has seen all of it.
 *
 * <p>A head that is refused here has no head object: {@link #refusal()} tells. Confined to one thread.
 */
public final class MessageReader {
    /** Above any read: body comes in as few pieces as it was read in. */
    private static final int MAX_PIECE_BYTES = 1 << 20;

    private static final int FIRST_BYTES = 256;

    private final HeadCheck check;
    private final Decoder decoder;
    private final List<Object> decoded = new ArrayList<>(2);
    private boolean inHead = true;
    private @Nullable Progress refusal;
    private @Nullable String problem;

    /** What a Netty decoder does when it is not in a pipeline. */
    private interface Decoder {
        void step(ByteBuf in, List<Object> out) throws Exception;

        default void bodiless(boolean always) {}

        /** Forgets the message under way. */
        void reset();
    }

    private static final class Requests extends HttpRequestDecoder implements Decoder {
        Requests(HttpDecoderConfig config) {
            super(config);
        }

        @Override
        @SuppressWarnings("NullAway") // the decoder's steps do not look at their context
        public void step(ByteBuf in, List<Object> out) throws Exception {
            decode((ChannelHandlerContext) null, in, out);
        }
    }

    private static final class Answers extends HttpResponseDecoder implements Decoder {
        private boolean bodiless;

        Answers(HttpDecoderConfig config) {
            super(config);
        }

        @Override
        @SuppressWarnings("NullAway") // the decoder's steps do not look at their context
        public void step(ByteBuf in, List<Object> out) throws Exception {
            decode((ChannelHandlerContext) null, in, out);
        }

        @Override
        public void bodiless(boolean always) {
            bodiless = always;
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            return bodiless || super.isContentAlwaysEmpty(message);
        }
    }

    /**
     * @param lineLimit   bytes of a start line, and of a chunk's size and extensions
     * @param fieldsLimit bytes of all fields of a head, and of trailers
     */
    public MessageReader(Kind kind, int lineLimit, int fieldsLimit) {
        check = new HeadCheck(kind, lineLimit, fieldsLimit);
        // One byte more than the check allows, so that it is the check that says what is too long.
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(lineLimit + 1)
                .setMaxHeaderSize(fieldsLimit + 1)
                .setMaxChunkSize(MAX_PIECE_BYTES)
                .setInitialBufferSize(FIRST_BYTES)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false)
                .setHeadersFactory(DefaultHttpHeadersFactory.headersFactory().withValidation(false))
                .setTrailersFactory(DefaultHttpHeadersFactory.trailersFactory());
        decoder = kind == Kind.REQUEST ? new Requests(config) : new Answers(config);
    }

    /** The next answer has no body, whatever its head says: its request is HEAD. */
    public void bodiless(boolean next) {
        decoder.bodiless(next);
    }

    /** Bytes of the last head. */
    public int headBytes() {
        return check.headBytes();
    }

    /** Why nothing more can be read, or null. */
    public @Nullable Progress refusal() {
        return refusal;
    }

    /** What was wrong, where {@link Progress#MALFORMED}. */
    public @Nullable String problem() {
        return problem;
    }

    /**
     * The next object.
     *
     * @param in bytes in stream order; those of the object are taken, those of an unfinished line stay and are to be
     *     there again in front of what follows them
     * @return an object that the caller releases; null if more bytes are needed, or {@link #refusal()} says that none
     *     will help
     */
    public @Nullable HttpObject read(ByteBuf in) {
        while (decoded.isEmpty()) {
            if (refusal != null || !in.isReadable() || inHead && !headIsComplete(in)) {
                return null;
            }
            int before = in.readableBytes();
            step(in);
            if (decoded.isEmpty() && in.readableBytes() == before) {
                return null;
            }
        }
        HttpObject object = (HttpObject) decoded.removeFirst();
        if (object.decoderResult().isFailure()) {
            ReferenceCountUtil.release(object);
            refuse(Progress.MALFORMED, String.valueOf(object.decoderResult().cause().getMessage()));
            return null;
        }
        if (object instanceof LastHttpContent) {
            inHead = true;
            check.reset();
        }
        return object;
    }

    private boolean headIsComplete(ByteBuf in) {
        Progress progress = check.check(in);
        if (progress == Progress.COMPLETE) {
            inHead = false;
            return true;
        }
        if (progress != Progress.MORE) {
            refuse(progress, check.problem());
        }
        return false;
    }

    private void step(ByteBuf in) {
        try {
            decoder.step(in, decoded);
        } catch (Exception e) {
            refuse(Progress.MALFORMED, String.valueOf(e.getMessage()));
        }
    }

    private void refuse(Progress why, @Nullable String what) {
        refusal = why;
        problem = what;
        close();
    }

    /** The rest of the body under way goes another way: what is given next is the next message. */
    public void skipBody() {
        decoder.reset();
        inHead = true;
        check.reset();
    }

    /** Whether the next object is there already, and needs no further bytes. */
    public boolean isAhead() {
        return !decoded.isEmpty();
    }

    /** Releases what was decoded and not asked for. */
    public void close() {
        decoded.forEach(ReferenceCountUtil::release);
        decoded.clear();
    }
}
