package io.offramp.proxy.route;

import static io.offramp.proxy.message.TestClients.client;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Clients that stay with their share of a split. */
class SplitTest {
    private final Upstreams upstreams = new Upstreams(
            Stream.concat(
                            Stream.of("app", "canary", "shop", "cart"),
                            IntStream.range(0, 20).boxed().flatMap(i -> Stream.of("a" + i, "b" + i)))
                    .collect(Collectors.toMap(name -> name, SplitTest::upstream)),
            spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
            UpstreamSettings.DEFAULTS,
            name -> UpstreamEvents.NONE);

    private static UpstreamConfig upstream(String name) {
        return new UpstreamConfig(name, List.of(new HostPort("127.0.0.1", 1)));
    }

    @Test
    void shouldKeepAClientsAddressWithItsShareInProportion() {
        // Given
        Destination.Split split = split(1, 1, new ShareBy.Hash(new HashKey.Address()));

        // When
        List<String> shares = IntStream.range(0, 1000)
                .mapToObj(i -> client("192.0." + (i >> 8) + "." + (i & 0xFF)))
                .map(client -> share(split, request(), client))
                .toList();

        // Then
        assertThat(shares.stream().filter("canary"::equals).count()).isBetween(400L, 600L);
        assertThat(share(split, request(), client("192.0.0.7"))).isEqualTo(shares.get(7));
        for (int i = 1; i < 50; i++) {
            String site = "2001:db8:0:" + Integer.toHexString(i);
            assertThat(share(split, request(), client(site + "::1")))
                    .isEqualTo(share(split, request(), client(site + "::ffff")));
        }
    }

    @Test
    void shouldGoByTheClientBehindATrustedProxy() {
        // Given
        Destination.Split split = split(1, 1, new ShareBy.Hash(new HashKey.Address()));

        // Then
        for (int i = 0; i < 100; i++) {
            String address = "192.0.2." + i;
            assertThat(share(split, request("X-Forwarded-For", address), client("10.0.0.1")))
                    .isEqualTo(share(split, request(), client(address)));
        }
    }

    @Test
    void shouldKeepTheValueOfAFieldWithItsShare() {
        // Given
        Destination.Split split = split(1, 1, new ShareBy.Hash(new HashKey.Header("x-tenant")));

        // When
        List<String> shares = IntStream.range(0, 100)
                .mapToObj(i -> share(split, request("X-Tenant", "t" + i), client("192.0.2.1")))
                .toList();

        // Then
        assertThat(shares).contains("app", "canary");
        assertThat(IntStream.range(0, 100)
                        .mapToObj(i -> share(split, request("X-Tenant", "t" + i), client("192.0.2.2")))
                        .toList())
                .isEqualTo(shares);
    }

    @Test
    void shouldMarkAClientOnceAndKnowItAgain() {
        // Given
        Destination.Split all = split(0, 1, new ShareBy.Cookie("share"));
        ClientFields client = client("192.0.2.1");
        Destination.Share first = all.of(request(), client);

        // When
        String line =
                new String(Objects.requireNonNull(all.cookie(first, request(), client)), StandardCharsets.US_ASCII);

        // Then
        assertThat(line).matches("Set-Cookie: share=[0-9a-f]{16}; Path=/; HttpOnly; Secure; SameSite=Lax\r\n");
        String cookie = line.substring("Set-Cookie: ".length(), line.indexOf(';'));
        Destination.Split most = split(1000, 1, new ShareBy.Cookie("share"));
        for (int i = 0; i < 20; i++) {
            assertThat(share(most, request("Cookie", "a=b; " + cookie), client)).isEqualTo("canary");
        }
        assertThat(most.cookie(most.at(1000), request("Cookie", cookie), client))
                .isNull();
    }

