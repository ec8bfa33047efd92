package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one direction of a connection, step by step: a head, pieces of body, an end. The caller can stop between
 * any two steps; later bytes stay unread. The length of a body has one source, {@link Framing}, for this reader and for
 * forwarding. Bytes are consumed as they are read, so none has to be kept or shown twice.
 *
 * <p>Confined to one thread.
 */
public final class MessageReader {
    private final boolean requests;
    private final HeadReader heads;
    private final int lineLimit;
    private final int fieldsLimit;
    private @Nullable ChunkReader chunks;
    private @Nullable Head head;
    private @Nullable ByteBuf piece;
    private State state = State.HEAD;
    private long framing;
    private long left;
    private boolean toHead;
    private Refused refusal = Refused.NOT;
    private @Nullable String problem;

    /** The result of a step. */
    public enum Step {
        /** Nothing: all bytes were taken, and more are needed. */
        MORE,
        /** A head: {@link #takeHead}, {@link #framing}. */
        HEAD,
        /** Some of the body: {@link #takePiece}. */
        PIECE,
        /**
         * The end of a body in chunks: {@link #trailers}. All others end with their head or last piece:
         * {@link #isComplete}.
         */
        END,
        /** Nothing more can be read: {@link #refusal}. */
        REFUSED
    }

    /** Reasons to stop reading. */
    public enum Refused {
        /** It can. */
        NOT,
        /** Not HTTP/1; {@link #problem} says why. */
        MALFORMED,
        /** A start line above the limit. */
        LINE_TOO_LONG,
        /** Fields above the limit, in bytes or number. */
        TOO_LARGE,
        /** HTTP, but neither 1.0 nor 1.1. */
        VERSION
    }

    private enum State {
        HEAD,
        LENGTH,
        CHUNKS,
        UNTIL_CLOSE
    }

    private MessageReader(boolean requests, int lineLimit, int fieldsLimit) {
        this.requests = requests;
        this.lineLimit = lineLimit;
        this.fieldsLimit = fieldsLimit;
        heads = new HeadReader(requests ? HeadKind.REQUEST : HeadKind.ANSWER, lineLimit, fieldsLimit);
    }

    /**
     * A reader of requests.
     *
     * @param lineLimit bytes of a request line, and of a chunk's size and extensions
     * @param fieldsLimit bytes of all fields of a head, and of trailers
     */
    public static MessageReader ofRequests(int lineLimit, int fieldsLimit) {
        return new MessageReader(true, lineLimit, fieldsLimit);
    }

    /** A reader of answers, with the same limits. */
    public static MessageReader ofAnswers(int lineLimit, int fieldsLimit) {
        return new MessageReader(false, lineLimit, fieldsLimit);
    }

    /** Set before the answer to a HEAD request, which has no body in spite of its head. */
    public void toHead(boolean next) {
        toHead = next;
    }

    /**
     * Between two requests: takes the empty lines that some clients send behind a body (RFC 9112 §2.2); false if
     * nothing is behind them.
     */
    public boolean begins(ByteBuf in) {
        return heads.begins(in);
    }

    /** Takes bytes up to the next result. */
    public Step read(ByteBuf in) {
        if (refusal != Refused.NOT) {
            return Step.REFUSED;
        }
        if (!in.isReadable()) {
            return Step.MORE;
        }
        return switch (state) {
            case HEAD -> readHead(in);
            case CHUNKS -> onFound(chunks().next(in), in);
            case LENGTH -> {
                int bytes = (int) Math.min(left, in.readableBytes());
                piece = in.readRetainedSlice(bytes);
                skip(bytes);
                yield Step.PIECE;
            }
            case UNTIL_CLOSE -> {
                piece = in.readRetainedSlice(in.readableBytes());
                yield Step.PIECE;
            }
        };
    }

    /**
     * Within a body: takes lines of chunks up to the end, or to the next content, which stays unread.
     *
     * @return {@link Step#MORE} in front of content too
     */
    Step readToContent(ByteBuf in) {
        if (refusal != Refused.NOT) {
            return Step.REFUSED;
        }
        ChunkReader.Found found = state == State.CHUNKS ? chunks().next(in) : ChunkReader.Found.DATA;
        return found == ChunkReader.Found.DATA ? Step.MORE : onFound(found, in);
    }

