package io.offramp.offload.ktls;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;
import java.io.IOException;

/**
 * Content of one type on its way into the kernel, which makes the records. The kernel cuts application data every
 * 16,384 bytes; shorter records, and those of other types, are a call each.
 */
final class RecordsWrite extends SocketWrite {
    private final KtlsTxSession session;
    private final ContentType type;
    private final ByteBuf content;
    private final int callBytes;
    private final int records;
    private boolean isRegular = true;

    /**
     * @param content direct, in one piece; ownership moves here
     * @param records that it is to make
     */
    RecordsWrite(KtlsTxSession session, ContentType type, ByteBuf content, int maxPlaintextBytes, int records) {
        super(content.readableBytes());
        this.session = session;
        this.type = type;
        this.content = content;
        this.records = records;
        boolean kernelCuts =
                type == ContentType.APPLICATION_DATA && maxPlaintextBytes == RecordFormat.MAX_PLAINTEXT_BYTES;
        this.callBytes = kernelCuts ? content.readableBytes() : maxPlaintextBytes;
    }

    @Override
    int advance(int from) throws IOException {
        int bytes = content.readableBytes();
        int at = from;
        while (at < bytes) {
            int asked = Math.min(bytes - at, callBytes);
            int sent = session.send(type, content, content.readerIndex() + at, asked);
            if (sent == 0) {
                return at - from;
            }
            // A partial write ends at the end of a record.
            isRegular &= sent == asked || sent % RecordFormat.MAX_PLAINTEXT_BYTES == 0;
            at += sent;
        }
        session.onSent(records, bytes, isRegular);
        return at - from;
    }

    @Override
    protected void deallocate() {
        content.release();
        session.onWritten();
    }
}
