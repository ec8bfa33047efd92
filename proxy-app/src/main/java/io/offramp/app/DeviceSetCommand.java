package io.offramp.app;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** Changes settings of the device in a running proxy. */
@Command(
        name = "set",
        description = {
            "Changes settings of the device in a running proxy, as ethtool -K and ethtool -L do; without NAME=VALUE,"
                    + " prints them.",
            "tls-hw-tx-offload and tls-hw-rx-offload (on or off) are for new connections; open ones stay where they"
                    + " are. rqs (number of receive queues of each event loop) is for all: flows of queues that go"
                    + " move, and no connection ends. lro (on or off) is for all, too.",
            "Until the proxy ends: configuration files are not changed."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:no proxy answers there, it has no device, or refuses the value", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {"  offramp device set", "  offramp device set tls-hw-rx-offload=off rqs=4 --admin 127.0.0.1:9091"})
final class DeviceSetCommand extends AdminCommand {
    @Parameters(paramLabel = "NAME=VALUE", arity = "0..*", description = "changes, made in this order")
    private final Map<String, String> changes = new LinkedHashMap<>();

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = out();
        if (changes.isEmpty()) {
            admin().print("/device/settings", "settings", out);
        }
        AdminClient client = admin().client();
        for (Map.Entry<String, String> change : changes.entrySet()) {
            admin().post(
                            client,
                            "/device/set?name=" + encoded(change.getKey()) + "&value=" + encoded(change.getValue()),
                            "device",
                            AdminOptions.into(out));
            out.flush();
        }
        return ExitCode.OK;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
