package io.offramp.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.channel.Abort;
import io.offramp.proxy.channel.HalfClose;
import io.offramp.proxy.channel.LastWrites;
import io.offramp.proxy.channel.ReadGate;
import io.offramp.proxy.channel.ReadGate.Holder;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.tunnel.TunnelEnd;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a tunnel that has a channel to itself.
 *
 * @param ctx of the handler that writes
 * @param burst what that handler writes
 */
public record ClientEnd(ChannelHandlerContext ctx, WriteBurst burst, ReadGate gate) implements TunnelEnd {
    @Override
    public void write(ByteBuf bytes) {
        burst.write(bytes);
    }

    @Override
    public void flush() {
        burst.flush();
    }

    @Override
    public boolean isWritable() {
        return ctx.channel().isWritable();
    }

    @Override
    public void read(boolean on) {
        gate.hold(Holder.TUNNEL, !on);
    }

    @Override
    public void shutdownOutput() {
        burst.flush();
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> HalfClose.write(ctx.channel()));
    }

    @Override
    public void whenWritten(Runnable task) {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> task.run());
    }

    @Override
    public void endBehindWrites(boolean cut, long limitNs) {
        burst.pass();
        LastWrites.end(ctx, cut, limitNs);
    }

    @Override
    public void close() {
        ctx.close();
    }

    @Override
    public void reset() {
        Abort.close(ctx.channel());
    }

    @Override
    public @Nullable SpliceTarget spliceTarget() {
        return Splicing.target(ctx.channel());
    }
}
