package io.offramp.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.connection.Connection;
import java.util.function.Consumer;

/** The client's end of its connection to the proxy: what it sends and gets, as bytes of the wire. One thread. */
interface ClientWire extends AutoCloseable {
    /** Builds the proxy's pipeline of this connection, in which {@code front} finds the client's plaintext. */
    void install(EmbeddedChannel channel, Connection connection, Consumer<ChannelPipeline> front);

    /** Writes the bytes in which the client sends this plaintext. No index of {@code plaintext} moves. */
    void send(ByteBuf plaintext, ByteBuf wire);

    /** The plaintext of what the client got first on the connection. Called at most once. */
    byte[] received(ByteBuf wire);

    @Override
    void close();
}
