package io.offramp.proxy.handshake.engine;

import java.nio.ByteBuffer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * Reads the presentation language of RFC 8446 §3 from a message or a part of it. Malformed input is decode_error
 * (§6.2). Not thread-safe.
 */
final class HelloReader {
    private final String what;
    private final byte[] whole;
    private final ByteBuffer in;

    /**
     * Begins at the first byte.
     *
     * @param what is read, for the log
     * @param whole read, never changed
     */
    HelloReader(String what, byte[] whole) {
        this.what = what;
        this.whole = whole;
        this.in = ByteBuffer.wrap(whole);
    }

    /** All bytes, read or not. */
    byte[] whole() {
        return whole;
    }

    boolean hasMore() {
        return in.hasRemaining();
    }

    int uint8() throws TlsFatalAlert {
        require(1);
        return in.get() & 0xff;
    }

    int uint16() throws TlsFatalAlert {
        require(2);
        return in.getShort() & 0xffff;
    }

    byte[] bytes(int count) throws TlsFatalAlert {
        require(count);
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }

    /** A vector with a length of 8 bits, of at least this many bytes. */
    byte[] vector8(int least) throws TlsFatalAlert {
        return vector(uint8(), least);
    }

    /** A vector with a length of 16 bits, of at least this many bytes. */
    byte[] vector16(int least) throws TlsFatalAlert {
        return vector(uint16(), least);
    }

    /** The content, if this is one vector with a length of 8 bits. */
    HelloReader only8(int least) throws TlsFatalAlert {
        return only(vector8(least));
    }

    /** The content, if this is one vector with a length of 16 bits. */
    HelloReader only16(int least) throws TlsFatalAlert {
        return only(vector16(least));
    }

    /** The rest, as numbers of 16 bits. */
    int[] uint16s() throws TlsFatalAlert {
        if (in.remaining() % 2 != 0) {
            throw bad("half a number at the end");
        }
        int[] numbers = new int[in.remaining() / 2];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = uint16();
        }
        return numbers;
    }

    /** Nothing may follow. */
    void end() throws TlsFatalAlert {
        if (in.hasRemaining()) {
            throw bad(in.remaining() + " bytes too many");
        }
    }

    private HelloReader only(byte[] vector) throws TlsFatalAlert {
        end();
        return new HelloReader(what, vector);
    }

    private byte[] vector(int length, int least) throws TlsFatalAlert {
        if (length < least) {
            throw bad("vector of " + length + " bytes, at least " + least);
        }
        return bytes(length);
    }

    private void require(int bytes) throws TlsFatalAlert {
        if (in.remaining() < bytes) {
            throw bad("ends too early");
        }
    }

    private TlsFatalAlert bad(String why) {
        return new TlsFatalAlert(AlertDescription.decode_error, what + ": " + why);
    }
}
