package io.offramp.proxy.net.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A type, a length and a value behind the addresses of version 2 (§2.2.1 to §2.2.6).
 *
 * @param type of {@link Type}
 * @param value not to be changed
 */
public record Tlv(int type, byte[] value) {
    /** Types that we write. */
    public static final class Type {
        /** The protocol that was negotiated inside TLS. */
        public static final int ALPN = 0x01;
        /** The client's server name. */
        public static final int AUTHORITY = 0x02;
        /** Names the connection in logs, up to 128 bytes. */
        public static final int UNIQUE_ID = 0x05;
        /** Properties of the client's TLS, with TLVs of their own. */
        public static final int SSL = 0x20;
        /** Inside SSL: {@code TLSv1.3}. */
        public static final int SSL_VERSION = 0x21;
        /** Inside SSL: the common name of the client's certificate. */
        public static final int SSL_CN = 0x22;
        /** Inside SSL: the cipher's name. */
        public static final int SSL_CIPHER = 0x23;

        private Type() {}
    }

    /** With a text. */
    public Tlv(int type, String text) {
        this(type, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The one about TLS.
     *
     * @param certificate whether the client has shown one, which was verified
     * @param parts its TLVs
     */
    public static Tlv ssl(boolean certificate, List<Tlv> parts) {
        ByteBuf value = Unpooled.buffer();
        value.writeByte(certificate ? 0x01 | 0x02 | 0x04 : 0x01); // TLS; a certificate in this connection and session
        value.writeInt(certificate ? 0 : 1); // 0: verified
        parts.forEach(part -> part.write(value));
        byte[] bytes = new byte[value.readableBytes()];
        value.readBytes(bytes);
        return new Tlv(Type.SSL, bytes);
    }

    void write(ByteBuf out) {
        out.writeByte(type).writeShort(value.length).writeBytes(value);
    }
}