    private Step readHead(ByteBuf in) {
        return switch (heads.read(in)) {
            case MORE -> Step.MORE;
            case COMPLETE -> {
                begin(heads.take());
                yield Step.HEAD;
            }
            case MALFORMED -> refuse(Refused.MALFORMED, heads.problem());
            case LINE_TOO_LONG -> refuse(Refused.LINE_TOO_LONG, null);
            case TOO_LARGE -> refuse(Refused.TOO_LARGE, null);
            case VERSION -> refuse(Refused.VERSION, null);
        };
    }

    private void begin(Head complete) {
        head = complete;
        framing = requests ? Framing.ofRequest(complete) : Framing.ofAnswer(complete, toHead);
        left = 0;
        if (framing == Framing.INVALID) {
            refuse(Refused.MALFORMED, Framing.problem(complete));
        } else if (framing == Framing.CHUNKED) {
            ChunkReader reader = chunks;
            if (reader == null) {
                HeadKind trailers = requests ? HeadKind.REQUEST_TRAILERS : HeadKind.ANSWER_TRAILERS;
                reader = new ChunkReader(trailers, lineLimit, fieldsLimit);
                chunks = reader;
            }
            reader.begin();
            state = State.CHUNKS;
        } else if (framing == Framing.UNTIL_CLOSE) {
            state = State.UNTIL_CLOSE;
        } else if (framing > 0) {
            left = framing;
            state = State.LENGTH;
        }
    }

    private Step onFound(ChunkReader.Found found, ByteBuf in) {
        return switch (found) {
            case MORE -> Step.MORE;
            case DATA -> {
                piece = chunks().data(in);
                yield Step.PIECE;
            }
            case END -> {
                state = State.HEAD;
                yield Step.END;
            }
            case MALFORMED -> refuse(Refused.MALFORMED, chunks().problem());
            case TOO_LARGE -> refuse(Refused.TOO_LARGE, null);
        };
    }

    private ChunkReader chunks() {
        if (chunks == null) {
            throw new IllegalStateException("no chunks");
        }
        return chunks;
    }

    private Step refuse(Refused why, @Nullable String what) {
        refusal = why;
        problem = what;
        return Step.REFUSED;
    }

    /** Heap that an incomplete head takes. */
    public int heldBytes() {
        return heads.heldBytes();
    }

    /** Drops an incomplete head; nothing can be read after that. */
    public void close() {
        heads.forget();
        refuse(Refused.MALFORMED, "closed");
    }

    /** The head of this step; only once, because the caller then owns its memory. */
    public Head takeHead() {
        Head last = head;
        if (last == null) {
            throw new IllegalStateException("no head");
        }
        head = null;
        return last;
    }

    /** The piece of this step, which the caller releases; once. */
    public ByteBuf takePiece() {
        ByteBuf last = piece;
        if (last == null) {
            throw new IllegalStateException("no piece");
        }
        piece = null;
        return last;
    }

    /** Trailers of the body that has ended in chunks. */
    public Fields trailers() {
        return chunks().trailers();
    }

    /**
     * How the body of the last head is framed, as {@link Framing} has it. A head with {@link Framing#INVALID} is still
     * given out; the step behind it is refused.
     */
    public long framing() {
        return framing;
    }

    /** True if the last message is complete: a head comes next. */
    public boolean isComplete() {
        return state == State.HEAD;
    }

    /** Bytes left of a body of known length; else 0. */
    public long left() {
        return left;
    }

    /** Skips bytes of a body of known length that went another way. */
    public void skip(long bytes) {
        left -= bytes;
        if (left == 0 && state == State.LENGTH) {
            state = State.HEAD;
        }
    }

    /** Why nothing more can be read. */
    public Refused refusal() {
        return refusal;
    }

    /** The fault, for {@link Refused#MALFORMED}. */
    public @Nullable String problem() {
        return problem;
    }
}
