package io.offramp.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.TestConnections;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionFilterTest {
    private static final ConnectionFilter.Names NAMES =
            new ConnectionFilter.Names(List.of("api", "web"), List.of("device", "ktls", "sw"), List.of("app"));

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
        assertThat(filter(query)).accepts(connection);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?listener=api",
                "?client=10.0.0.0/8",
                "?client=2001:db8::/32",
                "?mode=hw-record",
                "?backend=ktls",
                "?upstream=app",
                "?listener=web&mode=none"
            })
    void shouldHideAConnectionThatAFilterIsNotFor(String query) {
        assertThat(filter(query)).rejects(connection);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?client=nobody", "?listner=web", "?mode=xx", "?mode=HW", "?mode="})
    void shouldRefuseAFilterThatIsNone(String query) {
        assertThatThrownBy(() -> filter(query)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "listener, web, 'unknown listener \"we\"; known are api, web'",
        "backend, sw, 'unknown backend \"we\"; known are device, ktls, sw'",
        "upstream, app, 'unknown upstream \"we\"; known are app'"
    })
    void shouldRefuseANameThatNothingHas(String filter, String known, String message) {
        assertThat(filter("?" + filter + "=" + known)).isNotNull();
        assertThatThrownBy(() -> filter("?" + filter + "=we"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?listener=web", "?backend=device", "?upstream=web"})
    void shouldFindAConnectionByANameThatTheConfigurationHasNoMore(String query) {
        ConnectionFilter.Names none = new ConnectionFilter.Names(List.of(), List.of(), List.of());

        assertThat(ConnectionFilter.of("/connections" + query, none, List.of(connection)))
                .accepts(connection);
        assertThatThrownBy(() -> ConnectionFilter.of("/connections" + query, none, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("; there is none");
    }

    private Predicate<Connection> filter(String query) {
        return ConnectionFilter.of("/connections" + query, NAMES, List.of(connection));
    }
}
