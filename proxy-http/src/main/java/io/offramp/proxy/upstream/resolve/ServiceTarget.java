package io.offramp.proxy.upstream.resolve;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.offramp.proxy.net.HostPort;
import org.jspecify.annotations.Nullable;

/**
 * A server of a service (RFC 2782).
 *
 * @param priority those with the lowest one come first
 * @param weight its share among servers of the same priority; 0 for a small one
 */
public record ServiceTarget(HostPort address, int priority, int weight) {
    /**
     * Reads the data of an SRV record.
     *
     * @param data priority, weight, port and name, in the whole message because a name may point into it; read only
     * @return null for the root, which says that there is no such service
     * @throws RuntimeException if it is malformed, or its name is none of a host
     */
    static @Nullable ServiceTarget read(ByteBuf data) {
        ByteBuf in = data.duplicate();
        int priority = in.readUnsignedShort();
        int weight = in.readUnsignedShort();
        int port = in.readUnsignedShort();
        String name = DefaultDnsRecordDecoder.decodeName(in);
        if (name.equals(".")) {
            return null;
        }
        String host = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return new ServiceTarget(HostPort.parse(host + ":" + port), priority, weight);
    }
}
