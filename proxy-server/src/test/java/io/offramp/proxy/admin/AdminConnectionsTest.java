package io.offramp.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdminConnectionsTest {
    private static final long FIRST_MS = 1_000;
    private static final long NEXT_MS = 5_000;

    private final AdminConnections connections = new AdminConnections(2, FIRST_MS, NEXT_MS);

    @Test
    void shouldCloseWhoeverAsksForNothing() {
        EmbeddedChannel silent = connect();

        pass(silent, FIRST_MS / 2);
        assertThat(silent.isOpen()).isTrue();
        pass(silent, FIRST_MS / 2);
        assertThat(silent.isOpen()).isFalse();
    }

    @Test
    void shouldLeaveTimeForAnAnswerAndThenForTheNextRequest() {
        EmbeddedChannel client = connect();

        ask(client);
        pass(client, 10 * NEXT_MS);
        assertThat(client.isOpen()).as("the answer takes its time").isTrue();

        answer(client);
        pass(client, NEXT_MS - 1);
        assertThat(client.isOpen()).isTrue();
        pass(client, 1);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldCountAnswersThatAreOwed() {
        EmbeddedChannel client = connect();

        ask(client);
        ask(client);
        answer(client);
        pass(client, 10 * NEXT_MS);
        assertThat(client.isOpen()).isTrue();
        answer(client);
        pass(client, NEXT_MS);
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldPassARequestOnWhenTheAnswerBeforeIsOut() {
        EmbeddedChannel client = connect();
        FullHttpRequest second = request();
        client.writeInbound(request(), second, request());

        assertThat(client.inboundMessages()).hasSize(1);
        answer(client);
        assertThat(client.inboundMessages()).hasSize(2).last().isSameAs(second);

        client.releaseInbound();
        assertThat(client.close().isSuccess()).isTrue();
        assertThat(second.refCnt()).isZero();
    }

    @Test
    void shouldMakeRoomByWhoHasWaitedLongest() {
        EmbeddedChannel first = connect();
        EmbeddedChannel second = connect();
        ask(first);
        answer(first);

        EmbeddedChannel third = connect();
        assertThat(second.isOpen()).as("the first has begun to wait anew").isFalse();
        assertThat(first.isOpen()).isTrue();
        assertThat(third.isOpen()).isTrue();
    }

    @Test
    void shouldTurnAwayWhoeverComesWhileAllAreBeingAnswered() {
        EmbeddedChannel first = connect();
        EmbeddedChannel second = connect();
        ask(first);
        ask(second);

        assertThat(connect().isOpen()).isFalse();
        assertThat(first.isOpen()).isTrue();
        assertThat(second.isOpen()).isTrue();

        first.close();
        assertThat(connect().isOpen()).as("there is room again").isTrue();
    }

    private EmbeddedChannel connect() {
        EmbeddedChannel channel = new EmbeddedChannel(false, false, connections.guard());
        try {
            channel.register();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        channel.freezeTime();
        return channel;
    }

    private static void ask(EmbeddedChannel channel) {
        channel.writeInbound(request());
        ReferenceCountUtil.release(channel.readInbound());
    }

    private static FullHttpRequest request() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    }

    private static void answer(EmbeddedChannel channel) {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        ReferenceCountUtil.release(channel.readOutbound());
    }

    private static void pass(EmbeddedChannel channel, long ms) {
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }
}
