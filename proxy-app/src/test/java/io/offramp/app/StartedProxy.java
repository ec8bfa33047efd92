package io.offramp.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy in a process of its own, from the distribution, whose output was read up to where it serves, and no further.
 *
 * @param output standard output and standard error, for the caller to read or not
 * @param port of its one listener
 */
record StartedProxy(Process process, BufferedReader output, int port) {
    private static final Pattern LISTENING = Pattern.compile("listening on /?127\\.0\\.0\\.1:(\\d+)");

    /** Runs a configuration in a directory. */
    static StartedProxy run(Path directory, String config) throws IOException {
        Path file = Files.writeString(directory.resolve("offramp.yaml"), config);
        Process process = StartScript.start(StartScript.ofDistribution(), directory, "run", file.toString());
        BufferedReader output = process.inputReader();
        int port = 0;
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                port = Integer.parseInt(listening.group(1));
            }
            if (line.contains("serving;")) {
                return new StartedProxy(process, output, port);
            }
        }
        throw new AssertionError("ended before it served");
    }
}
