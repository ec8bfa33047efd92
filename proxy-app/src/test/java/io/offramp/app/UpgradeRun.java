package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code offramp upgrade}, which runs. */
final class UpgradeRun {
    private final Process process;
    private final BufferedReader reader;
    private final List<Long> started;
    private final List<String> lines = new ArrayList<>();

    /** @param started gets the number of each process that it says it starts */
    UpgradeRun(Process process, List<Long> started) {
        this.process = process;
        this.reader = process.inputReader();
        this.started = started;
    }

    /** Its output so far. */
    List<String> lines() {
        return lines;
    }

    void readUntil(String part) throws IOException {
        do {
            String line = reader.readLine();
            assertThat(line).as("%s", lines).isNotNull();
            add(line);
        } while (!lines.getLast().contains(part));
    }

    void readToEnd() throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            add(line);
        }
    }

    private void add(String line) {
        lines.add(line);
        if (line.endsWith(" starts")) {
            started.add(pid());
        }
    }

    long pid() {
        return lines.stream()
                .filter(line -> line.endsWith(" starts"))
                .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
                .findFirst()
                .orElseThrow();
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }
}
