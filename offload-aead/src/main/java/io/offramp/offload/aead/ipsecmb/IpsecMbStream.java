package io.offramp.offload.aead.ipsecmb;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.ffi.NativeHeap;
import io.offramp.offload.aead.ffi.NativeMemory;
import io.offramp.offload.key.AeadSuite;
import java.util.Objects;

/** A message in pieces, in direct memory; other buffers are staged through it. */
abstract sealed class IpsecMbStream implements AutoCloseable {
    final KeyContext context;
    private boolean underWay;

    private IpsecMbStream(KeyContext context) {
        this.context = context;
    }

    public final void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
        underWay = false;
        context.setNonce(nonceHead, nonceTail);
        context.start(context.aad(aad, aadIndex, aadBytes), aadBytes);
        underWay = true;
    }

    public final void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
        requireUnderWay();
        underWay = false;
        Objects.checkFromIndexSize(inIndex, bytes, in.capacity());
        Objects.checkFromIndexSize(outIndex, bytes, out.capacity());
        if (in.hasMemoryAddress() && out.hasMemoryAddress()) {
            context.update(in.memoryAddress() + inIndex, out.memoryAddress() + outIndex, bytes);
        } else if (bytes > 0) {
            updateStaged(in, inIndex, bytes, out, outIndex);
        }
        underWay = true;
    }

    private void updateStaged(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
        long staging = NativeHeap.allocate(bytes);
        try {
            NativeMemory.putBytes(staging, in, inIndex, bytes);
            context.update(staging, staging, bytes);
            NativeMemory.getBytes(staging, out, outIndex, bytes);
        } finally {
            NativeHeap.free(staging, bytes);
        }
    }

    /** Ends the message; its tag is at {@link KeyContext#tag()}. */
    final void end() {
        requireUnderWay();
        underWay = false;
        context.finish(context.tag());
    }

    private void requireUnderWay() {
        context.requireOpen();
        if (!underWay) {
            throw new IllegalStateException("no message is under way");
        }
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
