package io.offramp.proxy.handshake.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another project's program as the client. */
final class Tool implements AutoCloseable {
    private final Process process;
    private final StringBuffer printed = new StringBuffer();

    private Tool(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::collect);
    }

    /** Skips the test, saying why, where the program is missing. */
    static Tool run(List<String> command) throws IOException {
        assumeInstalled(command.getFirst());
        return new Tool(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    static void assumeInstalled(String program) {
        boolean found = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
        assumeTrue(found, program + " is not installed");
    }

    void type(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
    }

    boolean hasPrinted(String text) {
        return printed.indexOf(text) >= 0;
    }

    String printed() {
        return printed.toString();
    }

    boolean ends() throws InterruptedException {
        return process.waitFor(10, TimeUnit.SECONDS);
    }

    private void collect() {
        try (InputStream in = process.getInputStream()) {
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                printed.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            printed.append(e); // the process was destroyed
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
