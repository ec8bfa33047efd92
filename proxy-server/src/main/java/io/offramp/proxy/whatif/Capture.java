package io.offramp.proxy.whatif;

import io.offramp.proxy.connection.SessionCsv;
import io.offramp.proxy.connection.SessionStats;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Sessions that a proxy has seen, as its admin endpoint serves them at {@code /sessions}. */
public final class Capture {
    private Capture() {}

    /**
     * Reads a capture to its end. Empty lines, and further header lines of captures put one behind the other, are
     * skipped.
     *
     * @param name for messages: the file's
     * @throws CaptureException if a line is wrong: says which, and what is wrong with it
     */
    public static List<SessionStats> read(BufferedReader in, String name) throws IOException, CaptureException {
        List<SessionStats> sessions = new ArrayList<>();
        int number = 1;
        try {
            String header = in.readLine();
            if (header == null) {
                throw new IllegalArgumentException("is empty; expected a capture: curl -s localhost:9090/sessions");
            }
            SessionCsv csv = SessionCsv.of(header);
            for (String line; (line = in.readLine()) != null; ) {
                number++;
                if (!line.isEmpty() && !line.equals(header)) {
                    sessions.add(csv.parse(line));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new CaptureException(name + ":" + number + ": " + e.getMessage());
        }
        return sessions;
    }
}
