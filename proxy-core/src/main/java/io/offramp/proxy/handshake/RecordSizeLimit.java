package io.offramp.proxy.handshake;

import io.offramp.offload.record.RecordFormat;
import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.TlsExtensionsUtils;

/**
 * The record_size_limit extension (RFC 8449): each side says how much it takes in a protected record. In TLS 1.3 the number counts
 * the content type and the padding as well, in TLS 1.2 the content alone.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the engine is older than generics
final class RecordSizeLimit {
    private static final int NOT_SENT = -1;

    /** What holds where a client asks for nothing. */
    static final RecordSizeLimit NONE = new RecordSizeLimit(NOT_SENT);

    private final int limit;

    private RecordSizeLimit(int limit) {
        this.limit = limit;
    }

    /**
     * What a ClientHello says.
     *
     * @throws org.bouncycastle.tls.TlsFatalAlert illegal_parameter under 64, decode_error if it is not a number. More than a record
     *     can hold is no error: "a server MUST NOT enforce this restriction" (RFC 8449 §4)
     */
    static RecordSizeLimit of(Hashtable clientExtensions) throws IOException {
        return new RecordSizeLimit(TlsExtensionsUtils.getRecordSizeLimitExtension(clientExtensions));
    }

    /** Most content of a record that we protect. */
    int contentBytes(boolean tls13) {
        return limit == NOT_SENT
                ? RecordFormat.MAX_PLAINTEXT_BYTES
                : Math.min(RecordFormat.MAX_PLAINTEXT_BYTES, limit - typeBytes(tls13));
    }

    /** Says that we take everything that the version allows, if the client has sent the extension. */
    void answer(Hashtable serverExtensions, boolean tls13) throws IOException {
        if (limit != NOT_SENT) {
            TlsExtensionsUtils.addRecordSizeLimitExtension(
                    serverExtensions, RecordFormat.MAX_PLAINTEXT_BYTES + typeBytes(tls13));
        }
    }

    private static int typeBytes(boolean tls13) {
        return tls13 ? RecordFormat.TLS_1_3.typeBytes() : 0;
    }
}
