package io.offramp.app;

import io.offramp.proxy.config.AdminAddress;
import io.offramp.proxy.config.AdminToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a command that asks a running proxy: where its admin listener is. */
final class AdminOptions {
    private static final int MAX_REASON_BYTES = 1_000;
    private static final int OK = 200;
    /** The status of a command that was done in part. */
    private static final int MULTI_STATUS = 207;
    /** The status of a command that was understood and not done. */
    private static final int CONFLICT = 409;

    private static final Set<Integer> TAKEN = Set.of(OK, MULTI_STATUS, CONFLICT);

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

    /** Prints a text as it comes in. */
    static Reader into(PrintWriter out) {
        return page -> new InputStreamReader(page, StandardCharsets.UTF_8).transferTo(out);
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
        ask(() -> client.get(path), "is not the admin address of a proxy with " + path, subject, reader);
    }

    /**
     * Prints one page as it comes in, a text.
     *
     * @param subject of the page, for an error: {@code counters}
     * @throws CommandFailure if there is no such proxy, or no such page
     */
    void print(String path, String subject, PrintWriter out) throws CommandFailure {
        read(client(), path, subject, into(out));
        out.flush();
    }

    /**
     * Gives a command, and reads its result.
     *
     * @param subject of the command, for an error: {@code server api/127.0.0.1:8081}
     * @throws CommandFailure if there is no such proxy, or no such subject
     */
    void post(AdminClient client, String path, String subject, Reader reader) throws CommandFailure {
        ask(() -> client.post(path), "has no " + subject, subject, reader);
    }

    /**
     * Gives a command that may be refused with reasons, and prints its result.
     *
     * @return how much of it was done
     * @throws CommandFailure if there is no such proxy, or it has no such command
     */
    Taken command(AdminClient client, String path, PrintWriter out) throws CommandFailure {
        int status = ask(
                () -> client.post(path),
                "is not the admin address of a proxy with " + path,
                "answer to " + path,
                into(out));
        return switch (status) {
            case CONFLICT -> Taken.REFUSED;
            case MULTI_STATUS -> Taken.IN_PART;
            default -> Taken.WHOLE;
        };
    }

    /** What has become of a command. */
    enum Taken {
        WHOLE,
        IN_PART,
        REFUSED
    }

    @FunctionalInterface
    private interface Question {
        AdminClient.Answer ask() throws IOException;
    }

    /**
     * Returns the status, one of {@link #TAKEN}.
     *
     * @param absent what is true of an address that says that there is no such page
     */
    private int ask(Question question, String absent, String subject, Reader reader) throws CommandFailure {
        try {
            AdminClient.Answer answer = question.ask();
            try (InputStream body = answer.body()) {
                if (answer.status() == 401) {
                    throw CommandFailure.atRunTime(
                            admin + " asks for " + (tokenFile == null ? "a token: --token-file" : "another token"));
                }
                if (answer.status() == 400) {
                    byte[] reason = body.readNBytes(MAX_REASON_BYTES);
                    throw CommandFailure.atRunTime(
                            admin + " refuses: " + new String(reason, StandardCharsets.UTF_8).strip());
                }
                if (!TAKEN.contains(answer.status())) {
                    throw CommandFailure.atRunTime(admin + " " + absent + ": it says " + answer.status());
                }
                reader.read(body);
                return answer.status();
            }
        } catch (ConnectException e) {
            throw CommandFailure.atRunTime(
                    "no proxy listens on " + admin + ": is it running, with this address as admin.bind or --admin?");
        } catch (IOException e) {
            throw CommandFailure.atRunTime("no " + subject + " from " + admin + ": " + e.getMessage());
        }
    }
}
