package io.offramp.app.demo;

import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;

/** Answers after a while. */
final class DelayAnswer implements Answer {
    private final ChannelHandlerContext ctx;
    private final Reply reply;
    private final long delayMs;
    private final Runnable onComplete;
    private boolean complete;

    /** @param onComplete called once the answer has been written */
    DelayAnswer(ChannelHandlerContext ctx, Reply reply, long delayMs, Runnable onComplete) {
        this.ctx = ctx;
        this.reply = reply;
        this.delayMs = delayMs;
        this.onComplete = onComplete;
    }

    @Override
    public void onEnd() {
        ctx.executor().schedule(this::answer, delayMs, TimeUnit.MILLISECONDS);
    }

    private void answer() {
        if (ctx.channel().isActive()) {
            reply.text(200, "after " + delayMs + " ms\n");
            complete = true;
            onComplete.run();
        }
    }

    @Override
    public boolean isComplete() {
        return complete;
    }
}
