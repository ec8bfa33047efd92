package io.offramp.offload.device.driver.queue;

import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.OffloadTarget;

/**
 * The headers of a connection's packets, both ways. They live as long as its channel: one session goes on where another
 * one was.
 *
 * @param flow the connection's addresses
 * @param outgoing of packets to the peer
 * @param incoming of packets from the peer
 */
public record FlowTemplates(FiveTuple flow, PacketTemplate outgoing, PacketTemplate incoming) {
    private static final AttributeKey<FlowTemplates> KEY = AttributeKey.valueOf(FlowTemplates.class, "flow");

    /**
     * Those of a connection, made if it has none. On its event loop.
     *
     * @throws IllegalArgumentException if the addresses are not resolved or not of one family
     */
    public static FlowTemplates of(OffloadTarget target) {
        Attribute<FlowTemplates> attribute = target.channel().attr(KEY);
        FlowTemplates known = attribute.get();
        if (known != null && known.flow.equals(target.flow())) {
            return known;
        }
        PacketTemplate outgoing =
                new PacketTemplate(target.flow().local(), target.flow().remote());
        PacketTemplate incoming =
                new PacketTemplate(target.flow().remote(), target.flow().local());
        outgoing.pair(incoming);
        FlowTemplates made = new FlowTemplates(target.flow(), outgoing, incoming);
        attribute.set(made);
        return made;
    }

    /** Has somebody watch the connection, for a capture. */
    public void watchedBy(FlowWatch watch) {
        outgoing.watchedBy(watch);
        incoming.watchedBy(watch);
    }
}
