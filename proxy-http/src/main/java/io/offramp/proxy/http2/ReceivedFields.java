package io.offramp.proxy.http2;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import io.offramp.proxy.message.Ascii;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HeadBuilder;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.Version;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What HPACK decodes a field block into: a head in the form of HTTP/1, so that forwarding copies runs of bytes. Pseudo
 * fields become the start line and Host, and the crumbs of Cookie one field (§8.2.3).
 *
 * <p>The first fault is noted and nothing is stored after it, but the block is decoded to its end, because the table of
 * HPACK belongs to the connection. Sizes are those of RFC 9113 §6.5.2, before crumbs are joined.
 *
 * <p>One list per connection, for one block after another; confined to its event loop. {@link RequestFields} and
 * {@link AnswerFields} read it.
 */
public final class ReceivedFields extends CodecFields {
    /** What a field counts beyond its name and value (RFC 7541 §4.1). */
    private static final int FIELD_OVERHEAD = 32;

    /** Least array of a head. */
    private static final int LEAST_BYTES = 256;

    /** Largest unused part of a head's array, which lives as long as the head. */
    private static final int WORTH_TRIMMING_BYTES = 1024;

    /** Bytes of a request line besides method and target. */
    private static final int LINE_BYTES = "  HTTP/1.1".length();

    /** A head may be longer than the last one by as much, and still fits its array. */
    private static final int SPARE_BYTES = 32;

    private static final int MOST_EXPECTED_BYTES = 4096;

    private static final byte[] EMPTY = {};
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final AsciiString COOKIE = AsciiString.cached("cookie");
    private static final AsciiString UPGRADE = AsciiString.cached("upgrade");
    private static final AsciiString TE = AsciiString.cached("te");
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");
    private static final AsciiString SWITCHING = AsciiString.cached("101");
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    private static final boolean[] LOWER_TOKEN = lowerToken();

    private final HeadLimits limits;
    private final HeadBuilder head = new HeadBuilder();
    private final PseudoFields pseudo = new PseudoFields();
    private final Crumbs cookie = new Crumbs();
    private byte[] bytes = EMPTY;
    private int at;
    /** Lists of one connection are alike. */
    private int expectedBytes = LEAST_BYTES;

    private long listBytes;
    private int count;
    private int hosts;
    /** Whether pseudo fields may still come. */
    private boolean leading = true;

    private Defect defect = Defect.NONE;

    /** @param limits of request lines, and of decoded lists with 32 bytes for each field */
    public ReceivedFields(HeadLimits limits) {
        this.limits = limits;
    }

    private static boolean[] lowerToken() {
        boolean[] table = Ascii.TOKEN.clone();
        Arrays.fill(table, 'A', 'Z' + 1, false);
        return table;
    }

    /** Forgets the last list: another block is decoded. */
    void begin() {
        head.begin();
        pseudo.clear();
        cookie.clear();
        at = 0;
        listBytes = 0;
        count = 0;
        hosts = 0;
        leading = true;
        defect = Defect.NONE;
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        listBytes += name.length() + value.length() + FIELD_OVERHEAD;
        count++;
        if (defect == Defect.NONE) {
            defect = listBytes > limits.headBytes() || count > HeadLimits.MOST_FIELDS
                    ? Defect.TOO_LARGE
                    : add(AsciiString.of(name), AsciiString.of(value));
        }
        return this;
    }

    private Defect add(AsciiString name, AsciiString value) {
        if (!name.isEmpty() && name.byteAt(0) == ':') {
            return leading ? pseudo.add(name, value) : Defect.PSEUDO_LATE;
        }
        Defect found = leading ? startLine() : Defect.NONE;
        return found == Defect.NONE ? regular(name, value) : found;
    }

    private Defect regular(AsciiString name, AsciiString value) {
        return switch (name.length()) {
            case 0 -> Defect.NAME;
            case 2 -> name.equals(TE) && !value.contentEqualsIgnoreCase(TRAILERS) ? Defect.TE : field(name, value);
            case 4 -> name.equals(HOST) ? host(value) : field(name, value);
            case 6 -> name.equals(COOKIE) ? crumb(value) : field(name, value);
            default -> field(name, value);
        };
    }

    /** The pseudo fields are complete: they make the start line, and Host. */
    private Defect startLine() {
        leading = false;
        head.version(Version.HTTP_2);
        Defect found = pseudo.judge();
        if (found != Defect.NONE) {
            return found;
        }
        return switch (pseudo.kind()) {
            case REQUEST -> requestLine(given(pseudo.method()), given(pseudo.target()));
            case ANSWER -> statusLine(given(pseudo.get(PseudoHeaderName.STATUS)));
            case TRAILERS -> Defect.NONE;
        };
    }

    private static AsciiString given(@Nullable AsciiString value) {
        return Objects.requireNonNull(value, "judged to be there");
    }

    private Defect requestLine(AsciiString method, AsciiString target) {
        int length = method.length() + target.length() + LINE_BYTES;
        if (length > limits.requestLineBytes()) {
            return Defect.LINE_TOO_LONG;
        }
        reserve(length);
        write(method);
        int methodEnd = at;
        bytes[at++] = ' ';
        write(target);
        head.requestLine(0, methodEnd, at);
        endLine();
        AsciiString authority = pseudo.get(PseudoHeaderName.AUTHORITY);
        if (authority != null) {
            line(HOST, authority);
        }
        return Defect.NONE;
    }

    private Defect statusLine(AsciiString status) {
        reserve(status.length() + 2);
        write(status);
        head.statusLine(0, at);
        endLine();
        return Defect.NONE;
    }

