package io.offramp.app;

import io.offramp.proxy.config.AdminAddress;
import io.offramp.proxy.config.AdminToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command that asks a running proxy: where its admin listener is. */
final class AdminOptions {
    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT|unix:FILE",
            defaultValue = "127.0.0.1:9090",
            converter = AdminConverter.class,
            description = "admin address of the proxy; default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private AdminAddress admin;

    @Option(names = "--token-file", paramLabel = "FILE", description = "file with the token of the admin address")
    private @Nullable Path tokenFile;

    /** Takes a page while it comes in. */
    @FunctionalInterface
    interface Reader {
        void read(InputStream page) throws IOException;
    }

    /** Makes a client; the token is read once. */
    AdminClient client() throws CommandFailure {
        try {
            return new AdminClient(admin, tokenFile == null ? null : AdminToken.readText(tokenFile));
        } catch (IOException e) {
            throw CommandFailure.badConfig(List.of("--token-file: " + e.getMessage()));
        }
    }

    /**
     * Reads one page.
     *
     * @param subject of the page, for an error: {@code list of connections}
     * @throws CommandFailure if there is no such proxy, or no such page
     */
    void read(AdminClient client, String path, String subject, Reader reader) throws CommandFailure {
        try {
            AdminClient.Answer answer = client.get(path);
            try (InputStream body = answer.body()) {
                if (answer.status() == 401) {
                    throw CommandFailure.atRunTime(
                            admin + " asks for " + (tokenFile == null ? "a token: --token-file" : "another token"));
                }
                if (answer.status() != 200) {
                    throw CommandFailure.atRunTime(admin + " is not the admin address of a proxy with " + path
                            + ": it says " + answer.status());
                }
                reader.read(body);
            }
        } catch (ConnectException e) {
            throw CommandFailure.atRunTime(
                    "no proxy listens on " + admin + ": is it running, with this address as admin.bind or --admin?");
        } catch (IOException e) {
            throw CommandFailure.atRunTime("no " + subject + " from " + admin + ": " + e.getMessage());
        }
    }
}
