package io.offramp.app.e2e;

import java.io.IOException;
import java.util.List;

/** {@code gnutls-cli}: {@code ^rekey1^} updates its key, {@code ^rekey^} both, as lines of their own. */
final class GnutlsClient extends TypedClient {
    /**
     * @param version as a priority string: {@code VERS-TLS1.3}
     * @param recordSize what it asks for by record_size_limit and by max_fragment_length
     */
    GnutlsClient(int port, String version, int recordSize) throws IOException {
        super(List.of(
                "gnutls-cli",
                "--insecure",
                "--inline-commands",
                "--recordsize",
                Integer.toString(recordSize),
                "--priority",
                "NORMAL:-VERS-ALL:+" + version + ":%ALLOW_SMALL_RECORDS",
                "--port",
                Integer.toString(port),
                "127.0.0.1"));
    }
}