    private Defect host(AsciiString value) {
        AsciiString authority = pseudo.get(PseudoHeaderName.AUTHORITY);
        if (++hosts > 1) {
            return Defect.SEVERAL_HOSTS;
        }
        if (authority == null) {
            return field(HOST, value);
        }
        return authority.contentEqualsIgnoreCase(value) ? Defect.NONE : Defect.OTHER_HOST;
    }

    private Defect crumb(AsciiString value) {
        cookie.add(value);
        return checkValue(value);
    }

    private Defect field(AsciiString name, AsciiString value) {
        Defect found = checkName(name);
        if (found == Defect.NONE) {
            found = checkValue(value);
        }
        return found == Defect.NONE ? check(line(name, value), name) : found;
    }

    private static Defect checkName(AsciiString name) {
        byte[] in = name.array();
        int end = name.arrayOffset() + name.length();
        for (int i = name.arrayOffset(); i < end; i++) {
            if (!LOWER_TOKEN[in[i] & 0xFF]) {
                return Ascii.TOKEN[in[i] & 0xFF] ? Defect.UPPER_CASE : Defect.NAME;
            }
        }
        return Defect.NONE;
    }

    private static Defect checkValue(AsciiString value) {
        byte[] in = value.array();
        int start = value.arrayOffset();
        int end = start + value.length();
        for (int i = start; i < end; i++) {
            if (!Ascii.FIELD_VALUE[in[i] & 0xFF]) {
                return Defect.VALUE;
            }
        }
        boolean blank = start < end && (Ascii.isBlank(in[start]) || Ascii.isBlank(in[end - 1]));
        return blank ? Defect.BLANKS : Defect.NONE;
    }

    // = RFC 9113 §8.2.2
    // # Any message containing connection-specific header fields MUST be treated as malformed
    private static Defect check(Field kind, AsciiString name) {
        return switch (kind) {
            case CONNECTION, KEEP_ALIVE, TRANSFER_ENCODING, UPGRADE -> Defect.CONNECTION_FIELD;
            case PROXY -> name.equals(PROXY_CONNECTION) ? Defect.CONNECTION_FIELD : Defect.NONE;
            default -> Defect.NONE;
        };
    }

    private Field line(AsciiString name, AsciiString value) {
        reserve(name.length() + value.length() + 4);
        int line = at;
        write(name);
        int nameEnd = at;
        bytes[at++] = ':';
        bytes[at++] = ' ';
        write(value);
        Field kind = head.field(bytes, line, nameEnd);
        head.value(bytes, at);
        endLine();
        return kind;
    }

    private void cookieLine() {
        reserve(COOKIE.length() + cookie.length() + 4);
        int line = at;
        write(COOKIE);
        int nameEnd = at;
        bytes[at++] = ':';
        bytes[at++] = ' ';
        at = cookie.write(bytes, at);
        head.field(bytes, line, nameEnd);
        head.value(bytes, at);
        endLine();
    }

    private void write(AsciiString text) {
        System.arraycopy(text.array(), text.arrayOffset(), bytes, at, text.length());
        at += text.length();
    }

    private void endLine() {
        bytes[at++] = '\r';
        bytes[at++] = '\n';
    }

    /** Makes room for as many bytes, and for two line ends. */
    private void reserve(int more) {
        int needed = at + more + 4;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, at == 0 ? expectedBytes : 2 * at));
        }
    }

    /** The block is over: the first fault of its list. */
    Defect end() {
        if (defect == Defect.NONE && leading) {
            defect = startLine();
        }
        if (defect.isMalformed()) {
            forget();
        }
        return defect;
    }

    /** The message that the pseudo fields are of. */
    PseudoFields.Kind kind() {
        return pseudo.kind();
    }

    /** The protocol that a CONNECT asks for (RFC 8441 §4); null without one. */
    @Nullable
    AsciiString protocol() {
        return pseudo.get(PseudoHeaderName.PROTOCOL);
    }

    /** Status code of an answer without faults. */
    int statusCode() {
        return (bytes[0] - '0') * 100 + (bytes[1] - '0') * 10 + bytes[2] - '0';
    }

    /** Whether {@link #take} gives a head with a start line. */
    boolean hasStartLine() {
        return at > 0;
    }

    /** Of an answer; also while it is incomplete or has faults. */
    @Override
    public @Nullable CharSequence status() {
        return pseudo.get(PseudoHeaderName.STATUS);
    }

    /** Makes the answer to a CONNECT with a protocol what it is in HTTP/1: 101 with Upgrade. */
    void switchTo(CharSequence protocol) {
        System.arraycopy(SWITCHING.array(), SWITCHING.arrayOffset(), bytes, 0, SWITCHING.length());
        line(UPGRADE, AsciiString.of(protocol));
    }

    /** The head, which this object forgets; up to its first fault. */
    Head take() {
        if (!cookie.isEmpty()) {
            cookieLine();
        }
        AsciiString protocol = protocol();
        if (protocol != null) {
            line(UPGRADE, protocol);
        }
        reserve(0);
        endLine();
        byte[] whole = bytes.length - at < WORTH_TRIMMING_BYTES ? bytes : Arrays.copyOf(bytes, at);
        expectedBytes = Math.min(at + SPARE_BYTES, MOST_EXPECTED_BYTES);
        Head complete = head.complete(whole, at);
        forget();
        return complete;
    }

    /** Keeps nothing of a list between two blocks. */
    private void forget() {
        bytes = EMPTY;
        head.forget();
        pseudo.clear();
        cookie.clear();
    }
}
