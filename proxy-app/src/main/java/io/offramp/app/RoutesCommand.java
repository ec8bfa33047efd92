package io.offramp.app;

import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.message.ClientAddress;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.route.RouteReport;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints where a request would go; starts nothing, sends nothing. */
@Command(
        name = "routes",
        description = "Prints where a request would go by a configuration, and why. Starts nothing, sends nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:a route takes it", "1:no route does", "2:wrong usage or configuration"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp routes https://shop.example/api/x --config config/rules.yaml",
            "  offramp routes https://shop.example/ --method POST --header 'X-Canary: 1' --client 10.0.0.7 "
                    + "--config config/rules.yaml"
        })
final class RoutesCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "URL", description = "of the request; its scheme and port choose the listener")
    @SuppressWarnings("NullAway.Init")
    private String url;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "the configuration, in YAML")
    @SuppressWarnings("NullAway.Init")
    private Path config;

    @Option(names = "--method", paramLabel = "METHOD", defaultValue = "GET", description = "default: GET")
    @SuppressWarnings("NullAway.Init")
    private String method;

    @Option(names = "--header", paramLabel = "'NAME: VALUE'", description = "one of the request; may be repeated")
    private List<String> headers = List.of();

    @Option(names = "--client", paramLabel = "ADDRESS", defaultValue = "127.0.0.1", description = "default: 127.0.0.1")
    @SuppressWarnings("NullAway.Init")
    private String client;

    @Option(names = "--listener", paramLabel = "NAME", description = "default: by scheme and port of the URL")
    private @Nullable String listener;

    @Override
    public Integer call() throws CommandFailure {
        AskedRequest asked = request();
        List<ListenerConfig> all = ConfigFiles.load(Installation.current(), config).config().listeners().stream()
                .filter(each -> each.mode() == ListenerConfig.Mode.HTTP)
                .toList();
        List<ListenerConfig> listeners = chosen(all, asked);
        if (listeners.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no http listener " + (listener == null ? "" : listener));
        }
        boolean found = false;
        for (ListenerConfig each : listeners) {
            found |= print(each, asked);
        }
        return found ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private AskedRequest request() {
        try {
            return AskedRequest.of(URI.create(url), url, method, headers);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private InetAddress address() {
        try {
            return Cidr.parse(client).address();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** By name; else those of the scheme and port; else those of the scheme; else all. */
    private List<ListenerConfig> chosen(List<ListenerConfig> all, AskedRequest asked) {
        if (listener != null) {
            return all.stream().filter(each -> each.name().equals(listener)).toList();
        }
        List<ListenerConfig> ofScheme =
                all.stream().filter(each -> each.isSecure() == asked.isSecure()).toList();
        List<ListenerConfig> ofPort = ofScheme.stream()
                .filter(each -> each.bind().port() == asked.port())
                .toList();
        return !ofPort.isEmpty() ? ofPort : ofScheme.isEmpty() ? all : ofScheme;
    }

    private boolean print(ListenerConfig of, AskedRequest asked) {
        PrintWriter out = spec.commandLine().getOut();
        RequestHead head = asked.head();
        RouteReport report = RouteReport.of(
                of.routes(), head, new ClientAddress(address(), of.http().trustedProxies()));
        out.println("listener " + of.name() + ", the first route that matches:");
        int width = of.routes().stream()
                .mapToInt(each -> each.name().length())
                .max()
                .orElse(0);
        for (RouteReport.Step step : report.steps()) {
            String verdict = step.missed() == null ? "matches" : "no: " + step.missed();
            out.println("  " + step.route().name()
                    + " ".repeat(width + 2 - step.route().name().length()) + verdict);
        }
        RouteConfig taken = report.taken();
        out.println(sentence(report, taken));
        return taken != null;
    }

    private static String sentence(RouteReport report, @Nullable RouteConfig taken) {
        if (report.isAmbiguous()) {
            return "this request gets 400, because servers read its path in several ways, and not all lead to one "
                    + "route";
        }
        if (taken == null) {
            return "this request gets 404, because no route matches";
        }
        String upstreams = RouteReport.upstreams(taken);
        String where = upstreams.isEmpty() ? "is answered by a rule" : "goes to " + upstreams;
        return "this request " + where + ", because of route " + taken.name() + ": " + reasons(taken);
    }

    private static String reasons(RouteConfig route) {
        Map<String, Object> conditions = new LinkedHashMap<>();
        if (!route.when().hosts().isEmpty()) {
            conditions.put("host", route.when().hosts());
        }
        if (!route.when().path().isAny()) {
            conditions.put("path", route.when().path());
        }
        if (!route.when().methods().isEmpty()) {
            conditions.put("method", route.when().methods());
        }
        route.when().fields().forEach((name, value) -> conditions.put("header " + name, value));
        route.when().parameters().forEach((name, value) -> conditions.put("query " + name, value));
        if (!route.when().clients().isEmpty()) {
            conditions.put("client", route.when().clients());
        }
        StringBuilder text = new StringBuilder();
        conditions.forEach((name, value) ->
                text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(value));
        return text.isEmpty() ? "it has no conditions" : text.toString();
    }
}
