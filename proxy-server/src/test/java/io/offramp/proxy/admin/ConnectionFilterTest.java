package io.offramp.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.TestConnections;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionFilterTest {
    private final Connection connection = TestConnections.established(7, "a");

    ConnectionFilterTest() {
        connection.onServer(TestConnections.accepted(8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?",
                "?listener=web",
                "?client=192.0.2.7",
                "?client=192.0.0.0/16",
                "?mode=hw",
                "?mode=sw",
                "?backend=device",
                "?backend=sw",
                "?upstream=web",
                "?listener=web&mode=hw&client=192.0.2.0%2F24"
            })
    void shouldShowAConnectionThatAllFiltersAreFor(String query) {
        assertThat(ConnectionFilter.of("/connections" + query)).accepts(connection);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?listener=we",
                "?client=10.0.0.0/8",
                "?client=2001:db8::/32",
                "?mode=hw-record",
                "?backend=ktls",
                "?upstream=app",
                "?listener=web&mode=none"
            })
    void shouldHideAConnectionThatAFilterIsNotFor(String query) {
        assertThat(ConnectionFilter.of("/connections" + query)).rejects(connection);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?client=nobody", "?listner=web", "?mode=xx", "?mode=HW", "?mode="})
    void shouldRefuseAFilterThatIsNone(String query) {
        assertThatThrownBy(() -> ConnectionFilter.of("/connections" + query))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
