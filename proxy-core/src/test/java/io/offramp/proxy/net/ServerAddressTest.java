package io.offramp.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The forms of a server's address. */
class ServerAddressTest {
    private static final Path DIRECTORY = Path.of("/run/offramp");

    private static ServerAddress parse(String text) {
        return ServerAddress.parse(text, DIRECTORY::resolve);
    }

    @Test
    void shouldTakeAHostWithItsPort() {
        assertThat(parse("app.internal:80")).isEqualTo(new HostPort("app.internal", 80));
        assertThat(parse("unix:80")).isNotInstanceOf(HostPort.class);
        assertThat(parse("[::1]:80").authority()).isEqualTo("[::1]:80");
        assertThat(parse("[::1]:80").isName()).isFalse();
        assertThat(parse("127.0.0.1:80").isName()).isFalse();
        assertThat(parse("app.internal:80").isName()).isTrue();
    }

    @Test
    void shouldTakeAUnixSocketByItsFile() {
        ServerAddress socket = parse("unix:app.sock");

        assertThat(socket).isEqualTo(new UnixSocket(Path.of("/run/offramp/app.sock")));
        assertThat(socket).isEqualTo(parse("unix:/run/offramp/app.sock")).hasToString("unix:/run/offramp/app.sock");
        assertThat(socket.authority()).isEqualTo("localhost");
        assertThat(socket.isName()).isFalse();
        assertThat(socket.resolveAll().getFirst()).isEqualTo(UnixDomainSocketAddress.of("/run/offramp/app.sock"));
    }

    @Test
    void shouldTakeTheNameOfAService() {
        ServerAddress service = parse("srv:_api._tcp.example.com");

        assertThat(service)
                .isEqualTo(new ServiceName("_api._tcp.example.com"))
                .hasToString("srv:_api._tcp.example.com");
        assertThat(service.isName()).isTrue();
        assertThat(parse("srv:80")).as("a host").isEqualTo(new HostPort("srv", 80));
        for (String wrong : List.of("srv:_api", "srv:_api._tcp:80", "srv:a..b", "srv:" + "a.".repeat(130) + "a")) {
            assertThatThrownBy(() -> parse(wrong))
                    .hasMessage("expected a name such as srv:_api._tcp.example.com, is \"" + wrong + "\"");
        }
    }

    @Test
    void shouldSayWhatIsExpectedOfAnAddress() {
        assertThatThrownBy(() -> parse("unix:"))
                .hasMessage("expected host:port such as 127.0.0.1:8080, unix:FILE or srv:NAME, is \"unix:\"");
        assertThatThrownBy(() -> parse("app"))
                .hasMessage("expected host:port such as 127.0.0.1:8080, unix:FILE or srv:NAME, is \"app\"");
        String longest = "a".repeat(107 - "/run/offramp/".length());
        assertThat(parse("unix:" + longest)).isInstanceOf(UnixSocket.class);
        assertThatThrownBy(() -> parse("unix:" + longest + "a"))
                .hasMessage("the path of a Unix socket has at most 107 bytes, /run/offramp/" + longest + "a has 108");
    }
}
