package io.offramp.app.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The methods of the service {@code offramp.Echo}. A message is any bytes. */
final class EchoMethods {
    static final String SERVICE = "offramp.Echo";

    /** Sends the message back. */
    static final MethodDescriptor<byte[], byte[]> UNARY = method("Unary", MethodType.UNARY);

    /** Answers with the hash of all messages. */
    static final MethodDescriptor<byte[], byte[]> COLLECT = method("Collect", MethodType.CLIENT_STREAMING);

    /** Sends the message back as often as {@link #TIMES} says. */
    static final MethodDescriptor<byte[], byte[]> REPEAT = method("Repeat", MethodType.SERVER_STREAMING);

    /** Sends each message back as it comes. */
    static final MethodDescriptor<byte[], byte[]> ECHO = method("Echo", MethodType.BIDI_STREAMING);

    /** Never answers. */
    static final MethodDescriptor<byte[], byte[]> SILENCE = method("Silence", MethodType.UNARY);

    /** Is of no server. */
    static final MethodDescriptor<byte[], byte[]> UNKNOWN = method("Unknown", MethodType.UNARY);

    static final Metadata.Key<String> TIMES = Metadata.Key.of("x-times", Metadata.ASCII_STRING_MARSHALLER);

    /** The name of a status: the server fails with it at once, without a message. */
    static final Metadata.Key<String> FAIL = Metadata.Key.of("x-fail", Metadata.ASCII_STRING_MARSHALLER);

    /** Comes back in the trailers. */
    static final Metadata.Key<byte[]> MARK = Metadata.Key.of("x-mark-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private EchoMethods() {}

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.newBuilder(Bytes.INSTANCE, Bytes.INSTANCE)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setType(type)
                .build();
    }

    private enum Bytes implements Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
