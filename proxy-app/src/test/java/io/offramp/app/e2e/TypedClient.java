package io.offramp.app.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client program with typed input. */
abstract class TypedClient implements AutoCloseable {
    private final Path output;
    private final Process process;

    /** @param command the program first; if it is missing, the test is skipped with that reason */
    TypedClient(List<String> command) throws IOException {
        String program = command.getFirst();
        boolean found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(found, program + " is not installed");
        output = Files.createTempFile("offramp", ".out");
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** One line. */
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

    /** The output of a client that ends by itself. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError("client is still running");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.delete(output);
    }
}
