package io.offramp.offload.device;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;
import java.util.Arrays;

/** A real engine with a test between it and its users: each key that is set up has a {@link Watch}. */
abstract class WatchedEngine implements AeadEngine {
    /** Hears of the work with one key. Does nothing unless overridden. */
    interface Watch {
        /** A whole record is about to be sealed. */
        default void beforeSeal() {}

        /** A message begins that is sealed, whole or in pieces. */
        default void onMessage(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {}

        /** A piece is about to be sealed. */
        default void beforePiece() {}

        /** Plaintext of the message that began last, trailer included. */
        default void onPlaintext(byte[] plaintext) {}

        /** A whole record is about to be opened; false to call it a forgery. */
        default boolean mayOpen() {
            return true;
        }

        /** A message begins that is opened in pieces. */
        default void onOpenStream() {}

        /** The key is closed, for the first time. */
        default void onClose() {}
    }

    private final AeadEngine real;

    WatchedEngine(AeadEngine real) {
        this.real = real;
    }

    /** Makes the watch of a key. */
    abstract Watch watch(byte[] key);

    @Override
    public final String name() {
        return real.name();
    }

    @Override
    public final Availability availability() {
        return real.availability();
    }

    @Override
    public final boolean supports(AeadSuite suite) {
        return real.supports(suite);
    }

    @Override
    public final Sealer sealer(AeadSuite suite, byte[] key) {
        return new WatchedSealer(real.sealer(suite, key), watch(key));
    }

    @Override
    public final Opener opener(AeadSuite suite, byte[] key) {
        return new WatchedOpener(real.opener(suite, key), watch(key));
    }

    @Override
    public final SealStream sealStream(AeadSuite suite, byte[] key) {
        return new WatchedSealStream(real.sealStream(suite, key), watch(key));
    }

    @Override
    public final OpenStream openStream(AeadSuite suite, byte[] key) {
        return new WatchedOpenStream(real.openStream(suite, key), watch(key));
    }

    private abstract static class Watched {
        final Watch watch;
        private boolean isOpen = true;

        Watched(Watch watch) {
            this.watch = watch;
        }

        final void closeWatch() {
            if (isOpen) {
                isOpen = false;
                watch.onClose();
            }
        }
    }

    private static final class WatchedSealer extends Watched implements Sealer {
        private final Sealer real;

        WatchedSealer(Sealer real, Watch watch) {
            super(watch);
            this.real = real;
        }

        @Override
        public int seal(
                int nonceHead,
                long nonceTail,
                ByteBuf aad,
                int aadIndex,
                int aadBytes,
                ByteBuf in,
                int inIndex,
                int bytes,
                int trailer,
                ByteBuf out,
                int outIndex) {
            watch.beforeSeal();
            watch.onMessage(nonceHead, nonceTail, aad, aadIndex, aadBytes);
            byte[] content = ByteBufUtil.getBytes(in, inIndex, bytes);
            if (trailer != NO_TRAILER) {
                content = Arrays.copyOf(content, bytes + 1);
                content[bytes] = (byte) trailer;
            }
            watch.onPlaintext(content);
            return real.seal(nonceHead, nonceTail, aad, aadIndex, aadBytes, in, inIndex, bytes, trailer, out, outIndex);
        }

        @Override
        public void close() {
            closeWatch();
            real.close();
        }
    }

    private static final class WatchedOpener extends Watched implements Opener {
        private final Opener real;

        WatchedOpener(Opener real, Watch watch) {
            super(watch);
            this.real = real;
        }

        @Override
        public boolean open(
                int nonceHead,
                long nonceTail,
                ByteBuf aad,
                int aadIndex,
                int aadBytes,
                ByteBuf in,
                int inIndex,
                int bytes,
                ByteBuf out,
                int outIndex) {
            return watch.mayOpen()
                    && real.open(nonceHead, nonceTail, aad, aadIndex, aadBytes, in, inIndex, bytes, out, outIndex);
        }

        @Override
        public void close() {
            closeWatch();
            real.close();
        }
    }

    private static final class WatchedSealStream extends Watched implements SealStream {
        private final SealStream real;

        WatchedSealStream(SealStream real, Watch watch) {
            super(watch);
            this.real = real;
        }

        @Override
        public void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
            watch.onMessage(nonceHead, nonceTail, aad, aadIndex, aadBytes);
            real.start(nonceHead, nonceTail, aad, aadIndex, aadBytes);
        }

        @Override
        public void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
            watch.beforePiece();
            watch.onPlaintext(ByteBufUtil.getBytes(in, inIndex, bytes));
            real.update(in, inIndex, bytes, out, outIndex);
        }

        @Override
        public void finish(ByteBuf out, int outIndex) {
            real.finish(out, outIndex);
        }

        @Override
        public void close() {
            closeWatch();
            real.close();
        }
    }

    private static final class WatchedOpenStream extends Watched implements OpenStream {
        private final OpenStream real;

        WatchedOpenStream(OpenStream real, Watch watch) {
            super(watch);
            this.real = real;
        }

        @Override
        public void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
            watch.onOpenStream();
            real.start(nonceHead, nonceTail, aad, aadIndex, aadBytes);
        }

        @Override
        public void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
            real.update(in, inIndex, bytes, out, outIndex);
        }

        @Override
        public boolean finish(ByteBuf tag, int tagIndex) {
            return real.finish(tag, tagIndex);
        }

        @Override
        public void close() {
            closeWatch();
            real.close();
        }
    }
}
