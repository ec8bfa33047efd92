package io.offramp.app.e2e;

import java.io.IOException;
import java.util.List;

/**
 * {@code openssl s_client}. The first letter of what is typed at once is a command: {@code K} and {@code k} update keys, {@code R}
 * renegotiates.
 */
final class OpensslClient extends TypedClient {
    /** @param version as an option: {@code -tls1_3} */
    OpensslClient(int port, String version) throws IOException {
        super(List.of("openssl", "s_client", version, "-connect", "127.0.0.1:" + port));
    }
}
