package io.offramp.offload.device.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.device.capture.CapturedPacket.Side;
import io.offramp.offload.device.driver.queue.FlowTemplates;
import io.offramp.offload.device.driver.queue.FlowWatch;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.hardware.packet.LargeSend;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes down the part of a connection that does not cross the device's queues: the handshake, directions that the host
 * has, and records that it makes or opens in the device's place. Stands in front of all other handlers, at the socket.
 * The packets are those of the model's TCP: the host's kernel owns the real one. Confined to the event loop.
 */
final class ConnectionTap extends ChannelDuplexHandler implements FlowWatch {
    private static final String NOT_OFFLOADED = "not offloaded: past TIS and TIR, as it is";
    private static final byte[] SYN_OPTIONS = {2, 4, 0, 0, 1, 3, 3, 7};
    private static final int SYN_OFFSET = 0xa0;
    private static final int MOST_HELD = 64;

    /** Bytes that a session has made, in the order of their writes. */
    private record Made(int bytes, boolean isByDevice) {}

    private final Capture capture;
    private final PacketTemplate outgoing;
    private final PacketTemplate incoming;
    private final LargeSend headers = new LargeSend();
    private final ArrayDeque<Made> made = new ArrayDeque<>();
    // Readers want secrets before what they decrypt, and some are known only when the handshake is over.
    private @Nullable List<ByteBuf> held = new ArrayList<>();
    private Receiver receiver = Receiver.NONE;
    private int sent;
    private int received;
    private boolean hasPeerEnded;

    ConnectionTap(Capture capture, OffloadTarget connection) {
        this.capture = capture;
        FlowTemplates flow = FlowTemplates.of(connection);
        flow.watchedBy(this);
        outgoing = flow.outgoing();
        incoming = flow.incoming();
        sent = capture.settings().sequence();
        received = sent;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        addSyn(incoming, received, PacketHeader.SYN);
        incoming.arrived(received);
        addSyn(outgoing, sent, PacketHeader.SYN | PacketHeader.ACK);
        outgoing.arrived(sent);
        addEmpty(incoming, received, PacketHeader.ACK);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            onRead(bytes);
        }
        ctx.fireChannelRead(message);
    }

    private void onRead(ByteBuf wire) {
        int bytes = wire.readableBytes();
        if (receiver == Receiver.NONE) {
            incoming.next(received, bytes, 0);
            add(Side.HOST, incoming, wire, wire.readerIndex(), bytes, NOT_OFFLOADED);
        }
        if (receiver != Receiver.WIRE) {
            incoming.next(received, bytes, packets(incoming, bytes));
            add(Side.WIRE, incoming, wire, wire.readerIndex(), bytes, "");
            incoming.arrived(received + bytes);
        }
        received += bytes;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            onWrite(bytes);
        }
        ctx.write(message, promise);
    }

    private void onWrite(ByteBuf wire) {
        int at = wire.readerIndex();
        while (at < wire.writerIndex()) {
            int left = wire.writerIndex() - at;
            Made next = made.poll();
            int bytes = next == null ? left : Math.min(left, next.bytes);
            if (next != null && next.bytes > bytes) {
                made.addFirst(new Made(next.bytes - bytes, next.isByDevice));
            }
            if (next == null || !next.isByDevice) {
                outgoing.next(sent, bytes, packets(outgoing, bytes));
                add(Side.HOST, outgoing, wire, at, bytes, NOT_OFFLOADED);
                add(Side.WIRE, outgoing, wire, at, bytes, "");
                outgoing.arrived(sent + bytes);
            }
            sent += bytes;
            at += bytes;
        }
    }

    private int packets(PacketTemplate template, int bytes) {
        return Math.ceilDiv(bytes, template.mss(capture.settings().mtu().getAsInt()));
    }

    /** Cuts bytes into packets: as long as IP allows between driver and device, as the MTU has it on the wire. */
    private void add(Side side, PacketTemplate template, ByteBuf wire, int index, int bytes, String comment) {
        int most = side == Side.HOST
                ? PacketHeader.MAX_PAYLOAD_BYTES
                : template.mss(capture.settings().mtu().getAsInt());
        headers.start(template.header(), 0, template.headerBytes());
        for (int done = 0; done < bytes; done += most) {
            int part = Math.min(most, bytes - done);
            ByteBuf header = headers.next(wire, index + done, part, done + part == bytes);
            write(side, header, template.headerBytes(), wire, index + done, part, comment);
        }
    }

    /** The first packets of a connection have options of their own, and the number before the first byte's. */
    private void addSyn(PacketTemplate template, int first, int flags) {
        template.next(first - 1, 0, 1);
        int bytes = template.headerBytes();
        ByteBuf header = Unpooled.buffer(PacketHeader.MAX_BYTES);
        header.setBytes(0, template.header(), 0, bytes).setBytes(bytes, SYN_OPTIONS);
        header.setShort(bytes + 2, template.mss(capture.settings().mtu().getAsInt()) + 12);
        header.setByte(bytes - 32 + 12, SYN_OFFSET);
        PacketHeader.flags(header, 0, flags);
        addEmpty(header, bytes + SYN_OPTIONS.length);
    }

    private void addEmpty(PacketTemplate template, int sequence, int flags) {
        template.next(sequence, 0, 1);
        ByteBuf header = Unpooled.copiedBuffer(template.header());
        PacketHeader.flags(header, 0, flags);
        addEmpty(header, template.headerBytes());
    }

    private void addEmpty(ByteBuf header, int headerBytes) {
        headers.start(header, 0, headerBytes);
        ByteBuf whole = headers.next(Unpooled.EMPTY_BUFFER, 0, 0, true);
        write(Side.WIRE, whole, headerBytes, Unpooled.EMPTY_BUFFER, 0, 0, "");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            endPeer();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        endPeer();
        addEmpty(outgoing, sent, PacketHeader.FIN | PacketHeader.ACK);
        letGo();
        ctx.fireChannelInactive();
    }

    private void endPeer() {
        if (!hasPeerEnded) {
            hasPeerEnded = true;
            addEmpty(incoming, received, PacketHeader.FIN | PacketHeader.ACK);
            incoming.arrived(received + 1);
        }
    }

    @Override
    public void onSender() {
        letGo();
    }

    @Override
    public void onReceiver(Receiver newReceiver) {
        receiver = newReceiver;
        letGo();
    }

    /** Writes a packet, or holds it back while the secrets for it may not be known. */
    private void write(Side side, ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes, String text) {
        if (held == null) {
            capture.add(side, header, headerBytes, payload, index, bytes, text);
            return;
        }
        held.add(capture.encode(side, header, headerBytes, payload, index, bytes, text));
        if (held.size() == MOST_HELD) {
            letGo();
        }
    }

    private void letGo() {
        List<ByteBuf> packets = held;
        if (packets != null) {
            held = null;
            packets.forEach(capture::write);
        }
    }

    @Override
    public void onPassedBy(int sequence, ByteBuf wire, int index, int bytes) {
        incoming.next(sequence, bytes, 0);
        add(Side.HOST, incoming, wire, index, bytes, NOT_OFFLOADED);
    }

    @Override
    public void onMade(int bytes, boolean isByDevice) {
        made.add(new Made(bytes, isByDevice));
    }
}
