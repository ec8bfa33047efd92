package io.offramp.proxy.handshake.engine;

import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * Reads the presentation language of RFC 8446 §3 from a message or a part of it. Malformed input is decode_error
 * (§6.2). Parts are read in place: only what the caller keeps is copied. Not thread-safe.
 */
final class HelloReader {
    private final String what;
    private final byte[] whole;
    private final int end;
    private int at;

    /**
     * Begins at the first byte.
     *
     * @param what is read, for the log
     * @param whole read, never changed
     */
    HelloReader(String what, byte[] whole) {
        this(what, whole, 0, whole.length);
    }

    private HelloReader(String what, byte[] whole, int begin, int end) {
        this.what = what;
        this.whole = whole;
        this.at = begin;
        this.end = end;
    }

    /** All bytes, read or not. */
    byte[] whole() {
        return whole;
    }

    boolean hasMore() {
        return at < end;
    }

    int uint8() throws TlsFatalAlert {
        return whole[skip(1)] & 0xff;
    }

    int uint16() throws TlsFatalAlert {
        int from = skip(2);
        return (whole[from] & 0xff) << 8 | whole[from + 1] & 0xff;
    }

    /** Passes over some bytes, and returns where they begin. */
    int skip(int count) throws TlsFatalAlert {
        if (end - at < count) {
            throw bad("ends too early");
        }
        at += count;
        return at - count;
    }

    /** Passes over a vector with a length of 8 bits, of at least this many bytes. */
    void skip8(int least) throws TlsFatalAlert {
        skip(atLeast(uint8(), least));
    }

    /** Passes over a vector with a length of 16 bits, of at least this many bytes, and returns its length. */
    int skip16(int least) throws TlsFatalAlert {
        int length = atLeast(uint16(), least);
        skip(length);
        return length;
    }

    byte[] bytes(int count) throws TlsFatalAlert {
        int from = skip(count);
        return Arrays.copyOfRange(whole, from, from + count);
    }

    /** A vector with a length of 8 bits, of at least this many bytes. */
    byte[] vector8(int least) throws TlsFatalAlert {
        return bytes(atLeast(uint8(), least));
    }

    /** A vector with a length of 16 bits, of at least this many bytes. */
    byte[] vector16(int least) throws TlsFatalAlert {
        return bytes(atLeast(uint16(), least));
    }

    /** The content of a vector with a length of 16 bits, of at least this many bytes. */
    HelloReader part16(String name, int least) throws TlsFatalAlert {
        return part(name, atLeast(uint16(), least));
    }

    /** The content, if this is one vector with a length of 8 bits. */
    HelloReader only8(int least) throws TlsFatalAlert {
        return only(atLeast(uint8(), least));
    }

    /** The content, if this is one vector with a length of 16 bits. */
    HelloReader only16(int least) throws TlsFatalAlert {
        return only(atLeast(uint16(), least));
    }

    /** The rest, as numbers of 16 bits. */
    int[] uint16s() throws TlsFatalAlert {
        requireUint16s();
        int[] numbers = new int[(end - at) / 2];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = uint16();
        }
        return numbers;
    }

    /** The rest must be numbers of 16 bits. */
    void requireUint16s() throws TlsFatalAlert {
        if ((end - at) % 2 != 0) {
            throw bad("half a number at the end");
        }
    }

    /** Nothing may follow. */
    void end() throws TlsFatalAlert {
        if (at < end) {
            throw bad(end - at + " bytes too many");
        }
    }

    private HelloReader only(int length) throws TlsFatalAlert {
        HelloReader content = part(what, length);
        end();
        return content;
    }

    private HelloReader part(String name, int length) throws TlsFatalAlert {
        int from = skip(length);
        return new HelloReader(name, whole, from, from + length);
    }

    private int atLeast(int length, int least) throws TlsFatalAlert {
        if (length < least) {
            throw bad("vector of " + length + " bytes, at least " + least);
        }
        return length;
    }

    private TlsFatalAlert bad(String why) {
        return new TlsFatalAlert(AlertDescription.decode_error, what + ": " + why);
    }
}
