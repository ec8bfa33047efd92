package io.offramp.proxy.handshake.engine;

import io.offramp.offload.record.RecordFormat;
import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.TlsExtensionsUtils;

/** How much content a client accepts in a record, according to its ClientHello. */
@SuppressWarnings({"rawtypes", "unchecked"}) // the engine is older than generics
sealed interface RecordSizeLimit {
    /** Most content of a record that we protect. */
    int contentBytes(boolean tls13);

    /** Most content of a record that is not protected. */
    int plaintextBytes();

    /** Says what has been agreed. */
    void answer(Hashtable serverExtensions, boolean tls13) throws IOException;

    /**
     * The limit that a checked ClientHello asks for. "A server that supports the record_size_limit extension MUST
     * ignore a max_fragment_length that appears in a ClientHello if both extensions appear" (RFC 8449 §5).
     */
    static RecordSizeLimit of(Hashtable clientExtensions) throws IOException {
        int limit = TlsExtensionsUtils.getRecordSizeLimitExtension(clientExtensions);
        if (limit >= 0) {
            return new Protected(limit);
        }
        short code = TlsExtensionsUtils.getMaxFragmentLengthExtension(clientExtensions);
        return code >= 0 ? new Fragment(code) : new None();
    }

    /** The client has asked for nothing. */
    record None() implements RecordSizeLimit {
        @Override
        public int contentBytes(boolean tls13) {
            return RecordFormat.MAX_PLAINTEXT_BYTES;
        }

        @Override
        public int plaintextBytes() {
            return RecordFormat.MAX_PLAINTEXT_BYTES;
        }

        @Override
        public void answer(Hashtable serverExtensions, boolean tls13) {}
    }

    /**
     * The record_size_limit extension (RFC 8449): each side states how much it accepts in a protected record. In TLS
     * 1.3 the number counts the content type and the padding as well, in TLS 1.2 the content alone. More than a record
     * can hold is not an error: "a server MUST NOT enforce this restriction" (§4).
     */
    record Protected(int limit) implements RecordSizeLimit {
        @Override
        public int contentBytes(boolean tls13) {
            return Math.min(RecordFormat.MAX_PLAINTEXT_BYTES, limit - typeBytes(tls13));
        }

        @Override
        public int plaintextBytes() {
            return RecordFormat.MAX_PLAINTEXT_BYTES;
        }

        /** Our own limit: all that the version allows. */
        @Override
        public void answer(Hashtable serverExtensions, boolean tls13) throws IOException {
            TlsExtensionsUtils.addRecordSizeLimitExtension(
                    serverExtensions, RecordFormat.MAX_PLAINTEXT_BYTES + typeBytes(tls13));
        }

        private static int typeBytes(boolean tls13) {
            return tls13 ? RecordFormat.TLS_1_3.typeBytes() : 0;
        }
    }

    /**
     * The max_fragment_length extension (RFC 6066 §4), of clients with little memory: content of all records, from then
     * on, both ways. In the handshake the engine holds the client to it; the session accepts more.
     *
     * @param code 1 to 4, for 512 to 4,096 bytes
     */
    record Fragment(short code) implements RecordSizeLimit {
        @Override
        public int contentBytes(boolean tls13) {
            return plaintextBytes();
        }

        @Override
        public int plaintextBytes() {
            return 1 << 8 + code;
        }

        /** "Clients MUST abort the handshake if the response differs from the length that was requested." */
        @Override
        public void answer(Hashtable serverExtensions, boolean tls13) throws IOException {
            TlsExtensionsUtils.addMaxFragmentLengthExtension(serverExtensions, code);
        }
    }
}
