package io.offramp.proxy.http2;

import io.netty.util.AsciiString;
import io.offramp.proxy.exchange.AddedFields;
import io.offramp.proxy.exchange.MaxForwards;
import io.offramp.proxy.exchange.TrailerRules;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.FieldRules;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.WebSocketHandshake;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A field list for the HPACK encoder: a head of any version of HTTP as a proxy passes it on (RFC 9110 §7.6, RFC 9113
 * §8), with names in lower case. Names and values are views of the head's bytes, or constants.
 *
 * <p>The methods that fill a list give the list itself. A list for heads may be filled again once it was encoded. A
 * list of trailers may wait for flow control inside the codec, so each has its own. Confined to one event loop.
 */
public final class SentFields extends CodecFields implements AddedFields.Sink {
    private static final int FIRST_FIELDS = 16;
    private static final int FIRST_STATUS = 100;
    private static final AsciiString[] STATUS = new AsciiString[1000 - FIRST_STATUS];
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString DATE = AsciiString.cached("date");
    private static final AsciiString RETRY_AFTER = AsciiString.cached("retry-after");
    private static final AsciiString TE = AsciiString.cached("te");
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");

    static {
        for (int i = 0; i < STATUS.length; i++) {
            STATUS[i] = AsciiString.cached(Integer.toString(FIRST_STATUS + i));
        }
    }

    private final Cursor cursor = new Cursor();
    private @Nullable AsciiString status;
    /** Names and values in turn. */
    private AsciiString[] list = new AsciiString[2 * FIRST_FIELDS];

    private int size;

    private SentFields begin(@Nullable AsciiString newStatus) {
        // Values of the last list would keep its head alive.
        Arrays.fill(list, 0, size, AsciiString.EMPTY_STRING);
        size = 0;
        status = newStatus;
        if (newStatus != null) {
            put(PseudoHeaderName.STATUS.value(), newStatus);
        }
        return this;
    }

    private void put(AsciiString name, AsciiString value) {
        if (size == list.length) {
            list = Arrays.copyOf(list, 2 * size);
        }
        list[size++] = name;
        list[size++] = value;
    }

    private void put(Fields fields, int index) {
        put(fields.lowerName(index), fields.bytes(index));
    }

    @Override
    public void add(AddedFields.Name name, CharSequence value) {
        put(name.lower(), AsciiString.of(value));
    }

    /**
     * A request for a server.
     *
     * @param client fields about the client
     * @param server the authority of a request that has none
     * @param upgrade protocols that the request asks for, and may: the first becomes an extended CONNECT (RFC 8441);
     *     null if none
     */
    public SentFields request(RequestHead request, ClientFields client, String server, @Nullable String upgrade) {
        Head message = request.message();
        Fields fields = message.fields();
        begin(null);
        put(PseudoHeaderName.METHOD.value(), upgrade == null ? message.methodBytes() : CONNECT);
        if (upgrade != null) {
            put(PseudoHeaderName.PROTOCOL.value(), protocol(upgrade));
        }
        put(PseudoHeaderName.SCHEME.value(), client.proto());
        put(PseudoHeaderName.AUTHORITY.value(), new AsciiString(request.target().authorityFor(server)));
        put(PseudoHeaderName.PATH.value(), new AsciiString(request.target().originForm()));
        boolean counted = MaxForwards.of(message) != MaxForwards.NONE;
        for (int i = 0; i < fields.size(); i++) {
            boolean key = upgrade != null && WebSocketHandshake.isKey(fields, i);
            if (!key && FieldRules.passes(request, i, client, counted)) {
                put(fields, i);
            }
        }
        if (upgrade == null) {
            putLength(fields);
        }
        if (fields.hasInList(Field.TE, "trailers")) {
            put(TE, TRAILERS);
        }
        AddedFields.of(request, client, this);
        return this;
    }

    /** The only one of an offer that an extended CONNECT names. */
    static AsciiString protocol(String protocols) {
        int comma = protocols.indexOf(',');
        return new AsciiString(comma < 0 ? protocols : protocols.substring(0, comma));
    }

