package io.offramp.app.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** {@code openssl s_client} with somebody at its keyboard: {@code K} and {@code k} update keys, {@code R} renegotiates. */
final class OpensslClient implements AutoCloseable {
    private final Path output;
    private final Process process;

    /** @param version as an option: {@code -tls1_3} */
    OpensslClient(int port, String version) throws IOException {
        boolean found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "openssl")));
        assumeTrue(found, "openssl is not installed");
        output = Files.createTempFile("offramp", ".out");
        process = new ProcessBuilder("openssl", "s_client", version, "-connect", "127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** One line; a command is the first letter of what is typed at once. */
    void type(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(ISO_8859_1));
        process.getOutputStream().flush();
    }

    long outputBytes() throws IOException {
        return Files.size(output);
    }

    String output() throws IOException {
        return Files.readString(output, ISO_8859_1);
    }

    /** Of a client that ends by itself. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError("openssl is still running");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.delete(output);
    }
}
