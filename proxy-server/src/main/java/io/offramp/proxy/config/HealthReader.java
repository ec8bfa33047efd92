package io.offramp.proxy.config;

import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import io.offramp.proxy.upstream.health.HealthConfig;
import io.offramp.proxy.upstream.health.OutlierConfig;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code health} of an upstream: {@code check} and {@code outliers}. */
final class HealthReader {
    private static final Pattern STATUS = Pattern.compile("([1-5]\\d\\d)(?:-([1-5]\\d\\d))?");
    private static final Pattern PATH = Pattern.compile("/[!-~&&[^#]]*");
    private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9.:_\\[\\]-]+");

    private static final Scalar<String> KIND = Scalar.known("check", List.of("http", "tcp", "grpc"));
    private static final Scalar<Status> GOOD =
            new Scalar<>("a status such as 200, or a range such as 200-399", Status::parse);
    private static final Scalar<String> TARGET =
            new Scalar<>("a path such as /healthz", text -> PATH.matcher(text).matches() ? text : null);
    private static final Scalar<String> HOST = new Scalar<>(
            "a host such as app.example.com", text -> AUTHORITY.matcher(text).matches() ? text : null);
    private static final Scalar<String> SERVICE = new Scalar<>(
            "a service such as shop.v1.Orders", text -> text.matches("[A-Za-z0-9._/-]{1,100}") ? text : null);
    private static final Scalar<Duration> TIME = Scalar.duration(Duration.ofMillis(100));
    private static final Scalar<Integer> TIMES = Scalar.number(1, 100);
    private static final Scalar<Integer> FAULTS = Scalar.number(0, 10_000);

    private record Status(int least, int most) {
        static final Status USUAL = new Status(200, 399);

        static @Nullable Status parse(String text) {
            Matcher matcher = STATUS.matcher(text);
            if (!matcher.matches()) {
                return null;
            }
            int least = Integer.parseInt(matcher.group(1));
            int most = matcher.group(2) == null ? least : Integer.parseInt(matcher.group(2));
            if (least > most) {
                throw new IllegalArgumentException("the range " + text + " is empty");
            }
            return new Status(least, most);
        }
    }

    private HealthReader() {}

    /**
     * The default if nothing is written, or after a problem.
     *
     * @param spoken by the servers
     * @param secured whether it is spoken in TLS
     */
    static HealthConfig read(@Nullable Value value, UpstreamProtocol spoken, boolean secured) {
        Section health = value == null ? null : value.section("check", "outliers");
        if (health == null) {
            return HealthConfig.DEFAULTS;
        }
        Value check = health.get("check");
        CheckConfig config = check(check, secured);
        if (check != null && config.probe() instanceof Probe.Grpc && spoken == UpstreamProtocol.HTTP1) {
            check.error("grpc needs HTTP/2: write \"protocol: h2c\", or h2 with TLS");
        }
        return new HealthConfig(config, outliers(health.get("outliers")));
    }

    private static CheckConfig check(@Nullable Value value, boolean secured) {
        CheckConfig usual = CheckConfig.NONE;
        if (value == null) {
            return usual;
        }
        if (value.isScalar()) {
            String kind = value.as(KIND);
            return kind == null
                    ? usual
                    : with(
                            switch (kind) {
                                case "tcp" -> new Probe.Tcp();
                                case "grpc" -> new Probe.Grpc("", null);
                                default -> http("/", null, Status.USUAL);
                            });
        }
        Section check = value.section(
                "kind",
                "path",
                "host",
                "status",
                "service",
                "server-name",
                "interval",
                "timeout",
                "rise",
                "fall",
                "jitter");
        if (check == null) {
            return usual;
        }
        Value serverName = check.get("server-name");
        if (serverName != null && !secured) {
            serverName.error("needs \"tls\" of the upstream, or https:// in front of its servers");
        }
        Duration interval = check.get("interval", TIME, usual.interval());
        return new CheckConfig(
                probe(check),
                serverName == null ? null : serverName.as(UpstreamTlsReader.NAME),
                interval,
                check.get("timeout", TIME, usual.timeout()),
                check.get("rise", TIMES, usual.rise()),
                check.get("fall", TIMES, usual.fall()),
                check.get("jitter", Scalar.percent(0, 50), usual.jitterPercent()));
    }

    private static CheckConfig with(Probe probe) {
        CheckConfig usual = CheckConfig.NONE;
        return new CheckConfig(
                probe, usual.interval(), usual.timeout(), usual.rise(), usual.fall(), usual.jitterPercent());
    }

    private static Probe probe(Section check) {
        String kind = check.get("kind", KIND, "http");
        Value host = check.get("host");
        String named = host == null ? null : host.as(HOST);
        return switch (kind) {
            case "tcp" -> {
                refuse(check, "only a check of the kind http has it", "path", "status");
                refuse(check, "only a check of the kind http or grpc has it", "host");
                refuse(check, "only a check of the kind grpc has it", "service");
                yield new Probe.Tcp();
            }
            case "grpc" -> {
                refuse(check, "only a check of the kind http has it", "path", "status");
                yield new Probe.Grpc(check.get("service", SERVICE, ""), named);
            }
            default -> {
                refuse(check, "only a check of the kind grpc has it", "service");
                yield http(check.get("path", TARGET, "/"), named, check.get("status", GOOD, Status.USUAL));
            }
        };
    }

    private static void refuse(Section check, String why, String... keys) {
        for (String key : keys) {
            Value value = check.get(key);
            if (value != null) {
                value.error(why);
            }
        }
    }

    private static Probe http(String path, @Nullable String host, Status good) {
        return new Probe.Http(path, host, good.least(), good.most());
    }

    private static OutlierConfig outliers(@Nullable Value value) {
        OutlierConfig off = OutlierConfig.OFF;
        Section section = value == null ? null : value.section("errors", "rest", "most", "share");
        if (section == null) {
            return off;
        }
        Duration rest = section.get("rest", TIME, off.rest());
        Duration most = section.get("most", TIME, off.most().compareTo(rest) > 0 ? off.most() : rest);
        Value written = section.get("most");
        if (written != null && most.compareTo(rest) < 0) {
            written.error("must not be below rest, which is " + rest.toMillis() + "ms");
        }
        return new OutlierConfig(
                section.get("errors", FAULTS, 5),
                rest,
                most,
                section.get("share", Scalar.percent(1, 100), off.sharePercent()));
    }
}
