package io.offramp.proxy.warmup;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLSocket;

/**
 * A client's connection of HTTP/2 (RFC 9113), with as many streams as asked for. Its own windows are so large that it
 * never gives credit.
 */
final class Http2Client implements LoadClient {
    private static final int BUFFER_BYTES = 1 << 15;
    private static final int MAX_WINDOW = Integer.MAX_VALUE;

    private final SSLSocket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final ByteBuf written = Unpooled.buffer();
    private final ByteBuf block = Unpooled.buffer();

    /** Status by stream that is open. */
    private final Map<Integer, Integer> statuses = new HashMap<>();

    private int lastStream = -1;
    private int firstWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
    private long connectionWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
    /** Of the stream that sends a body. */
    private long streamWindow;

    /**
     * Sends the preface.
     *
     * @param socket owned by this
     */
    Http2Client(SSLSocket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        out = socket.getOutputStream();
        written.writeBytes(Http2CodecUtil.connectionPrefaceBuf());
        frame(Http2CodecUtil.SETTING_ENTRY_LENGTH, Http2FrameTypes.SETTINGS, 0, 0);
        written.writeShort(Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE).writeInt(MAX_WINDOW);
        frame(Integer.BYTES, Http2FrameTypes.WINDOW_UPDATE, 0, 0);
        written.writeInt(MAX_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
        flush();
    }

    @Override
    public void get(int bytes) throws IOException {
        request("GET", "/bytes/" + bytes, 0);
        flush();
    }

    @Override
    public void put(int bytes) throws IOException {
        request("PUT", "/sha256", bytes);
        streamWindow = firstWindow;
        for (int left = bytes; left > 0; ) {
            int most = Math.min(left, Http2CodecUtil.DEFAULT_MAX_FRAME_SIZE);
            int part = (int) Math.min(most, Math.min(connectionWindow, streamWindow));
            if (part <= 0) {
                flush();
                readFrame();
                continue;
            }
            left -= part;
            connectionWindow -= part;
            streamWindow -= part;
            frame(part, Http2FrameTypes.DATA, left == 0 ? Http2Flags.END_STREAM : 0, lastStream);
            written.writeZero(part);
        }
        flush();
    }

    private void request(String method, String path, int bodyBytes) throws IOException {
        lastStream += 2;
        statuses.put(lastStream, 0);
        Http2Headers head = new DefaultHttp2Headers()
                .method(method)
                .scheme("https")
                .authority("localhost")
                .path(path)
                .add("user-agent", "warm-up")
                .add("accept", "*/*");
        if (bodyBytes > 0) {
            head.addInt("content-length", bodyBytes);
        }
        try {
            encoder.encodeHeaders(lastStream, head, block.clear());
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        int flags = Http2Flags.END_HEADERS | (bodyBytes == 0 ? Http2Flags.END_STREAM : 0);
        frame(block.readableBytes(), Http2FrameTypes.HEADERS, flags, lastStream);
        written.writeBytes(block);
    }

    @Override
    public int status() throws IOException {
        int status;
        do {
            status = readFrame();
        } while (status == 0);
        return status;
    }

    /** The status of the stream that the frame ends; 0 if it ends none. */
    private int readFrame() throws IOException {
        int head = in.readInt();
        int length = head >>> Byte.SIZE;
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        switch ((byte) head) {
            case Http2FrameTypes.DATA -> in.skipNBytes(length);
            case Http2FrameTypes.HEADERS -> statuses.replace(stream, readStatus(length, flags, stream));
            case Http2FrameTypes.SETTINGS -> onSettings(length, flags);
            case Http2FrameTypes.WINDOW_UPDATE -> onCredit(in.readInt(), stream);
            case Http2FrameTypes.RST_STREAM, Http2FrameTypes.GO_AWAY ->
                throw new IOException("the proxy ended stream " + stream + ", or the connection");
            default -> in.skipNBytes(length);
        }
        boolean mayEnd = (byte) head == Http2FrameTypes.DATA || (byte) head == Http2FrameTypes.HEADERS;
        if (!mayEnd || (flags & Http2Flags.END_STREAM) == 0) {
            return 0;
        }
        Integer status = statuses.remove(stream);
        return status == null ? 0 : status;
    }

    private int readStatus(int length, int flags, int stream) throws IOException {
        if ((flags & Http2Flags.END_HEADERS) == 0) {
            throw new IOException("the head of an answer that takes several frames");
        }
        block.clear().writeBytes(in, length);
        try {
            CharSequence status = decoder.decodeHeaders(stream, block).status();
            return status == null ? statuses.getOrDefault(stream, 0) : Integer.parseInt(status.toString());
        } catch (Http2Exception | NumberFormatException e) {
            throw new IOException(e);
        }
    }

    private void onSettings(int length, int flags) throws IOException {
        for (int i = 0; i < length; i += Http2CodecUtil.SETTING_ENTRY_LENGTH) {
            int id = in.readUnsignedShort();
            int value = in.readInt();
            if (id == Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE) {
                streamWindow += value - firstWindow;
                firstWindow = value;
            }
        }
        if ((flags & Http2Flags.ACK) == 0) {
            frame(0, Http2FrameTypes.SETTINGS, Http2Flags.ACK, 0);
            flush();
        }
    }

    private void onCredit(int bytes, int stream) {
        if (stream == 0) {
            connectionWindow += bytes;
        } else if (stream == lastStream) {
            streamWindow += bytes;
        }
    }

    private void frame(int length, byte type, int flags, int stream) {
        written.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    }

    private void flush() throws IOException {
        written.readBytes(out, written.readableBytes());
        written.clear();
    }

    @Override
    public void forgetSession() {
        socket.getSession().invalidate();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
