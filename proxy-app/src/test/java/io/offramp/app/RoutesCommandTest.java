package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where requests go by {@code config/rules.yaml}, without a proxy. */
class RoutesCommandTest {
    private static CommandRun routes(String url, String... options) {
        List<String> line = new ArrayList<>(List.of("routes", url, "--config", "../config/rules.yaml"));
        line.addAll(List.of(options));
        return CommandRun.of(line.toArray(String[]::new));
    }

    @Test
    void shouldSayWhereARequestGoesAndWhy() {
        CommandRun run = routes("https://shop.example/api/v1/x", "--header", "X-Canary: no");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("listener https, the first route that matches:\n")
                .containsPattern("old.example/ +no: host\n")
                .containsPattern("canary +no: header x-canary\n")
                .containsPattern("api +matches\n")
                .endsWith("this request goes to app (weight 9) or canary (weight 1), because of route api: "
                        + "host [shop.example, *.shop.example], path /api, method [GET, HEAD, POST]\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://shop.example/private/x | is answered by a rule, because of route /private: path /private",
                "https://shop.example/x/..;/private | gets 400, because servers read its path in several ways, and not "
                        + "all lead to one route",
                "http://shop.example/ | is answered by a rule, because of route /: it has no conditions",
                "https://shop.example/search?lang=de | goes to canary, because of route /search: path /search, "
                        + "query lang "
                        + "=de",
            })
    void shouldKnowEveryKindOfEnd(String url, String end) {
        assertThat(routes(url).out()).endsWith("this request " + end + "\n");
    }

    @Test
    void shouldAskForWhatTheConditionsAskFor() {
        assertThat(routes("https://shop.example/metrics", "--client", "192.0.2.1")
                        .out())
                .endsWith("because of route /metrics#2: path /metrics\n");
        assertThat(routes("https://shop.example/api", "--method", "DELETE").out())
                .containsPattern("api +no: method\n")
                .endsWith("goes to app, because of route /: it has no conditions\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop.example/x | expected a URL such as https://shop.example/api, is \"shop.example/x\"",
                "ftp://shop.example/x | expected a URL such as https://shop.example/api, is \"ftp://shop.example/x\"",
                "https://u:p@shop.example/ | no valid request: Host",
            })
    void shouldRefuseWhatIsNoRequest(String url, String why) {
        CommandRun run = routes(url);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(why);
    }
}