    @Test
    void shouldDrawAnewIfAShareHasNoWeightAnyMore() {
        // Given
        ClientFields client = client("192.0.2.1");
        Destination.Split before = split(0, 1, new ShareBy.Cookie("share"));
        String line = new String(
                Objects.requireNonNull(before.cookie(before.at(0), request(), client)), StandardCharsets.US_ASCII);
        RequestHead marked = request("Cookie", line.substring("Set-Cookie: ".length(), line.indexOf(';')));
        Destination.Split after = split(1, 0, new ShareBy.Cookie("share"));

        // When
        Destination.Share share = after.of(marked, client);

        // Then
        assertThat(share.to().upstream().name()).isEqualTo("app");
        assertThat(after.cookie(share, marked, client)).isNotNull();
        assertThat(share(after, request("Cookie", "share=forged"), client)).isEqualTo("app");
    }

    @Test
    void shouldKeepClientsWithTheSharesOfTwoSplitsByOneCookie() {
        // Given
        ShareBy by = new ShareBy.Cookie("share");
        Destination.Split one = split(by, new RouteConfig.Share(1, "app"), new RouteConfig.Share(1, "canary"));
        Destination.Split two = split(by, new RouteConfig.Share(1, "shop"), new RouteConfig.Share(1, "cart"));
        ClientFields client = client("192.0.2.1");
        Destination.Share first = one.of(request(), client);
        String cookie = cookie(one, first, request(), client);
        Destination.Share second = two.of(request("Cookie", cookie), client);

        // When
        String both = cookie(two, second, request("Cookie", cookie), client);

        // Then
        assertThat(both).matches("share=[0-9a-f]{16}\\.[0-9a-f]{16}");
        for (int i = 0; i < 20; i++) {
            assertThat(one.of(request("Cookie", both), client)).isEqualTo(first);
            assertThat(two.of(request("Cookie", both), client)).isEqualTo(second);
        }
        assertThat(one.cookie(first, request("Cookie", both), client)).isNull();
        assertThat(two.cookie(second, request("Cookie", both), client)).isNull();
    }

    @Test
    void shouldForgetTheOldestSharesOfAClientThatMeetsMany() {
        // Given
        ShareBy by = new ShareBy.Cookie("share");
        ClientFields client = client("192.0.2.1");
        String cookie = "share=forged.0123456789abcdef";

        // When
        for (int i = 0; i < 20; i++) {
            Destination.Split split = split(by, new RouteConfig.Share(1, "a" + i), new RouteConfig.Share(1, "b" + i));
            RequestHead request = request("Cookie", cookie);
            cookie = cookie(split, split.of(request, client), request, client);
        }

        // Then
        assertThat(cookie).matches("share=[0-9a-f]{16}(\\.[0-9a-f]{16}){7}").doesNotContain("0123456789abcdef");
    }

    private static String cookie(
            Destination.Split split, Destination.Share share, RequestHead request, ClientFields client) {
        String line =
                new String(Objects.requireNonNull(split.cookie(share, request, client)), StandardCharsets.US_ASCII);
        return line.substring("Set-Cookie: ".length(), line.indexOf(';'));
    }

    private Destination.Split split(int app, int canary, ShareBy by) {
        return split(by, new RouteConfig.Share(app, "app"), new RouteConfig.Share(canary, "canary"));
    }

    private Destination.Split split(ShareBy by, RouteConfig.Share... shares) {
        RouteConfig config = new RouteConfig(
                        "split",
                        RouteConditions.of(null, PathCondition.any()),
                        List.of(shares),
                        ExchangeBounds.NONE,
                        RouteRules.NONE)
                .with(by);
        return (Destination.Split) new Router(List.of(config), upstreams::group)
                .route(request().target())
                .destination();
    }

    private static String share(Destination.Split split, RequestHead request, ClientFields client) {
        return split.of(request, client).to().upstream().name();
    }

    private static RequestHead request(String... field) {
        HeadWriter head = HeadWriter.request("GET", "/").field("Host", "a");
        if (field.length > 0) {
            head.field(field[0], field[1]);
        }
        return head.completeRequest();
    }
}
