package io.offramp.offload.device.toe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.offload.device.thread.DeviceCpu;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A device's connection and the host's end of it, both on this thread: nothing happens on either side before its tasks
 * are run, so that a test decides which side goes first.
 */
final class ToeFixture {
    static final int LOW_MARK = 1000;
    static final int HIGH_MARK = 4000;

    final Socket socket = new Socket();
    final Front front = new Front();
    final EmbeddedChannel device = new EmbeddedChannel(socket);
    final Channel host;
    private final EmbeddedChannel hostLoop = new EmbeddedChannel();
    private final Toe toe = new Toe(1, new DeviceCpu());

    ToeFixture() {
        device.config().setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_MARK, HIGH_MARK));
        host = present(hostLoop.eventLoop(), front);
        run();
    }

    /** The host's end on another loop. */
    Channel present(EventLoop loop, Front acceptor) {
        return toe.present(device.pipeline(), socket::endOutput, loop, acceptor);
    }

    /** Something comes from the client, in one read burst. */
    void receive(String... texts) {
        for (String text : texts) {
            device.pipeline().fireChannelRead(buffer(text));
        }
        device.pipeline().fireChannelReadComplete();
    }

    void runHost() {
        hostLoop.runPendingTasks();
    }

    void runDevice() {
        device.runPendingTasks();
    }

    /** Both sides, until nothing is left to do. */
    void run() {
        for (int i = 0; i < 5; i++) {
            runHost();
            runDevice();
        }
    }

    void close() {
        host.close();
        run();
        socket.open(true);
        device.close();
        run();
        device.finishAndReleaseAll();
        toe.stop();
    }

    static ByteBuf buffer(String text) {
        return Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The device's socket, which takes what is written at once, or when the test says so; notes what happens to it. */
    static final class Socket extends ChannelOutboundHandlerAdapter {
        final List<String> taken = new ArrayList<>();
        private final ArrayDeque<Runnable> held = new ArrayDeque<>();

        @SuppressWarnings("NullAway.Init") // set by handlerAdded
        private ChannelHandlerContext ctx;

        private boolean open = true;

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            ctx = context;
        }

        /** Takes what it held back, and holds back what follows unless open. */
        void open(boolean now) {
            open = now;
            while (!held.isEmpty()) {
                held.poll().run();
            }
        }

        ChannelFuture endOutput() {
            ChannelPromise promise = ctx.newPromise();
            pass(() -> {
                taken.add("end");
                promise.setSuccess();
            });
            return promise;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ByteBuf plaintext = (ByteBuf) message;
            pass(() -> {
                taken.add(plaintext.toString(StandardCharsets.US_ASCII));
                plaintext.release();
                promise.trySuccess();
            });
        }

        @Override
        public void close(ChannelHandlerContext context, ChannelPromise promise) {
            pass(() -> {
                taken.add("close");
                context.close(promise);
            });
        }

        private void pass(Runnable action) {
            if (open) {
                action.run();
            } else {
                held.add(action);
            }
        }
    }

    /** What the host's handlers see. */
    static final class Front extends ChannelInboundHandlerAdapter {
        final List<String> seen = new ArrayList<>();
        int bursts;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            seen.add("active");
            context.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf plaintext = (ByteBuf) message;
            seen.add(plaintext.toString(StandardCharsets.US_ASCII));
            plaintext.release();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            bursts++;
            context.fireChannelReadComplete();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            seen.add(event == ChannelInputShutdownEvent.INSTANCE ? "end" : event.toString());
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            seen.add(context.channel().isWritable() ? "writable" : "unwritable");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            seen.add(cause.getMessage());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            seen.add("inactive");
            context.fireChannelInactive();
        }
    }
}
