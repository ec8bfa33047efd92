package io.offramp.app.demo;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Answers one request after the other, even if the client has sent several ahead. Stops reading while an answer is
 * under way or the client does not read; a {@code FlowControlHandler} in front holds the messages decoded until then.
 */
final class DemoHandler extends ChannelInboundHandlerAdapter {
    private final @Nullable Path files;
    private @Nullable Answer answer;
    private boolean reading;

    /** @param files directory of {@code /files}, null for none */
    DemoHandler(@Nullable Path files) {
        this.files = files;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request && DemoSocket.isFor(request)) {
            DemoSocket.upgrade(ctx, this, request);
            return;
        }
        reading = true;
        try {
            if (message instanceof HttpRequest request) {
                begin(ctx, request);
            }
            if (message instanceof HttpContent content) {
                go(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
        settle(ctx);
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            HttpUtil.setKeepAlive(request, false);
            new Reply(ctx, request).text(400, "not an HTTP request\n");
            return;
        }
        if (HttpUtil.is100ContinueExpected(request)) {
            Reply.goOn(ctx);
        }
        answer = DemoPages.answer(ctx, request, files, () -> {
            settle(ctx);
            ctx.flush();
        });
    }

    private void go(ChannelHandlerContext ctx, HttpContent content) {
        Answer current = answer;
        if (current == null) {
            return;
        }
        if (content.decoderResult().isFailure()) {
            ctx.close();
            return;
        }
        current.onContent(content.content());
        if (content instanceof LastHttpContent) {
            reading = false;
            current.onEnd();
        }
    }

    /** Decides whether the next message may come. Asks twice, because a flush may have let the answer finish. */
    private void settle(ChannelHandlerContext ctx) {
        if (holds(ctx)) {
            ctx.flush();
        }
        ctx.channel().config().setAutoRead(!holds(ctx));
    }

    private boolean holds(ChannelHandlerContext ctx) {
        if (answer != null && !reading && answer.isComplete()) {
            answer = null;
        }
        return answer != null && !reading || !ctx.channel().isWritable();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // When the channel becomes unwritable, the writer settles after its write: here it may be in the middle of a
        // chunk.
        if (ctx.channel().isWritable()) {
            if (answer != null && !reading) {
                answer.onWritable();
            }
            settle(ctx);
            ctx.flush();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
