package io.offramp.proxy.upstream.transport;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** Closes a secured channel whose server has ended its stream, as the transport would: for handlers in its place. */
@Sharable
final class EndOfInput extends ChannelInboundHandlerAdapter {
    static final EndOfInput INSTANCE = new EndOfInput();

    private EndOfInput() {}

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.channel().close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }
}
