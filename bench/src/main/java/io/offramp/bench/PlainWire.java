package io.offramp.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.connection.Connection;
import java.util.function.Consumer;

/** A client without TLS. */
final class PlainWire implements ClientWire {
    @Override
    public void install(EmbeddedChannel channel, Connection connection, Consumer<ChannelPipeline> front) {
        front.accept(channel.pipeline());
    }

    @Override
    public void send(ByteBuf plaintext, ByteBuf wire) {
        wire.writeBytes(plaintext, plaintext.readerIndex(), plaintext.readableBytes());
    }

    @Override
    public byte[] received(ByteBuf wire) {
        return ByteBufUtil.getBytes(wire);
    }

    @Override
    public void close() {}
}
