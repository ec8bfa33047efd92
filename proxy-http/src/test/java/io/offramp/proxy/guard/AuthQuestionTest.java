package io.offramp.proxy.guard;

import static io.offramp.proxy.message.TestClients.client;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthQuestionTest {
    @Test
    void shouldLeaveOutWhatTheAnswerIsToSay() {
        // Given
        HeadWriter written = HeadWriter.request("GET", "/x");
        written.field("Host", "a");
        written.field("Remote-User", "admin");
        written.field("remote_user", "admin");
        written.field("Cookie", "c");
        Head head = written.complete();
        ForwardAuthConfig config = new ForwardAuthConfig("auth", "/v", Duration.ofSeconds(1), List.of("Remote-User"));

        // When
        RequestHead question = AuthQuestion.head(
                config,
                new RequestHead(head, RequestTarget.of(head), ConnectionOptions.NONE, 0),
                "/x",
                client("192.0.2.7"));

        // Then
        Fields fields = question.fields();
        assertThat(question.target().originForm()).isEqualTo("/v");
        assertThat(fields.hasName("cookie".getBytes(StandardCharsets.US_ASCII))).isTrue();
        assertThat(fields.hasName("remote-user".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
        assertThat(fields.hasName("remote_user".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
    }
}
