package io.offramp.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderWriter;
import io.offramp.proxy.net.proxyprotocol.ProxyVersion;
import io.offramp.proxy.net.proxyprotocol.Tlv;
import io.offramp.proxy.tls.Negotiated;
import java.util.ArrayList;
import java.util.List;

/** The PROXY header in front of a client's bytes. */
final class ProxyHeaders {
    private ProxyHeaders() {}

    /** Names the client of a connection; the caller owns the result. */
    static ByteBuf of(ProxyVersion version, Connection connection, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer();
        switch (version) {
            case V1 -> ProxyHeaderWriter.version1(connection.client(), connection.local(), out);
            case V2 -> ProxyHeaderWriter.version2(connection.client(), connection.local(), tlvs(connection), out);
        }
        return out;
    }

    private static List<Tlv> tlvs(Connection connection) {
        List<Tlv> tlvs = new ArrayList<>();
        tlvs.add(new Tlv(Tlv.Type.UNIQUE_ID, Long.toString(connection.id())));
        Negotiated tls = connection.tls();
        if (tls != null) {
            if (tls.protocol() != null) {
                tlvs.add(new Tlv(Tlv.Type.ALPN, tls.protocol()));
            }
            if (tls.serverName() != null) {
                tlvs.add(new Tlv(Tlv.Type.AUTHORITY, tls.serverName()));
            }
            List<Tlv> parts = List.of(
                    new Tlv(Tlv.Type.SSL_VERSION, "TLSv" + tls.version().label()),
                    new Tlv(Tlv.Type.SSL_CIPHER, tls.cipherSuite()));
            tlvs.add(Tlv.ssl(tls.client() != null, parts));
        }
        return tlvs;
    }
}