    /** No list needs a length that did not come: frames have their own. */
    private void putLength(Fields fields) {
        int length = fields.only(Field.CONTENT_LENGTH);
        if (length >= 0) {
            put(CONTENT_LENGTH, fields.bytes(length));
        }
    }

    /**
     * An answer for a client, or an interim one. A 101 becomes 200, the answer to an extended CONNECT (RFC 8441 §5).
     *
     * @param date the current one, for an answer that has none (RFC 9110 §6.6.1)
     */
    public SentFields answer(AnswerHead head, HttpDate date) {
        boolean tunnel = head.status() == 101;
        int code = tunnel ? 200 : head.status();
        Fields fields = head.message().fields();
        begin(STATUS[code - FIRST_STATUS]);
        for (int i = 0; i < fields.size(); i++) {
            boolean accept = tunnel && WebSocketHandshake.isAccept(fields, i);
            if (!accept && FieldRules.passes(fields, head.options(), i, false)) {
                put(fields, i);
            }
        }
        if (code >= 200 && !fields.has(Field.DATE)) {
            put(DATE, date.value());
        }
        if (code >= 200 && code != 204 && !tunnel) {
            putLength(fields);
        }
        return this;
    }

    /**
     * An answer of our own.
     *
     * @param date the current one
     */
    public SentFields answer(OwnAnswer answer, HttpDate date) {
        begin(STATUS[answer.status() - FIRST_STATUS]);
        for (OwnAnswer.Entry field : answer.fields()) {
            put(new AsciiString(field.name()).toLowerCase(), new AsciiString(field.value()));
        }
        if (answer.retryAfterS() > 0) {
            put(RETRY_AFTER, new AsciiString(Integer.toString(answer.retryAfterS())));
        }
        if (answer.hasLength()) {
            put(CONTENT_LENGTH, new AsciiString(Integer.toString(answer.body().length)));
        }
        put(DATE, date.value());
        return this;
    }

    /**
     * An answer of our own to a call of gRPC: trailers alone, with which its stream ends.
     *
     * @param date the current one
     */
    public SentFields answer(OwnAnswer answer, GrpcCall call, HttpDate date) {
        begin(STATUS[200 - FIRST_STATUS]);
        put(CONTENT_TYPE, GRPC);
        put(GRPC_STATUS, new AsciiString(Integer.toString(call.status(answer))));
        put(GRPC_MESSAGE, new AsciiString(answer.status() + " " + answer.reason()));
        put(DATE, date.value());
        return this;
    }

    /**
     * The trailers that pass; null if there are none, and the stream ends with its last DATA.
     *
     * @param ours what this proxy has set in the head
     */
    public static @Nullable SentFields trailers(Fields trailers, Forwarding ours) {
        SentFields list = null;
        for (int i = 0; i < trailers.size(); i++) {
            if (TrailerRules.passes(trailers, i, ours)) {
                list = list == null ? new SentFields() : list;
                list.put(trailers, i);
            }
        }
        return list;
    }

    @Override
    public @Nullable CharSequence status() {
        return status;
    }

    @Override
    public int size() {
        return size / 2;
    }

    @Override
    public boolean isEmpty() {
        return size == 0;
    }

    /** Only one at a time, and each entry only until the next. */
    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
        cursor.at = -2;
        return cursor;
    }

    /** The only iterator, and its entry. */
    private final class Cursor
            implements Iterator<Map.Entry<CharSequence, CharSequence>>, Map.Entry<CharSequence, CharSequence> {
        private int at;

        @Override
        public boolean hasNext() {
            return at + 2 < size;
        }

        @Override
        public Map.Entry<CharSequence, CharSequence> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            at += 2;
            return this;
        }

        @Override
        public CharSequence getKey() {
            return list[at];
        }

        @Override
        public CharSequence getValue() {
            return list[at + 1];
        }

        /** Of Map.Entry; lists are filled by their methods alone. */
        @Override
        public CharSequence setValue(CharSequence value) {
            throw new IllegalStateException("a list for the encoder");
        }
    }
}
