package io.offramp.proxy.whatif;

import io.offramp.proxy.connection.SessionCsv;
import io.offramp.proxy.connection.SessionStats;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Sessions of a proxy in the format of its admin page {@code /sessions}. */
public final class Capture {
    private Capture() {}

    /**
     * Reads a capture to its end. Skips empty lines, and further header lines of concatenated captures.
     *
     * @param name for messages: the file's
     * @throws CaptureException naming a wrong line and its fault
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
