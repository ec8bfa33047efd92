package io.offramp.proxy.handshake.crypto;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordFormat;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;

/**
 * Protects the records of one phase of a handshake, and counts them: the cipher of the last phase has what the handover
 * needs, keys and next sequence numbers. Not thread-safe.
 */
public final class TapCipher implements TlsCipher {
    /** Stands for the content of a record that was skipped. */
    public static final byte[] SKIPPED = new byte[0];

    private final TrafficKeys rx;
    private final TrafficKeys tx;
    private final boolean skipsEarlyData;
    private final RecordFormat format;
    private long rxNext;
    private long txNext;

    /**
     * Takes ownership of the keys.
     *
     * @param skipsEarlyData whether records that do not authenticate are 0-RTT data to be dropped, until one does (RFC
     *     8446 §4.2.10)
     */
    public TapCipher(TrafficKeys rx, TrafficKeys tx, boolean skipsEarlyData) {
        this.rx = rx;
        this.tx = tx;
        this.skipsEarlyData = skipsEarlyData;
        this.format = tx.format();
    }

    /** The peer's keys at its next record; ownership moves to the caller. */
    public TrafficKeys rxKeys() {
        return rx.copyAt(rxNext);
    }

    /** Our keys at our next record; ownership moves to the caller. */
    public TrafficKeys txKeys() {
        return tx.copyAt(txNext);
    }

    /** Wipes the keys. May be called more than once. */
    void destroy() {
        rx.destroy();
        tx.destroy();
    }

    @Override
    public TlsEncodeResult encodePlaintext(
            long seqNo,
            short contentType,
            ProtocolVersion recordVersion,
            int headroom,
            byte[] in,
            int offset,
            int length)
            throws IOException {
        int fragmentBytes = length + format.overheadBytes() - RecordFormat.HEADER_BYTES;
        byte[] out = new byte[headroom + fragmentBytes];
        boolean tls13 = format == RecordFormat.TLS_1_3;
        try {
            if (tls13) {
                byte[] inner = Arrays.copyOfRange(in, offset, offset + length + 1);
                inner[length] = (byte) contentType;
                byte[] aad = RecordProtection.aad13(
                        ContentType.application_data, recordVersion.getFullVersion(), fragmentBytes);
                RecordProtection.seal(tx, seqNo, aad, inner, 0, inner.length, out, headroom);
            } else {
                byte[] aad = RecordProtection.aad12(seqNo, contentType, recordVersion.getFullVersion(), length);
                if (format.explicitNonceBytes() > 0) {
                    RecordProtection.putLong(out, headroom, seqNo);
                }
                RecordProtection.seal(tx, seqNo, aad, in, offset, length, out, headroom + format.explicitNonceBytes());
            }
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
        txNext = seqNo + 1;
        return new TlsEncodeResult(out, 0, out.length, tls13 ? ContentType.application_data : contentType);
    }

    /** The first skipped record makes the engine's own counter wrong, so we keep ours. */
    @Override
    public TlsDecodeResult decodeCiphertext(
            long seqNo, short recordType, ProtocolVersion recordVersion, byte[] in, int offset, int length)
            throws IOException {
        if (length < format.minFragmentBytes()) {
            throw new TlsFatalAlert(AlertDescription.bad_record_mac, "record of " + length + " bytes");
        }
        try {
            TlsDecodeResult opened = format == RecordFormat.TLS_1_3
                    ? open13(recordType, recordVersion, in, offset, length)
                    : open12(recordType, recordVersion, in, offset, length);
            requireContent(opened);
            rxNext++;
            return opened;
        } catch (AEADBadTagException e) {
            if (skipsEarlyData && rxNext == 0) {
                return new TlsDecodeResult(SKIPPED, 0, 0, ContentType.application_data);
            }
            throw new TlsFatalAlert(AlertDescription.bad_record_mac, "record " + rxNext + " does not authenticate");
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    private TlsDecodeResult open13(short recordType, ProtocolVersion version, byte[] in, int offset, int length)
            throws GeneralSecurityException, IOException {
        byte[] aad = RecordProtection.aad13(recordType, version.getFullVersion(), length);
        byte[] inner = RecordProtection.open(rx, rxNext, aad, in, offset, length);
        if (inner.length > RecordFormat.MAX_PLAINTEXT_BYTES + 1) { // RFC 8446 §5.4
            throw new TlsFatalAlert(
                    AlertDescription.record_overflow, "record of " + inner.length + " bytes, padding included");
        }
        int end = inner.length;
        while (end > 0 && inner[end - 1] == 0) {
            end--;
        }
        if (end == 0) { // RFC 8446 §5.4
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "record without a content type");
        }
        return new TlsDecodeResult(inner, 0, end - 1, (short) (inner[end - 1] & 0xff));
    }

    /**
     * "Implementations MUST NOT send Handshake and Alert records that have a zero-length TLSInnerPlaintext.content"
     * (RFC 8446 §5.4).
     */
    private static void requireContent(TlsDecodeResult opened) throws TlsFatalAlert {
        if (opened.len == 0 && opened.contentType != ContentType.application_data) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, "empty record of type " + opened.contentType);
        }
    }

    private TlsDecodeResult open12(short recordType, ProtocolVersion version, byte[] in, int offset, int length)
            throws GeneralSecurityException {
        int explicit = format.explicitNonceBytes();
        int sealed = length - explicit;
        // RFC 5288 §3: the peer's choice of nonce need not be the sequence
        long nonceTail = explicit == 0 ? rxNext : RecordProtection.getLong(in, offset);
        byte[] aad = RecordProtection.aad12(rxNext, recordType, version.getFullVersion(), sealed - AeadSuite.TAG_BYTES);
        byte[] opened = RecordProtection.open(rx, nonceTail, aad, in, offset + explicit, sealed);
        return new TlsDecodeResult(opened, 0, opened.length, recordType);
    }

    @Override
    public int getCiphertextDecodeLimit(int plaintextLimit) {
        return plaintextLimit + format.maxFragmentBytes() - RecordFormat.MAX_PLAINTEXT_BYTES;
    }

    @Override
    public int getCiphertextEncodeLimit(int plaintextLimit) {
        return plaintextLimit + format.overheadBytes() - RecordFormat.HEADER_BYTES;
    }

    @Override
    public int getPlaintextDecodeLimit(int ciphertextLimit) {
        return ciphertextLimit - format.minFragmentBytes();
    }

    @Override
    public int getPlaintextEncodeLimit(int ciphertextLimit) {
        return ciphertextLimit - format.minFragmentBytes();
    }

    /** Key updates belong to the session, after the handover. */
    @Override
    public void rekeyDecoder() throws IOException {
        throw new TlsFatalAlert(AlertDescription.unexpected_message, "KeyUpdate inside the handshake");
    }

    @Override
    public void rekeyEncoder() throws IOException {
        throw new TlsFatalAlert(AlertDescription.internal_error);
    }

    @Override
    public boolean usesOpaqueRecordTypeDecode() {
        return format == RecordFormat.TLS_1_3;
    }

    @Override
    public boolean usesOpaqueRecordTypeEncode() {
        return format == RecordFormat.TLS_1_3;
    }
}
