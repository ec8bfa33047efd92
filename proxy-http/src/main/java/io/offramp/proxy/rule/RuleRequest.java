package io.offramp.proxy.rule;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.upstream.pool.UpstreamLoop;

/**
 * A request as its rules see it. Confined to the event loop.
 *
 * @param head as it came; its fields must not have been dropped
 * @param route the way in which its route has matched
 * @param client what is known of the client
 * @param connection the client's
 * @param servers of the event loop, for rules that ask one
 * @param allocator of the client's channel
 * @param edits its changes so far
 */
public record RuleRequest(
        RequestHead head,
        RouteMatch route,
        ClientFields client,
        Connection connection,
        UpstreamLoop servers,
        ByteBufAllocator allocator,
        RequestEdits edits) {
    /** That of client and servers. */
    public EventLoop eventLoop() {
        return servers.eventLoop();
    }
}
