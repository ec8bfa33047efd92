package io.offramp.proxy.net.proxyprotocol;

import io.netty.buffer.ByteBuf;

/** Reads the header in front of a connection's own bytes. Guesses nothing: it has to be there. Pure functions. */
public final class ProxyHeaderReader {
    /** Longer headers are refused; nginx has the same limit. */
    public static final int MOST_BYTES = 4096;

    private ProxyHeaderReader() {}

    /** What the first bytes of a connection are. */
    public sealed interface Result {
        /** The beginning of a header. */
        record Incomplete() implements Result {}

        /**
         * A header.
         *
         * @param bytes its length; what follows belongs to the client
         */
        record Complete(ProxyHeader header, int bytes) implements Result {}

        /**
         * Something else: the connection has to be closed.
         *
         * @param why for the log
         */
        record Malformed(String why) implements Result {}
    }

    /** Looks at the readable bytes, which stay as they are. */
    public static Result read(ByteBuf in) {
        if (!in.isReadable()) {
            return new Result.Incomplete();
        }
        return in.getByte(in.readerIndex()) == '\r' ? Version2.read(in) : Version1.read(in);
    }

    /** Whether the bytes begin with this one, as far as there are any. */
    static boolean begins(ByteBuf in, byte[] with) {
        int length = Math.min(in.readableBytes(), with.length);
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != with[i]) {
                return false;
            }
        }
        return true;
    }

    static Result malformed(String why) {
        return new Result.Malformed(why);
    }
}
