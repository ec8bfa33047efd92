package io.offramp.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.offramp.offload.Splice;
import io.offramp.proxy.channel.SpliceListener;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sends straight from another socket: at most one splice, one message at a time. Confined to the event loop. */
final class SplicedOutput implements SplicePump.Output {
    private static final int WRITABILITY_INDEX = 2;

    /** The direction that seals spliced content. */
    interface Sealer {
        /** Whether records that are not counted before may be sent. */
        boolean maySplice();

        /** Begins to take content from a socket; null if the backend cannot. */
        @Nullable
        Splice begin(Channel source, Runnable readable);

        /** Seals what a splice has; returns bytes, or as {@link Splice#seal}. */
        int seal(Splice from, long maxBytes, ChannelPromise promise) throws IOException;

        void endBurst();
    }

    private final ChannelHandlerContext ctx;
    private final Sealer sealer;
    private final WritabilityHold hold;
    private @Nullable SplicePump pump;
    private @Nullable ChannelPromise underWay;

    SplicedOutput(ChannelHandlerContext ctx, Sealer sealer) {
        this.ctx = ctx;
        this.sealer = sealer;
        this.hold = new WritabilityHold(ctx.channel(), WRITABILITY_INDEX);
    }

    /** Begins to take content from another socket; null if that is impossible, or not possible now. */
    @Nullable
    SplicePump start(Channel source, long bytes, SpliceListener listener) {
        boolean may = pump == null && sealer.maySplice();
        sealer.endBurst();
        if (!may) {
            return null;
        }
        SplicePump next = new SplicePump(this, bytes, listener);
        Splice begun = sealer.begin(source, next::pump);
        if (begun == null) {
            return null;
        }
        next.start(begun);
        pump = next;
        return next;
    }

    /** Ends the current splice, if any. */
    void close() {
        if (pump != null) {
            pump.close();
        }
    }

    @Override
    public void onClosed(SplicePump closing) {
        if (pump == closing) {
            pump = null;
        }
    }

    @Override
    public boolean isUnderWay() {
        return underWay != null;
    }

    @Override
    public int seal(Splice from, long maxBytes) throws IOException {
        ChannelPromise promise = ctx.newPromise();
        int taken = sealer.seal(from, maxBytes, promise);
        if (taken > 0) {
            underWay = promise;
            promise.addListener(out -> onOut());
        }
        return taken;
    }

    private void onOut() {
        underWay = null;
        hold.set(false);
        if (pump != null) {
            pump.pump();
        }
    }

    @Override
    public void flush() {
        ctx.flush();
    }

    /** A client that has not taken spliced content holds up its upstream, and we wait for it. */
    @Override
    public void endBurst() {
        sealer.endBurst();
        hold.set(underWay != null);
    }

    @Override
    public void later(Runnable next) {
        ctx.executor().execute(next);
    }
}
