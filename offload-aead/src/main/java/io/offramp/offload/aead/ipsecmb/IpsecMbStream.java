package io.offramp.offload.aead.ipsecmb;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.ffi.NativeStream;
import io.offramp.offload.key.AeadSuite;
import java.util.Objects;

/** A message in pieces by libIPSec_MB. */
abstract sealed class IpsecMbStream extends NativeStream {
    final KeyContext context;

    private IpsecMbStream(KeyContext context) {
        this.context = context;
    }

    @Override
    protected final void begin(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
        context.setNonce(nonceHead, nonceTail);
        context.start(context.aad(aad, aadIndex, aadBytes), aadBytes);
    }

    @Override
    protected final void crypt(long in, long out, int bytes) {
        context.update(in, out, bytes);
    }

    @Override
    protected final void requireOpen() {
        context.requireOpen();
    }

    /** Ends the message; its tag is at {@link KeyContext#tag()}. */
    final void end() {
        endMessage();
        context.finish(context.tag());
    }

    @Override
    public final void close() {
        context.close();
    }

    /** Seals in pieces. */
    static final class Seal extends IpsecMbStream implements SealStream {
        Seal(KeyContext context) {
            super(context);
        }

        @Override
        public void finish(ByteBuf out, int outIndex) {
            end();
            Objects.checkFromIndexSize(outIndex, AeadSuite.TAG_BYTES, out.capacity());
            context.readTag(out, outIndex);
        }
    }

    /** Opens in pieces: the tag is not known before the last. */
    static final class Open extends IpsecMbStream implements OpenStream {
        Open(KeyContext context) {
            super(context);
        }

        @Override
        public boolean finish(ByteBuf tag, int tagIndex) {
            end();
            return context.isTag(tag, tagIndex);
        }
    }
}
