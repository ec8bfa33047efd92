package io.offramp.app.e2e;

import java.io.IOException;
import java.util.stream.Stream;

/**
 * {@code openssl s_client}. The first letter of a typed line is a command: {@code K} and {@code k} update keys,
 * {@code R} renegotiates.
 */
final class OpensslClient extends TypedClient {
    /**
     * Connects.
     *
     * @param version as an option: {@code -tls1_3}
     * @param options more of them
     */
    OpensslClient(int port, String version, String... options) throws IOException {
        super(Stream.concat(
                        Stream.of("openssl", "s_client", version, "-connect", "127.0.0.1:" + port), Stream.of(options))
                .toList());
    }
}
