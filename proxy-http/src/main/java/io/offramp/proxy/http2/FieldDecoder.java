package io.offramp.proxy.http2;

import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.offramp.proxy.message.HeadLimits;

/**
 * Netty's HPACK decoder, which here fills a {@link ReceivedFields} and finds no fault with its fields: a fault found
 * while it decodes would be known before its stream is, and DATA behind it would end the connection. Announces the
 * limit of lists, but does not enforce it: {@link ReceivedFields} does. Encoded blocks above it are a connection error.
 *
 * <p>One per connection; confined to its event loop.
 */
public final class FieldDecoder extends DefaultHttp2HeadersDecoder {
    private final ReceivedFields fields;
    private final long listLimit;

    /** @param limits of heads and trailers */
    public FieldDecoder(HeadLimits limits) {
        super(false, Http2CodecUtil.MAX_HEADER_LIST_SIZE);
        fields = new ReceivedFields(limits);
        listLimit = limits.headBytes();
    }

    /** What the last block was decoded into, valid until the next one. The codec passes it on as well. */
    public ReceivedFields fields() {
        return fields;
    }

    @Override
    protected Http2Headers newHeaders() {
        fields.begin();
        return fields;
    }

    /** The codec repeats what it has announced. */
    @Override
    public void maxHeaderListSize(long max, long goAwayMax) throws Http2Exception {
        super.maxHeaderListSize(Http2CodecUtil.MAX_HEADER_LIST_SIZE, Http2CodecUtil.MAX_HEADER_LIST_SIZE);
    }

    @Override
    public long maxHeaderListSize() {
        return listLimit;
    }

    @Override
    public long maxHeaderListSizeGoAway() {
        return Http2CodecUtil.calculateMaxHeaderListSizeGoAway(listLimit);
    }
}
