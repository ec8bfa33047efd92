package io.offramp.proxy.upstream.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import org.junit.jupiter.api.Test;

class ProbeRequestTest {
    @Test
    void shouldAskForThePathAtTheServersAddress() {
        RequestHead head = ProbeRequest.of(new Probe.Http("/healthz?x=1", null, 200, 200), "127.0.0.1:80");

        assertThat(head.message().method()).isEqualTo("GET");
        assertThat(head.target().originForm()).isEqualTo("/healthz?x=1");
        assertThat(head.target().authority()).isEqualTo("127.0.0.1:80");
        assertThat(head.fields().first(Field.HOST)).isEqualTo("127.0.0.1:80");
        assertThat(head.fields().size()).isEqualTo(3);
        assertThat(head.fields().value(1)).isEqualTo("offramp-check");
        assertThat(head.length()).isZero();
    }

    @Test
    void shouldAskForAnotherHostIfThatIsSaid() {
        RequestHead head = ProbeRequest.of(new Probe.Http("/", "app.example.com", 200, 200), "127.0.0.1:80");

        assertThat(head.target().authority()).isEqualTo("app.example.com");
    }
}
