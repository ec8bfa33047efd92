package io.offramp.app.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ServerLinesTest {
    private static final String SERVER = """
            {"name":"127.0.0.1:1","state":"down","why":"status \\u001b500","since":7,"weight":2,"priority":0,\
            "active":3,"requests":4,"faults":5,"addresses":["127.0.0.1"]}""";

    private static String[] lines(String json) throws IOException {
        StringWriter out = new StringWriter();
        try (PrintWriter printer = new PrintWriter(out)) {
            ServerLines.print(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), printer);
        }
        return out.toString().split("\\R");
    }

    @Test
    void shouldPrintALineForEachServerAndForAQueueInUse() throws IOException {
        String[] lines = lines("[{\"name\":\"api\",\"protocol\":\"http1\",\"queued\":12,\"servers\":[" + SERVER
                + "]},{\"name\":\"web\",\"queued\":0,\"servers\":[" + SERVER + "]}]");

        assertThat(lines).hasSize(4);
        assertThat(lines[1].split(" +", 9))
                .containsExactly("api", "127.0.0.1:1", "down", "2", "0", "3", "4", "5", "status ?500, 7 s ago");
        assertThat(lines[2]).isEqualTo("api          12 in the queue");
        assertThat(lines[3]).startsWith("web ");
    }
}
